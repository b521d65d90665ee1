// Where an event begins and ends in a run of complete server-sent events, given a position inside it. Line ends may be
// LF, CR or CRLF; an event ends with an empty line.

import type { Bytes } from '../../bytes.ts';
import type { Span } from '../dialect.ts';

const LF = 0x0a;
const CR = 0x0d;
const SPACE = 0x20;
const DATA = 'data:';

/** The position after the empty line that ends the event around `from`. */
export function eventEnd(block: Bytes, from: number): number {
  let at = from;
  while (at < block.length) {
    at = afterLineEnd(block, lineEndAfter(block, at));
    const next = block[at];
    if (next === LF || next === CR) return afterLineEnd(block, at);
  }
  return block.length;
}

/** The position of the first byte of the event around `at`. */
export function eventStart(block: Bytes, at: number): number {
  let start = lineStart(block, at);
  while (start > 0) {
    const lineEnd = block[start - 1] === LF && block[start - 2] === CR ? start - 2 : start - 1;
    const before = block[lineEnd - 1];
    if (lineEnd === 0 || before === LF || before === CR) return start;
    start = lineStart(block, lineEnd);
  }
  return 0;
}

/** The start of the event that ends at `end` (which is after its empty line), or of the empty rest before it. */
export function lastEventStart(block: Bytes, end: number): number {
  let at = end;
  while (at > 0 && (block[at - 1] === LF || block[at - 1] === CR)) at--;
  return eventStart(block, at);
}

/** The data of an event that has exactly one data line; undefined otherwise, as more lines cannot be edited in place. */
export function dataSpan(block: Bytes, start: number, end: number): Span | undefined {
  let found: Span | undefined;
  let line = start;
  while (line < end) {
    const lineEnd = Math.min(end, lineEndAfter(block, line));
    if (lineEnd - line >= DATA.length && block.toString('latin1', line, line + DATA.length) === DATA) {
      if (found !== undefined) return undefined;
      const from = line + DATA.length;
      found = { start: block[from] === SPACE ? from + 1 : from, end: lineEnd };
    }
    line = lineEnd < end ? afterLineEnd(block, lineEnd) : end;
  }
  return found;
}

/** The first line end from `from` on, or the block's length. Lines may be megabytes long: they are searched natively. */
function lineEndAfter(block: Bytes, from: number): number {
  const found = block.indexOf(LF, from);
  const lf = found === -1 ? block.length : found;
  const cr = block.subarray(from, lf).indexOf(CR);
  return cr === -1 ? lf : from + cr;
}

/** The start of the line that contains `at`, or that ends there. */
function lineStart(block: Bytes, at: number): number {
  if (at === 0) return 0;
  const lf = block.lastIndexOf(LF, at - 1);
  const cr = block.subarray(lf + 1, at).lastIndexOf(CR);
  return cr === -1 ? lf + 1 : lf + 1 + cr + 1;
}

function afterLineEnd(block: Bytes, at: number): number {
  return block[at] === CR && block[at + 1] === LF ? at + 2 : at + 1;
}
