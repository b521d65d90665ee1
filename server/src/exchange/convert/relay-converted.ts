// Relays one upstream stream to a client of another format. As in ../relay.ts nothing is sent before the first useful
// output, and what is sent are complete events: the encoder writes no others.

import type { Concat } from '../../core/bytes.ts';
import { type ConvertedStream, streamInto } from '../../core/conversion/convert.ts';
import type { Framing } from '../../core/dialects/dialect.ts';
import { createArraySplitter, readElements } from '../../core/json/array-blocks.ts';
import { type SluiceError, sluiceError } from '../../core/model/error.ts';
import { createBlockSplitter } from '../../core/sse/blocks.ts';
import { readEvents, readEventTexts, type SseEvent } from '../../core/sse/parse.ts';
import type { AttemptControl, Receiver } from '../context.ts';
import { keptWriter } from '../resume/follow.ts';
import { maskedText, secretsOf } from '../secrecy.ts';
import { streamReply } from '../stream-reply.ts';
import { answered, type Converting } from './answered.ts';
import { convertedHeaders } from './headers.ts';
import { AnswerNotes } from './notes.ts';

/** The largest single event, and the most that is held back before the first output. */
const EVENT_LIMIT_BYTES: number = 16 * 1024 * 1024;

const concat: Concat = (parts) => Buffer.concat(parts as readonly Buffer[]);

/** Feeds the bytes of an upstream's stream to a decoder. `framing` is the upstream's. */
export function feedStream(
  framing: Framing,
  stream: ConvertedStream,
  failed: (error: SluiceError) => void,
): Pick<Receiver, 'data' | 'end'> {
  const splitter = (framing === 'sse' ? createBlockSplitter : createArraySplitter)(concat, EVENT_LIMIT_BYTES);
  const visit = ({ event, data }: SseEvent): void => stream.event(event, data);
  const read = (block: Buffer): void => {
    if (framing === 'json-array') {
      readElements(block, (text) => stream.event('', text));
      return;
    }
    const run = block.toString('utf8');
    // As long as its bytes: there is nothing beyond ASCII in it. One such character would make all of the text wide, and slow.
    if (run.length !== block.length || !readEventTexts(run, stream.event)) readEvents(block, visit);
  };
  return {
    data(chunk) {
      const block = splitter.push(chunk);
      if (block !== undefined) read(block as Buffer);
      else if (splitter.overflowed)
        failed(
          sluiceError(
            'upstream_too_large',
            `The upstream sent one event of more than ${EVENT_LIMIT_BYTES} bytes.`,
          ),
        );
      return true;
    },
    end() {
      const rest = splitter.rest() as Buffer | undefined;
      if (rest !== undefined && rest.length > 0)
        read(framing === 'sse' ? Buffer.concat([rest, Buffer.from('\n\n')]) : rest);
      stream.end();
    },
  };
}

/** What becomes of a stream while it is read. */
interface StreamSteps {
  isSettled(): boolean;
  /** Bytes were read; false holds the upstream back. */
  flush(): boolean;
  /** The stream is over. */
  finish(): void;
  fail(error: SluiceError): void;
  abandon(): void;
}

/** Receives the bytes of a stream for a decoder. Once it is settled, nothing more of it is read. */
export function streamReceiver(framing: Framing, stream: ConvertedStream, steps: StreamSteps): Receiver {
  const feed = feedStream(framing, stream, steps.fail);
  return {
    data(chunk) {
      if (steps.isSettled()) return true;
      feed.data(chunk);
      return steps.flush();
    },
    end() {
      if (steps.isSettled()) return;
      feed.end();
      steps.finish();
    },
    fail: steps.fail,
    abandon: steps.abandon,
  };
}

/** Receives the stream of a success status and converts it for a streaming client. */
export function relayConverted(converting: Converting, framing: Framing): Receiver {
  const { exchange, target, conversion, head, control } = converting;
  const notes = new AnswerNotes();
  const reply = streamReply(exchange, head, control, true);
  const watch = answered(exchange, control, notes);
  let frames: string[] = [];
  let settled = false;
  let lingering = false;
  /** That one of several answers has finished says nothing of the others. */
  const several = (conversion.setting.request.sampling.n ?? 1) > 1;

  const kept = keptWriter(exchange, conversion, (written) => {
    // An error of the upstream may repeat the key that it was given.
    frames.push(notes.error === undefined ? written : maskedText(written, secretsOf(target)));
  });
  const stream = streamInto(conversion, (event) => {
    watch.see(event);
    kept.emit(event);
  });

  const settle = (outcome: Parameters<AttemptControl['settle']>[0]): void => {
    settled = true;
    watch.note();
    control.settle(outcome);
  };

  const failed = (error: SluiceError): true => {
    const broken = reply.opened() && kept.broken?.said.resumable === true ? kept.broken : undefined;
    if (reply.opened() && broken === undefined) reply.end();
    const failure = { kind: 'failed', error, committed: reply.opened(), answer: undefined } as const;
    settle(broken === undefined ? failure : { ...failure, broken });
    return true;
  };

  /** Sends what has been written since the last time, once there is something worth sending. */
  const flush = (): boolean => {
    if (settled) return true;
    if (!reply.opened()) {
      if (notes.error !== undefined) return failed(notes.error);
      if (!notes.output) return hold();
      reply.open(convertedHeaders(exchange, control.record, conversion.losses));
    }
    const text = frames.length === 1 ? (frames[0] ?? '') : frames.join('');
    frames = [];
    exchange.continuation?.frames(text);
    const open = text === '' || reply.send(text);
    if (notes.error !== undefined) return failed(notes.error);
    if (!lingering && (notes.ended || (stream.complete === true && !several))) {
      lingering = true;
      control.linger(notes.ended);
    }
    return open;
  };

  const hold = (): boolean => {
    const heldLength = frames.reduce((sum, frame) => sum + frame.length, 0);
    if (heldLength <= EVENT_LIMIT_BYTES) return true;
    const most = `The upstream sent more than ${EVENT_LIMIT_BYTES} bytes before its first output.`;
    return failed(sluiceError('upstream_too_large', most));
  };

  const fail = (error: SluiceError): void => {
    if (settled) return;
    if (notes.stopped || stream.complete === true) {
      // The answer was complete; only the connection ended badly.
      stream.end();
    } else {
      stream.fail(error);
    }
    finish();
  };

  const finish = (): void => {
    flush();
    if (settled) return;
    if (!reply.opened()) reply.open(convertedHeaders(exchange, control.record, conversion.losses));
    reply.end();
    settle({ kind: 'answered' });
  };

  const abandon = (): void => {
    settled = true;
    watch.note();
  };
  return streamReceiver(framing, stream, { isSettled: () => settled, flush, finish, fail, abandon });
}
