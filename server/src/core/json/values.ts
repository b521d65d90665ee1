// The grammar of JSON values (RFC 8259), as functions that skip: each takes the position of a value's first byte and
// answers the position after its last, or FAILED. Exactly what JSON.parse accepts, with a limit on nesting.

import type { Bytes } from '../bytes.ts';
import { FAILED, fail, type JsonText, skipSpace, skipString } from './text.ts';

/** Arrays and objects within each other; deeper texts are refused, so that neither we nor an upstream can be exhausted. */
const MAX_DEPTH = 256;

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const MINUS = 0x2d;
const ZERO = 0x30;
const NINE = 0x39;

/** Skips any value; `depth` counts the containers around it. */
export function skipValue(text: JsonText, i: number, depth: number): number {
  if (i >= text.length) return fail(text, i, 'unexpected end');
  switch (text.bytes[i]) {
    case QUOTE:
      return skipString(text, i + 1);
    case OPEN_BRACE:
      return skipObject(text, i, depth + 1);
    case OPEN_BRACKET:
      return skipArray(text, i, depth + 1);
    case 0x74:
      return skipWord(text, i, 'true');
    case 0x66:
      return skipWord(text, i, 'false');
    case 0x6e:
      return skipWord(text, i, 'null');
    default:
      return skipNumber(text, i);
  }
}

function skipObject(text: JsonText, i: number, depth: number): number {
  if (depth > MAX_DEPTH) return fail(text, i, TOO_DEEP);
  const { bytes, length } = text;
  i = skipSpace(bytes, i + 1, length);
  if (i < length && bytes[i] === CLOSE_BRACE) return i + 1;
  for (;;) {
    i = skipName(text, i);
    if (i === FAILED) return FAILED;
    i = skipValue(text, i, depth);
    if (i === FAILED) return FAILED;
    i = skipSpace(bytes, i, length);
    if (i >= length) return fail(text, i, 'unexpected end');
    const byte = bytes[i];
    if (byte === CLOSE_BRACE) return i + 1;
    if (byte !== COMMA) return fail(text, i, "',' or '}' expected");
    i = skipSpace(bytes, i + 1, length);
  }
}

function skipArray(text: JsonText, i: number, depth: number): number {
  if (depth > MAX_DEPTH) return fail(text, i, TOO_DEEP);
  const { bytes, length } = text;
  i = skipSpace(bytes, i + 1, length);
  if (i < length && bytes[i] === CLOSE_BRACKET) return i + 1;
  for (;;) {
    i = skipValue(text, i, depth);
    if (i === FAILED) return FAILED;
    i = skipSpace(bytes, i, length);
    if (i >= length) return fail(text, i, 'unexpected end');
    const byte = bytes[i];
    if (byte === CLOSE_BRACKET) return i + 1;
    if (byte !== COMMA) return fail(text, i, "',' or ']' expected");
    i = skipSpace(bytes, i + 1, length);
  }
}

const TOO_DEEP: string = `nesting deeper than ${MAX_DEPTH}`;

/** From a member's opening quote over name and colon to its value's first byte. */
function skipName(text: JsonText, i: number): number {
  if (i >= text.length) return fail(text, i, 'unexpected end');
  if (text.bytes[i] !== QUOTE) return fail(text, i, 'member name expected');
  i = skipString(text, i + 1);
  return i === FAILED ? FAILED : skipColon(text, i);
}

/** From the byte after a member's name to its value's first byte. */
export function skipColon(text: JsonText, i: number): number {
  const { bytes, length } = text;
  i = skipSpace(bytes, i, length);
  if (i >= length) return fail(text, i, 'unexpected end');
  if (bytes[i] !== COLON) return fail(text, i, "':' expected");
  return skipSpace(bytes, i + 1, length);
}

function skipWord(text: JsonText, i: number, word: string): number {
  for (let at = 0; at < word.length; at++) {
    if (i + at >= text.length) return fail(text, text.length, 'unexpected end');
    if (text.bytes[i + at] !== word.charCodeAt(at)) return fail(text, i, 'value expected');
  }
  return i + word.length;
}

function skipNumber(text: JsonText, i: number): number {
  const { bytes, length } = text;
  const start = i;
  if (bytes[i] === MINUS) i++;
  const whole = i;
  i = skipDigits(bytes, i, length);
  if (i === whole) return fail(text, i, start === i ? 'value expected' : 'digit expected');
  if (i > whole + 1 && bytes[whole] === ZERO) return fail(text, whole, 'number with a leading zero');
  if (i < length && bytes[i] === 0x2e) {
    const fraction = i + 1;
    i = skipDigits(bytes, fraction, length);
    if (i === fraction) return fail(text, i, 'digit expected');
  }
  if (i < length && (bytes[i] === 0x65 || bytes[i] === 0x45)) {
    i++;
    if (i < length && (bytes[i] === MINUS || bytes[i] === 0x2b)) i++;
    const exponent = i;
    i = skipDigits(bytes, exponent, length);
    if (i === exponent) return fail(text, i, 'digit expected');
  }
  return i;
}

function skipDigits(bytes: Bytes, i: number, length: number): number {
  while (i < length) {
    const byte = bytes[i] ?? 0;
    if (byte < ZERO || byte > NINE) break;
    i++;
  }
  return i;
}
