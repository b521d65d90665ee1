// Looks at the first byte of what should be a stream: content types lie, the first byte does not.

import type { Dialect, Framing } from '../core/dialects/dialect.ts';
import { sluiceError } from '../core/model/error.ts';
import { gather } from './collect.ts';
import type { AttemptControl, Receiver } from './context.ts';

/** The most of a wrong answer that is read to find out what it says, in bytes. */
const WRONG_ANSWER_LIMIT_BYTES = 64 * 1024;

const OPEN_BRACKET = 0x5b;
const OPEN_BRACE = 0x7b;
/** No event stream begins with these: `{`, `[` and `<` do documents. */
const DOCUMENT_BYTES: readonly number[] = [OPEN_BRACE, OPEN_BRACKET, 0x3c];

/** What may come, and who takes it. */
export interface StreamOpening {
  /** The framings that are understood. */
  readonly framings: readonly Framing[];
  readonly relay: (framing: Framing) => Receiver;
  /** Takes one JSON document instead of a stream, where that can be used. */
  readonly whole?: () => Receiver;
  /** Reads what a wrong answer says. */
  readonly reader: Dialect;
  readonly control: AttemptControl;
}

/** Position of the first byte that is neither white space nor a byte order mark, or -1. */
function firstSignificant(chunk: Buffer): number {
  for (let i = 0; i < chunk.length; i++) {
    const byte = chunk[i] ?? 0;
    if (byte > 0x20 && byte !== 0xef && byte !== 0xbb && byte !== 0xbf) return i;
  }
  return -1;
}

/** The receiver for an answer that begins with this byte; undefined: with none. */
function receiverFor(byte: number | undefined, opening: StreamOpening): Receiver {
  const { framings, relay, whole } = opening;
  const [usual = 'sse'] = framings;
  if (byte === undefined) return relay(usual);
  if (framings.includes('json-array') && byte === OPEN_BRACKET) return relay('json-array');
  if (framings.includes('sse') && !DOCUMENT_BYTES.includes(byte)) return relay('sse');
  return byte === OPEN_BRACE && whole !== undefined ? whole() : notAStream(opening);
}

/** Receives a success answer to a stream request, whatever it turns out to be. */
export function openStream(opening: StreamOpening): Receiver {
  const { control } = opening;
  let inner: Receiver | undefined;
  let leading: Buffer | undefined;

  return {
    data: (chunk) => {
      if (inner !== undefined) return inner.data(chunk);
      const joined: Buffer = leading === undefined ? chunk : Buffer.concat([leading, chunk]);
      const at = firstSignificant(joined);
      if (at < 0) {
        leading = joined.length > WRONG_ANSWER_LIMIT_BYTES ? undefined : joined;
        return true;
      }
      inner = receiverFor(joined[at], opening);
      return inner.data(joined);
    },
    end: () => {
      inner ??= receiverFor(undefined, opening);
      inner.end();
    },
    fail: (error) => {
      if (inner === undefined) control.settle({ kind: 'failed', error, committed: false, answer: undefined });
      else inner.fail(error);
    },
    abandon: () => inner?.abandon(),
  };
}

/** A JSON document or a page where a stream was asked for: read enough of it to say what it was. */
function notAStream({ reader, control }: StreamOpening): Receiver {
  const settle = (body: Buffer | undefined): void => {
    const reading = body === undefined ? undefined : reader.readAnswer(body, 'generate');
    const error =
      reading !== undefined && !reading.ok
        ? reading.error
        : sluiceError(
            'upstream_answer',
            'The upstream answered with something else than the stream that was asked for.',
          );
    control.settle({ kind: 'failed', error, committed: false, answer: undefined });
  };
  const kept = gather(WRONG_ANSWER_LIMIT_BYTES, settle, () => settle(undefined));
  return {
    ...kept,
    fail: (error) => control.settle({ kind: 'failed', error, committed: false, answer: undefined }),
    abandon: () => undefined,
  };
}
