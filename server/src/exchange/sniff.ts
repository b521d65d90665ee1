// Looks at the first byte of what should be a stream: content types lie, the first byte does not.

import { sluiceError } from '../core/model/error.ts';
import { gather } from './collect.ts';
import type { AttemptControl, Exchange, Receiver } from './context.ts';
import { relayStream, type StreamAnswer } from './relay.ts';

/** The most of a wrong answer that is read to find out what it says, in bytes. */
const WRONG_ANSWER_LIMIT_BYTES = 64 * 1024;

const OPEN_BRACKET = 0x5b;
/** No event stream begins with these: `{`, `[` and `<` do documents. */
const DOCUMENT_BYTES: readonly number[] = [0x7b, OPEN_BRACKET, 0x3c];

/** Position of the first byte that is neither white space nor a byte order mark, or -1. */
function firstSignificant(chunk: Buffer): number {
  for (let i = 0; i < chunk.length; i++) {
    const byte = chunk[i] ?? 0;
    if (byte > 0x20 && byte !== 0xef && byte !== 0xbb && byte !== 0xbf) return i;
  }
  return -1;
}

/** Receives a success answer to a stream request, whatever it turns out to be. */
export function openStream(
  exchange: Exchange,
  answer: Omit<StreamAnswer, 'framing'>,
  control: AttemptControl,
): Receiver {
  let inner: Receiver | undefined;
  let leading: Buffer | undefined;

  const open = (byte: number | undefined): Receiver => {
    const { framing } = exchange;
    const fits = framing === 'json-array' ? byte === OPEN_BRACKET : !DOCUMENT_BYTES.includes(byte ?? 0);
    return fits || byte === undefined
      ? relayStream(exchange, { ...answer, framing }, control)
      : notAStream(exchange, control);
  };

  return {
    data: (chunk) => {
      if (inner !== undefined) return inner.data(chunk);
      const whole: Buffer = leading === undefined ? chunk : Buffer.concat([leading, chunk]);
      const at = firstSignificant(whole);
      if (at < 0) {
        leading = whole.length > WRONG_ANSWER_LIMIT_BYTES ? undefined : whole;
        return true;
      }
      inner = open(whole[at]);
      return inner.data(whole);
    },
    end: () => {
      inner ??= open(undefined);
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
function notAStream(exchange: Exchange, control: AttemptControl): Receiver {
  const settle = (body: Buffer | undefined): void => {
    const reading = body === undefined ? undefined : exchange.dialect.readAnswer(body, exchange.use);
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
