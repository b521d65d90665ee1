// Strict reading of JSON bytes without building values: is it valid, and where do the members stand that the gateway
// reads or patches? It accepts what JSON.parse accepts, except nesting deeper than MAX_DEPTH and, because two readers of
// one body must never see two different requests, a repeated member among those asked for.

import type { Bytes } from '../bytes.ts';
import { escapedUnit, FAILED, fail, type JsonText, openText, skipSpace, skipString } from './text.ts';
import { skipColon, skipValue } from './values.ts';

/** What stands at a wanted path: the value's span, quotes or brackets included, and its first byte. */
export interface Found {
  readonly start: number;
  readonly end: number;
  readonly kind: 'string' | 'number' | 'true' | 'false' | 'null' | 'object' | 'array';
}

/** Where and why a text is not acceptable JSON. `at` is a byte offset. */
export interface ScanFailure {
  readonly ok: false;
  readonly at: number;
  readonly reason: string;
}

/** The path of a wanted member through objects, outermost name first: ['stream_options', 'include_usage']. ASCII names. */
export type Wanted = readonly string[];

/** A valid JSON object. */
export interface ObjectScan {
  readonly ok: true;
  /** One entry per wanted path, in the order of `wanted`; undefined when the member is absent. */
  readonly found: readonly (Found | undefined)[];
  /** Position of the top-level object's opening brace. */
  readonly start: number;
  /** Position of the top-level object's closing brace. */
  readonly end: number;
  /** True when the top-level object has no members. */
  readonly empty: boolean;
}

export type ScanResult = ObjectScan | ScanFailure;

/** The reason given for valid JSON whose top level is not an object. */
export const NOT_AN_OBJECT = 'the top level is not an object';

/** Paths are kept as bits of one number. */
const MAX_WANTED = 31;

const QUOTE = 0x22;
const COMMA = 0x2c;
const BACKSLASH = 0x5c;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

interface Search {
  readonly text: JsonText;
  readonly wanted: readonly Wanted[];
  readonly found: (Found | undefined)[];
  /** Per level, a bit for each wanted path whose name at that level has been seen. */
  readonly seen: number[];
}

/**
 * Validates a body whose top level must be an object, and finds the wanted members (at most 31 paths). Time is linear in
 * the length; nothing is allocated but the result.
 */
export function scanObject(body: Bytes, wanted: readonly Wanted[]): ScanResult {
  if (wanted.length > MAX_WANTED)
    throw new RangeError(`At most ${MAX_WANTED} members can be looked for at once.`);
  const text = openText(body);
  const start = skipStart(text);
  if (start === FAILED) return failureOf(text);
  if (body[start] !== OPEN_BRACE) {
    const end = skipEnd(text, skipValue(text, start, 0));
    if (end !== FAILED) fail(text, start, NOT_AN_OBJECT);
    return failureOf(text);
  }
  const search: Search = { text, wanted, found: wanted.map(() => undefined), seen: [] };
  const after = searchObject(search, start, 0, 2 ** wanted.length - 1);
  if (skipEnd(text, after) === FAILED) return failureOf(text);
  const end = after - 1;
  return { ok: true, found: search.found, start, end, empty: skipSpace(body, start + 1, end) === end };
}

/** Validates a text whose top level may be any JSON value; undefined when it is valid. */
export function validate(body: Bytes): ScanFailure | undefined {
  const text = openText(body);
  const start = skipStart(text);
  if (start === FAILED) return failureOf(text);
  return skipEnd(text, skipValue(text, start, 0)) === FAILED ? failureOf(text) : undefined;
}

/** The unescaped text of a found string; '' for a value of another kind. */
export function stringAt(body: Bytes, found: Found): string {
  if (found.kind !== 'string') return '';
  const value: unknown = JSON.parse(body.toString('utf8', found.start, found.end));
  return typeof value === 'string' ? value : '';
}

function failureOf(text: JsonText): ScanFailure {
  return { ok: false, at: text.failedAt, reason: text.reason };
}

function skipStart(text: JsonText): number {
  const { bytes, length } = text;
  if (length >= 3 && bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) {
    return fail(text, 0, 'the text starts with a byte order mark');
  }
  const start = skipSpace(bytes, 0, length);
  return start < length ? start : fail(text, start, 'the text is empty');
}

