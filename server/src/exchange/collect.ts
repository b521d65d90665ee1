// Takes a JSON answer whole before anything of it is sent: a cut, empty or lying answer can then still become another
// attempt or an honest error status.

import { sluiceError } from '../core/model/error.ts';
import { rememberAnswer } from './answer-owner.ts';
import type { AttemptControl, Exchange, Receiver, Target } from './context.ts';
import { applied } from './edits.ts';
import { replyHeaders } from './headers.ts';
import { costHeaders } from './money/bill.ts';
import { tokensInAnswer } from './money/output-measure.ts';
import type { RawHeaders } from './ports.ts';
import { echoedModel } from './shown-model.ts';

/** The largest JSON answer that is held, in bytes. */
const ANSWER_LIMIT_BYTES: number = 64 * 1024 * 1024;

/** The head of an upstream's answer. */
export interface AnswerHead {
  readonly status: number;
  readonly headers: RawHeaders;
}

/** Gathers a body up to a limit; `overflow` is called once when it is crossed. */
export function gather(
  limitBytes: number,
  done: (body: Buffer) => void,
  overflow: () => void,
): Pick<Receiver, 'data' | 'end'> {
  const parts: Buffer[] = [];
  let bytes = 0;
  return {
    data: (chunk) => {
      bytes += chunk.length;
      if (bytes > limitBytes) overflow();
      else parts.push(chunk);
      return true;
    },
    end: () => {
      const [only] = parts;
      done(parts.length === 1 && only !== undefined ? only : Buffer.concat(parts));
    },
  };
}

/** Receives the complete JSON answer of a success status, judges it, and only then sends it. */
export function collectAnswer(
  exchange: Exchange,
  target: Target,
  head: AnswerHead,
  control: AttemptControl,
): Receiver {
  const { dialect, inbound, record, use } = exchange;
  const failed = (error: Parameters<Receiver['fail']>[0]): void =>
    control.settle({ kind: 'failed', error, committed: false, answer: undefined });

  const done = (body: Buffer): void => {
    const reading = dialect.readAnswer(body, use);
    if (!reading.ok) {
      failed(reading.error);
      return;
    }
    const echo = echoedModel(exchange, target);
    const out = echo === undefined ? body : applied(body, dialect.editAnswer(body, echo));
    control.record.usage = reading.usage;
    control.record.modelServed = reading.model ?? target.model;
    if (reading.usage === undefined) control.record.outputTokens = () => tokensInAnswer(body);
    control.claim();
    record.bytesOut += out.length;
    rememberAnswer(exchange, reading.id, target);
    const cost = costHeaders(exchange, control.record);
    const headers = [
      ...replyHeaders(exchange, control.record, head.headers, false),
      ...cost,
      'content-length',
      String(out.length),
    ];
    inbound.reply.head(head.status, headers);
    inbound.reply.end(out);
    control.settle({ kind: 'answered' });
  };
  const overflow = (): void =>
    failed(
      sluiceError('upstream_too_large', `The upstream's answer is larger than ${ANSWER_LIMIT_BYTES} bytes.`),
    );
  const { data, end } = gather(ANSWER_LIMIT_BYTES, done, overflow);
  return { data, end, fail: failed, abandon: () => undefined };
}
