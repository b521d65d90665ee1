// The client's side of a streamed answer: the head goes out with the first output, bytes follow with backpressure, and the
// heartbeat hears of both.

import type { AnswerHead } from './collect.ts';
import type { AttemptControl, Exchange } from './context.ts';
import { replyHeaders } from './headers.ts';

/** One streamed answer to a client. */
export interface StreamReply {
  /** Sends the head, unless a heartbeat already has. `more` are further headers. */
  open(more: readonly string[]): void;
  /** Sends bytes; false when the client reads too slowly, the attempt resumes by itself then. */
  send(bytes: Buffer | string): boolean;
  end(): void;
  /** The head has gone out. */
  opened(): boolean;
}

/** Prepares the client's side of the answer of an attempt. `converted`: its content headers are not the upstream's. */
export function streamReply(
  exchange: Exchange,
  head: AnswerHead,
  control: AttemptControl,
  converted: boolean,
): StreamReply {
  const { inbound, ports, record, heartbeat } = exchange;
  const { reply } = inbound;
  let opened = false;

  return {
    open(more) {
      opened = true;
      control.claim();
      if (reply.started) return;
      const status = converted ? 200 : head.status;
      reply.head(status, [...replyHeaders(exchange, control.record, head.headers, converted), ...more]);
    },
    send(bytes) {
      record.bytesOut += typeof bytes === 'string' ? Buffer.byteLength(bytes) : bytes.length;
      const open = reply.write(bytes);
      heartbeat?.sent(ports.clock.monotonicMs(), open);
      if (open) return true;
      reply.onDrain(() => {
        heartbeat?.sent(ports.clock.monotonicMs(), true);
        control.resume();
      });
      return false;
    },
    end: () => reply.end(),
    opened: () => opened,
  };
}