/** Only white space may follow the top-level value. */
function skipEnd(text: JsonText, i: number): number {
  if (i === FAILED) return FAILED;
  const end = skipSpace(text.bytes, i, text.length);
  return end === text.length ? end : fail(text, end, 'more text after the end of the value');
}

/**
 * Like skipping an object, but looks at its members' names. `level` counts the objects around it; `paths` has a bit for
 * each wanted path that leads into this object.
 */
function searchObject(search: Search, i: number, level: number, paths: number): number {
  const { text } = search;
  const { bytes, length } = text;
  i = skipSpace(bytes, i + 1, length);
  if (i < length && bytes[i] === CLOSE_BRACE) return i + 1;
  for (;;) {
    if (i >= length) return fail(text, i, 'unexpected end');
    if (bytes[i] !== QUOTE) return fail(text, i, 'member name expected');
    const name = i;
    const nameEnd = skipString(text, i + 1);
    if (nameEnd === FAILED) return FAILED;
    i = skipColon(text, nameEnd);
    if (i === FAILED) return FAILED;
    const named = pathsNamed(search, name, nameEnd, level, paths);
    i = named === 0 ? skipValue(text, i, level + 1) : searchValue(search, name, i, level, named);
    if (i === FAILED) return FAILED;
    i = skipSpace(bytes, i, length);
    if (i >= length) return fail(text, i, 'unexpected end');
    const byte = bytes[i];
    if (byte === CLOSE_BRACE) return i + 1;
    if (byte !== COMMA) return fail(text, i, "',' or '}' expected");
    i = skipSpace(bytes, i + 1, length);
  }
}

/** Reads the value of a member that is wanted or on the way to a wanted one. */
function searchValue(search: Search, name: number, i: number, level: number, named: number): number {
  const { text, wanted, found } = search;
  const seen = search.seen[level] ?? 0;
  if ((seen & named) !== 0) return fail(text, name, repeated(search, level, named));
  search.seen[level] = seen | named;
  let deeper = 0;
  for (let path = 0; path < wanted.length; path++) {
    const bit = 1 << path;
    if ((named & bit) !== 0 && (wanted[path]?.length ?? 0) > level + 1) deeper |= bit;
  }
  const kind = kindOf(text.bytes[i] ?? 0);
  const end =
    deeper !== 0 && kind === 'object'
      ? searchObject(search, i, level + 1, deeper)
      : skipValue(text, i, level + 1);
  if (end === FAILED) return FAILED;
  for (let path = 0; path < wanted.length; path++) {
    const bit = 1 << path;
    if ((named & bit) !== 0 && (deeper & bit) === 0) found[path] = { start: i, end, kind };
  }
  return end;
}

/** Which of the paths have this name (a span with its quotes) at this level. */
function pathsNamed(search: Search, start: number, end: number, level: number, paths: number): number {
  const { text, wanted } = search;
  let named = 0;
  for (let path = 0; path < wanted.length; path++) {
    if ((paths & (1 << path)) === 0) continue;
    if (spells(text.bytes, start + 1, end - 1, wanted[path]?.[level] ?? '')) named |= 1 << path;
  }
  return named;
}

/** Does this inside of a JSON string spell the name? Of all escapes, only \u can stand for a character of a name. */
function spells(bytes: Bytes, i: number, end: number, name: string): boolean {
  if (end - i < name.length) return false;
  for (let at = 0; at < name.length; at++) {
    if (i >= end) return false;
    let character = bytes[i] ?? 0;
    i++;
    if (character === BACKSLASH) {
      if (bytes[i] !== 0x75) return false;
      character = escapedUnit(bytes, i - 1);
      i += 5;
    }
    if (character !== name.charCodeAt(at)) return false;
  }
  return i === end;
}

function repeated(search: Search, level: number, named: number): string {
  const path = search.wanted[31 - Math.clz32(named)] ?? [];
  return `duplicate member '${path.slice(0, level + 1).join('.')}'`;
}

function kindOf(byte: number): Found['kind'] {
  if (byte === QUOTE) return 'string';
  if (byte === OPEN_BRACE) return 'object';
  if (byte === 0x5b) return 'array';
  if (byte === 0x74) return 'true';
  if (byte === 0x66) return 'false';
  return byte === 0x6e ? 'null' : 'number';
}
