// The answer of an upstream that has refused: kept whole, so that the client can read the provider's own words.

import { reportedError } from '../core/dialects/kit/upstream-error.ts';
import { type SluiceError, sluiceError } from '../core/model/error.ts';
import { parseJson } from '../core/model/json.ts';
import { type AnswerHead, gather } from './collect.ts';
import type { AttemptControl, Receiver, Target, UpstreamAnswer } from './context.ts';

/** The most of an upstream's error body that is kept and shown, in bytes. */
const ERROR_BODY_LIMIT_BYTES = 1024 * 1024;

/** Receives the answer of a status that is no success. */
export function errorReceiver(target: Target, head: AnswerHead, control: AttemptControl): Receiver {
  const { status, headers } = head;
  const failed = (error: SluiceError, answer: UpstreamAnswer | undefined): void =>
    control.settle({ kind: 'failed', error, committed: false, answer });
  const settle = (body: Buffer | undefined): void => {
    const said = body === undefined ? undefined : reportedError(parseJson(body.toString('utf8')));
    const generic = `The upstream ${target.upstream.id} answered with status ${status}.`;
    const error = sluiceError('upstream_error', said?.message ?? generic, {
      status: status >= 400 ? status : 502,
      // What agents act upon is said in every format's own words.
      ...(said?.kind === undefined ? {} : { kind: said.kind }),
    });
    failed(error, body === undefined ? undefined : { status, headers, body });
  };
  const kept = gather(ERROR_BODY_LIMIT_BYTES, settle, () => settle(undefined));
  return {
    ...kept,
    // The status stays what the upstream has to say, unless it is the gateway that ends the exchange.
    fail: (error) => (error.source === 'gateway' ? failed(error, undefined) : settle(undefined)),
    abandon: () => undefined,
  };
}
