// The framing of Gemini's streams without alt=sse: one JSON array whose elements arrive one by one, `[{…}\n,\r\n{…}]`.
// Cuts such a stream into runs of complete elements, as core/sse/blocks.ts does for events, and reads these runs.

import { type BlockSplitter, type Bytes, type Concat, holdBytes } from '../bytes.ts';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

/**
 * A splitter for one stream. Elements are objects and arrays; everything else at the top level is framing and goes out in
 * front of the next element. The closing bracket and white space after it go out as they come, so that nothing is left of
 * a stream that ended well. A body that is one object instead of an array counts as one element.
 */
export function createArraySplitter(concat: Concat, limitBytes: number): BlockSplitter {
  const held = holdBytes(concat, limitBytes);
  const scanner = createElementScanner();
  let overflowed = false;
  return {
    push(chunk) {
      if (overflowed || chunk.length === 0) return undefined;
      let end = -1;
      for (let at = scanner.next(chunk, 0); at !== -1; at = scanner.next(chunk, at)) end = at;
      if (scanner.closed && isSpace(chunk, Math.max(end, 0))) end = chunk.length;
      if (end === -1) {
        overflowed = !held.keep(chunk);
        return undefined;
      }
      const block = held.take(chunk.subarray(0, end));
      overflowed = !held.keep(chunk.subarray(end));
      return block;
    },
    rest: () => held.take(undefined),
    get overflowed() {
      return overflowed;
    },
  };
}

/** Visits each element of a run of complete elements with its JSON text and its byte offsets, framing excluded. */
export function readElements(block: Bytes, visit: (text: string, start: number, end: number) => void): void {
  const scanner = createElementScanner();
  for (let end = scanner.next(block, 0); end !== -1; end = scanner.next(block, end)) {
    if (scanner.closed) return;
    visit(block.toString('utf8', scanner.start, end), scanner.start, end);
  }
}

interface ElementScanner {
  /** Reads on from `i`; the position after the element or the array that ends in the chunk, or -1 at the chunk's end. */
  next(chunk: Bytes, i: number): number;
  /** Where the last element started, in the chunk in which it did. */
  readonly start: number;
  /** The array has ended. */
  readonly closed: boolean;
}

/** Follows brackets and strings over chunks. Whether the JSON in between is valid is for others to judge. */
function createElementScanner(): ElementScanner {
  let begun = false;
  let closed = false;
  let depth = 0;
  let inString = false;
  let escaped = false;
  let start = 0;
  return {
    next(chunk, i) {
      for (; i < chunk.length; i++) {
        const byte = chunk[i] ?? 0;
        if (inString) {
          if (escaped) escaped = false;
          else if (byte === BACKSLASH) escaped = true;
          else if (byte === QUOTE) inString = false;
        } else if (byte === QUOTE) {
          inString = true;
          begun = true;
        } else if (byte === OPEN_BRACKET && !begun) {
          begun = true;
        } else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) {
          begun = true;
          if (depth === 0) start = i;
          depth++;
        } else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) {
          if (depth === 0 && byte === CLOSE_BRACE) continue;
          if (depth === 0) closed = true;
          else depth--;
          if (depth === 0) return i + 1;
        } else if (byte > 0x20) {
          begun = true;
        }
      }
      return -1;
    },
    get start() {
      return start;
    },
    get closed() {
      return closed;
    },
  };
}

function isSpace(bytes: Bytes, from: number): boolean {
  for (let i = from; i < bytes.length; i++) if ((bytes[i] ?? 0) > 0x20) return false;
  return true;
}
