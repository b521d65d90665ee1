// The failures of a request below HTTP, as the values that the exchange decides upon.

import { type SluiceError, sluiceError } from '../../core/model/error.ts';
import type { AnswerFault } from './response-head.ts';

/** The upstream broke its answer off, or sent what is no valid answer. `label` is host:port. */
export function answerError(label: string, fault: AnswerFault): SluiceError {
  switch (fault.kind) {
    case 'closed':
      return sluiceError('upstream_closed', `${label} closed the connection ${fault.what}.`);
    case 'too_large':
      return sluiceError('upstream_too_large', `${label} sent an answer that is too large: ${fault.what}.`);
    case 'protocol':
      return sluiceError('upstream_protocol', `${label} sent an invalid answer: ${fault.what}.`);
  }
}

/** The connection died. `code` is the system's name for it. */
export function lostError(label: string, started: boolean, code: string | undefined): SluiceError {
  const when = started ? 'before its answer was complete' : 'before its answer began';
  return answerError(label, { kind: 'closed', what: code === undefined ? when : `${when} (${code})` });
}
