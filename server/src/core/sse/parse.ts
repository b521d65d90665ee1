// Reads runs of complete server-sent events as core/sse/blocks.ts cuts them.
// https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation

import type { Bytes } from '../bytes.ts';

/** One dispatched event: its type ('' when it has no event field) and its data lines joined by \n. */
export interface SseEvent {
  readonly event: string;
  readonly data: string;
}

const LF = 0x0a;
const CR = 0x0d;
const COLON = 0x3a;
const SPACE = 0x20;

/**
 * Visits the events of a run of complete events. `start` and `end` are the byte offsets of the event with all its lines
 * (comments too) and its blank line. Comments alone, events without a data line and an unfinished event at the end are no
 * events; `id`, `retry` and unknown fields are passed over. A byte order mark is skipped at the start of a run.
 */
export function readEvents(block: Bytes, visit: (event: SseEvent, start: number, end: number) => void): void {
  const { length } = block;
  // The next line end of either kind is looked up only once it is passed, or many short lines would cost a search each.
  let nextLf = block.indexOf(LF);
  let nextCr = block.indexOf(CR);
  let start = 0;
  let type = '';
  // Most events have the type of the one before: comparing bytes costs less than another string.
  let known = '';
  let knownLine = 0;
  let knownEnd = 0;
  let data: string | undefined;
  let line = block[0] === 0xef && block[1] === 0xbb && block[2] === 0xbf ? 3 : 0;
  while (line < length) {
    if (nextLf !== -1 && nextLf < line) nextLf = block[line] === LF ? line : block.indexOf(LF, line);
    if (nextCr !== -1 && nextCr < line) nextCr = block.indexOf(CR, line);
    const lineEnd = nextLf === -1 || (nextCr !== -1 && nextCr < nextLf) ? nextCr : nextLf;
    if (lineEnd === -1) return;
    const next = block[lineEnd] === CR && block[lineEnd + 1] === LF ? lineEnd + 2 : lineEnd + 1;
    if (lineEnd === line) {
      if (data !== undefined) visit({ event: type, data }, start, next);
      type = '';
      data = undefined;
      start = next;
    } else if (isField(block, line, lineEnd, 'data')) {
      const value = fieldValue(block, line + 4, lineEnd);
      data = data === undefined ? value : `${data}\n${value}`;
    } else if (isField(block, line, lineEnd, 'event')) {
      if (known === '' || !isSame(block, knownLine, knownEnd, line, lineEnd)) {
        known = fieldValue(block, line + 5, lineEnd);
        knownLine = line;
        knownEnd = lineEnd;
      }
      type = known;
    }
    line = next;
  }
}

function isSame(block: Bytes, from: number, to: number, line: number, lineEnd: number): boolean {
  if (lineEnd - line !== to - from) return false;
  // They differ at their end, if at all.
  for (let at = lineEnd - 1, other = to - 1; at >= line; at--, other--)
    if (block[at] !== block[other]) return false;
  return true;
}

function isField(block: Bytes, line: number, lineEnd: number, name: string): boolean {
  const nameEnd = line + name.length;
  if (nameEnd > lineEnd || (nameEnd < lineEnd && block[nameEnd] !== COLON)) return false;
  for (let at = 0; at < name.length; at++) if (block[line + at] !== name.charCodeAt(at)) return false;
  return true;
}

/** The field's value: what follows the colon and at most one space. A field without a colon has the value ''. */
function fieldValue(block: Bytes, nameEnd: number, lineEnd: number): string {
  if (nameEnd >= lineEnd) return '';
  const start = block[nameEnd + 1] === SPACE ? nameEnd + 2 : nameEnd + 1;
  return start < lineEnd ? block.toString('utf8', start, lineEnd) : '';
}

/**
 * The same for a run that is text already, where nobody asks for the bytes: one decoding for all of its events is much
 * cheaper than one for each of their lines. Its lines must end in LF; a run with a CR is not read, and the answer is false.
 */
export function readEventTexts(run: string, visit: (event: string, data: string) => void): boolean {
  if (run.includes('\r')) return false;
  let type = '';
  let data: string | undefined;
  let line = run.charCodeAt(0) === 0xfeff ? 1 : 0;
  for (let lineEnd = run.indexOf('\n', line); lineEnd !== -1; lineEnd = run.indexOf('\n', line)) {
    if (lineEnd === line) {
      if (data !== undefined) visit(type, data);
      type = '';
      data = undefined;
    } else if (startsWith(run, line, 'data')) {
      const value = valueAt(run, line + 4, lineEnd);
      if (value !== undefined) data = data === undefined ? value : `${data}\n${value}`;
    } else if (startsWith(run, line, 'event')) {
      type = valueAt(run, line + 5, lineEnd) ?? type;
    }
    line = lineEnd + 1;
  }
  return true;
}

/** For short names faster than the method of strings. */
function startsWith(run: string, line: number, name: string): boolean {
  for (let at = 0; at < name.length; at++)
    if (run.charCodeAt(line + at) !== name.charCodeAt(at)) return false;
  return true;
}

/** The value of the field whose name ends at `nameEnd`; undefined where the name goes on. */
function valueAt(run: string, nameEnd: number, lineEnd: number): string | undefined {
  if (nameEnd === lineEnd) return '';
  if (run.charCodeAt(nameEnd) !== COLON) return undefined;
  return run.slice(run.charCodeAt(nameEnd + 1) === SPACE ? nameEnd + 2 : nameEnd + 1, lineEnd);
}
