// Further headers of a request, as they are written: one per line, "name: value".

import type { Header } from './formats.ts';

/** A name as HTTP allows it. */
const NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
/** What a browser can send in a value: no control characters, and one byte for each character. */
const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;

/** The headers, and the first line that is none. */
export interface HeaderLines {
  readonly headers: readonly Header[];
  /** From 1. */
  readonly faultyLine?: number;
}

/** Reads the lines; empty ones are left out. */
export function readHeaderLines(text: string): HeaderLines {
  const headers: Header[] = [];
  let faultyLine: number | undefined;
  for (const [at, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue;
    const colon = line.indexOf(':');
    const name = line.slice(0, Math.max(0, colon)).trim();
    const value = line.slice(colon + 1).trim();
    if (NAME.test(name) && VALUE.test(value)) headers.push([name.toLowerCase(), value]);
    else faultyLine ??= at + 1;
  }
  return faultyLine === undefined ? { headers } : { headers, faultyLine };
}
