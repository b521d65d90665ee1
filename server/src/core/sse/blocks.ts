// Cuts an event stream into runs of complete events, wherever the chunks were cut, without altering or losing a byte.
// An event is complete with the line end of the blank line after it (LF, CRLF or CR, in any mixture).
// https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream

import { type BlockSplitter, type Bytes, type Concat, type Held, holdBytes } from '../bytes.ts';

export type { BlockSplitter } from '../bytes.ts';

const LF = 0x0a;
const CR = 0x0d;

/**
 * A splitter for one stream. A chunk that ends with an event is given back as it is; otherwise the unfinished event is
 * held, and joined with the chunk that completes it. Where CR and LF of a blank line arrive apart, the event is given out
 * with the CR (it may be all that comes) and the LF leads the next run, in which it means nothing.
 */
export function createBlockSplitter(concat: Concat, limitBytes: number): BlockSplitter {
  return new EventSplitter(concat, limitBytes);
}

class EventSplitter implements BlockSplitter {
  overflowed = false;
  readonly #held: Held;
  // The two bytes before the next chunk. A stream begins at the start of a line, as if after a blank one.
  #last: number = LF;
  #lastButOne: number = LF;

  constructor(concat: Concat, limitBytes: number) {
    this.#held = holdBytes(concat, limitBytes);
  }

  push(chunk: Bytes): Bytes | undefined {
    const { length } = chunk;
    if (this.overflowed || length === 0) return undefined;
    const before = this.#last;
    const beforeThat = this.#lastButOne;
    this.#lastButOne = length > 1 ? (chunk[length - 2] ?? 0) : before;
    this.#last = chunk[length - 1] ?? 0;
    const thirdLast = length > 2 ? (chunk[length - 3] ?? 0) : length === 2 ? before : beforeThat;
    if (endsBlankLine(this.#last, this.#lastButOne, thirdLast)) return this.#held.take(chunk);
    let end = endOfLastBlankLine(chunk);
    if (end === -1) end = endAcrossChunks(chunk, before, beforeThat);
    if (end === -1) {
      this.overflowed = !this.#held.keep(chunk);
      return undefined;
    }
    const block = this.#held.take(chunk.subarray(0, end));
    this.overflowed = !this.#held.keep(chunk.subarray(end));
    return block;
  }

  rest(): Bytes | undefined {
    return this.#held.take(undefined);
  }
}

/**
 * Do the bytes … third, second, byte end a blank line? A line is blank when its line end follows another one, which shows
 * in adjacent bytes: LF LF, LF CR and CR CR, the CR perhaps with its own LF; CR LF alone is one line end.
 */
function endsBlankLine(byte: number, second: number, third: number): boolean {
  if (byte === LF && second === CR) return third === LF || third === CR;
  if (byte === LF) return second === LF;
  return byte === CR && (second === LF || second === CR);
}

/** Position after the last blank line whose two line ends are both in the chunk; -1 without one. */
function endOfLastBlankLine(chunk: Bytes): number {
  const lfLf = chunk.lastIndexOf('\n\n');
  if (chunk.indexOf(CR) === -1) return lfLf === -1 ? -1 : lfLf + 2;
  const withCr = Math.max(chunk.lastIndexOf('\n\r'), chunk.lastIndexOf('\r\r'));
  if (lfLf > withCr) return lfLf + 2;
  if (withCr === -1) return -1;
  return chunk[withCr + 2] === LF ? withCr + 3 : withCr + 2;
}

/** The same for a blank line that began before the chunk. */
function endAcrossChunks(chunk: Bytes, before: number, beforeThat: number): number {
  const first = chunk[0] ?? 0;
  if (!endsBlankLine(first, before, beforeThat)) return -1;
  return first === CR && chunk[1] === LF ? 2 : 1;
}
