// Receives the stream of a candidate that goes on where another one's stream broke off: its events are put behind what the
// client has, and written as the rest of the same answer.

import { type Conversion, streamInto } from '../../core/conversion/convert.ts';
import { spliced } from '../../core/conversion/resume/spliced.ts';
import type { Framing } from '../../core/dialects/dialect.ts';
import { type SluiceError, sluiceError } from '../../core/model/error.ts';
import type { Emit } from '../../core/model/event.ts';
import type { AnswerHead } from '../collect.ts';
import type { AttemptControl, Exchange, Receiver } from '../context.ts';
import { answered } from '../convert/answered.ts';
import { AnswerNotes } from '../convert/notes.ts';
import { streamReceiver } from '../convert/relay-converted.ts';
import type { Broken } from '../outcome.ts';
import { maskedText, secretsOf } from '../secrecy.ts';
import { streamReply } from '../stream-reply.ts';

/** One attempt to go on. */
export interface Resuming {
  readonly exchange: Exchange;
  readonly conversion: Conversion;
  readonly broken: Broken;
  readonly head: AnswerHead;
  readonly control: AttemptControl;
}

/** Receives the stream. `framing` is the upstream's. */
export function relayResumed(resuming: Resuming, framing: Framing): Receiver {
  const { exchange, conversion, broken, head, control } = resuming;
  const { target } = control.record;
  const reply = streamReply(exchange, head, control, true);
  const notes = new AnswerNotes();
  const watch = answered(exchange, control, notes);
  let frames: string[] = [];
  let settled = false;
  const write = broken.writer((text) => frames.push(maskedText(text, secretsOf(target))));
  // The client has what is written; what only the gateway wants to know is of this upstream alone.
  const told: Emit = (event) => {
    if (event.type === 'error') return;
    broken.said.see(event);
    write?.(event);
  };
  const splice = spliced(broken.said, told, conversion.losses);
  const stream = streamInto(conversion, (event) => {
    watch.see(event);
    splice(event);
  });

  const settle = (outcome: Parameters<AttemptControl['settle']>[0]): void => {
    settled = true;
    watch.note();
    control.settle(outcome);
  };
  const failed = (error: SluiceError): void => {
    if (!settled) settle({ kind: 'failed', error, committed: true, answer: undefined, broken });
  };
  const flush = (): boolean => {
    const text = frames.join('');
    frames = [];
    if (text === '') return true;
    if (!reply.opened()) reply.open([]);
    exchange.continuation?.frames(text);
    return reply.send(text);
  };
  const after = (): boolean => {
    if (settled) return true;
    const open = flush();
    if (notes.error !== undefined) failed(notes.error);
    else if (notes.ended) control.linger(true);
    return open;
  };
  const finish = (): void => {
    after();
    if (settled) return;
    if (!notes.ended) {
      failed(sluiceError('upstream_closed', 'The upstream ended its stream before the answer was complete.'));
      return;
    }
    reply.end();
    settle({ kind: 'answered' });
  };
  const fail = (error: SluiceError): void => {
    if (settled) return;
    if (notes.stopped || stream.complete === true) stream.end();
    if (notes.ended) finish();
    else failed(error);
  };

  const abandon = (): void => {
    settled = true;
    watch.note();
  };
  return streamReceiver(framing, stream, { isSettled: () => settled, flush: after, finish, fail, abandon });
}
