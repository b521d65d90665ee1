// One converted JSON answer: read whole from the upstream, sent whole to the client.

import { readExactly, writeExactly } from '../../core/json/exact-numbers.ts';
import { type SluiceError, sluiceError } from '../../core/model/error.ts';
import type { LossReport } from '../../core/model/loss.ts';
import { type AnswerHead, gather } from '../collect.ts';
import type { AttemptControl, Exchange, Receiver, Target } from '../context.ts';
import { replyHeaders } from '../headers.ts';
import { costHeaders } from '../money/bill.ts';
import { convertedHeaders } from './headers.ts';

/** The largest answer that is held, in bytes. */
export const ANSWER_LIMIT_BYTES: number = 64 * 1024 * 1024;

/** What an answer of more than that is. */
export function tooLarge(): SluiceError {
  return sluiceError(
    'upstream_too_large',
    `The upstream's answer is larger than ${ANSWER_LIMIT_BYTES} bytes.`,
  );
}

/** One attempt whose answer is converted, whatever is asked. */
export interface ConvertedAttempt {
  readonly exchange: Exchange;
  readonly target: Target;
  readonly losses: LossReport;
  readonly head: AnswerHead;
  readonly control: AttemptControl;
}

/** Sends a JSON body to the client and settles the attempt. */
export function sendJson(attempt: ConvertedAttempt, body: object): void {
  const { exchange, losses, head, control } = attempt;
  const { inbound, record } = exchange;
  const out = Buffer.from(writeExactly(body));
  control.claim();
  record.bytesOut += out.length;
  const cost = costHeaders(exchange, control.record);
  inbound.reply.head(200, [
    ...replyHeaders(exchange, control.record, head.headers, true),
    ...cost,
    ...convertedHeaders(exchange, control.record, losses),
    'content-length',
    String(out.length),
  ]);
  inbound.reply.end(out);
  control.settle({ kind: 'answered' });
}

/** Receives one JSON answer; `done` gets it parsed, undefined where it is not JSON: no format takes that for an answer. */
export function receiveJson(control: AttemptControl, done: (wire: unknown) => void): Receiver {
  const failed = (error: SluiceError): void =>
    control.settle({ kind: 'failed', error, committed: false, answer: undefined });
  const { data, end } = gather(
    ANSWER_LIMIT_BYTES,
    (body) => (isBlank(body) ? failed(sluiceError('upstream_answer', EMPTY)) : done(parsed(body))),
    () => failed(tooLarge()),
  );
  return { data, end, fail: failed, abandon: () => undefined };
}

const EMPTY = 'The upstream answered with an empty body.';

/** White space alone is no answer either. */
function isBlank(body: Buffer): boolean {
  return body.length < 512 && body.toString('latin1').trim() === '';
}

function parsed(body: Buffer): unknown {
  return readExactly(body.toString('utf8'));
}
