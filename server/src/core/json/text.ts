// A JSON text under inspection, and the two loops that see most of its bytes: white space and strings.
// Strings are read four bytes at a time, which is several times faster than byte by byte.

import type { Bytes } from '../bytes.ts';

/** The bytes of one JSON text, and the first failure found in them. */
export interface JsonText {
  readonly bytes: Bytes;
  readonly length: number;
  /** The same memory as 32-bit words, absent where there is none to be had; words[0] stands at byte `wordsAt`. */
  readonly words: Int32Array | undefined;
  readonly wordsAt: number;
  /** Offset and reason of the first failure; meaningless before one. */
  failedAt: number;
  reason: string;
}

/** Answered instead of a position by every function here that can fail; the reason is then in the text. */
export const FAILED = -1;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const SMALL_U = 0x75;

/** Below this size, making the word view costs more than it saves. */
const WORDS_FROM_BYTES = 192;
/** In a word, the byte of the lowest address must be the lowest one. */
const LITTLE_ENDIAN: boolean = new Uint8Array(new Int32Array([1]).buffer)[0] === 1;

/** Length of the escape that starts with backslash and this byte; 0 where there is none. */
const ESCAPE_BYTES: Uint8Array = new Uint8Array(256);
for (const letter of '"\\/bfnrt') ESCAPE_BYTES[letter.charCodeAt(0)] = 2;
ESCAPE_BYTES[SMALL_U] = 6;

const NOT_HEX = 255;
const HEX_VALUE: Uint8Array = new Uint8Array(256).fill(NOT_HEX);
for (const digit of '0123456789abcdefABCDEF') HEX_VALUE[digit.charCodeAt(0)] = Number.parseInt(digit, 16);

/** Opens bytes for inspection. */
export function openText(bytes: Bytes): JsonText {
  const { length } = bytes;
  if (length < WORDS_FROM_BYTES || !LITTLE_ENDIAN || !(bytes instanceof Uint8Array)) {
    return { bytes, length, words: undefined, wordsAt: 0, failedAt: 0, reason: '' };
  }
  const wordsAt = -bytes.byteOffset & 3;
  const words = new Int32Array(bytes.buffer, bytes.byteOffset + wordsAt, (length - wordsAt) >> 2);
  return { bytes, length, words, wordsAt, failedAt: 0, reason: '' };
}

/** Records a failure. */
export function fail(text: JsonText, at: number, reason: string): typeof FAILED {
  text.failedAt = at;
  text.reason = reason;
  return FAILED;
}

/** The first position from `i` on that is not white space; may be the length. */
export function skipSpace(bytes: Bytes, i: number, length: number): number {
  while (i < length) {
    const byte = bytes[i];
    if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) break;
    i++;
  }
  return i;
}

/**
 * From the first byte after an opening quote to the first byte after the closing one.
 *
 * Looks in each word for a quote, backslash or control character with the usual bit trick: (x - 0x01010101 * n) & ~x &
 * 0x80808080 is not 0 exactly when a byte of x is below n, and its lowest bit marks the first such byte. Quote and
 * control characters are found together: exclusive-or with 2 moves the quote to 0x20 and keeps the others below it.
 */
export function skipString(text: JsonText, i: number): number {
  const { bytes, length, words, wordsAt } = text;
  if (words === undefined || i < wordsAt) return skipStringBytes(text, i);
  const count = words.length;
  for (;;) {
    let at = (i - wordsAt) >> 2;
    if (at >= count) return skipStringBytes(text, i);
    // Bytes before `i` in its word are made 0xff, which is never special.
    let word = (words[at] ?? 0) | ((1 << (((i - wordsAt) & 3) << 3)) - 1);
    let special = 0;
    for (;;) {
      const low = ((word ^ 0x02020202) - 0x21212121) | 0;
      const backslash = ((word ^ 0x5c5c5c5c) - 0x01010101) | 0;
      special = (low | backslash) & ~word & 0x80808080;
      if (special !== 0) break;
      at++;
      if (at >= count) return skipStringBytes(text, wordsAt + at * 4);
      word = words[at] ?? 0;
    }
    i = wordsAt + at * 4 + ((31 - Math.clz32(special & -special)) >> 3);
    const byte = bytes[i];
    if (byte === QUOTE) return i + 1;
    if (byte !== BACKSLASH) return fail(text, i, 'control character in a string');
    // Escapes often come in rows; the common ones are skipped without a call.
    do {
      if (i + 1 < length && ESCAPE_BYTES[bytes[i + 1] ?? 0] === 2) i += 2;
      else i = skipEscape(text, i);
    } while (i !== FAILED && i < length && bytes[i] === BACKSLASH);
    if (i === FAILED) return FAILED;
  }
}

/** The same byte by byte: for small texts, and for the bytes before the first and after the last word. */
function skipStringBytes(text: JsonText, i: number): number {
  const { bytes, length } = text;
  while (i < length) {
    const byte = bytes[i] ?? 0;
    if (byte === QUOTE) return i + 1;
    if (byte === BACKSLASH) {
      const end = skipEscape(text, i);
      if (end === FAILED) return FAILED;
      i = end;
    } else if (byte < 0x20) {
      return fail(text, i, 'control character in a string');
    } else {
      i++;
    }
  }
  return fail(text, length, 'unterminated string');
}

/** From a backslash to the first byte after its escape. */
function skipEscape(text: JsonText, i: number): number {
  const { bytes, length } = text;
  if (i + 1 >= length) return fail(text, length, 'unterminated string');
  const size = ESCAPE_BYTES[bytes[i + 1] ?? 0] ?? 0;
  if (size === 2) return i + 2;
  if (size === 0) return fail(text, i, 'invalid escape in a string');
  for (let at = i + 2; at < i + 6; at++) {
    if (at >= length) return fail(text, length, 'unterminated string');
    if ((HEX_VALUE[bytes[at] ?? 0] ?? NOT_HEX) === NOT_HEX)
      return fail(text, i, 'invalid \\u escape in a string');
  }
  return i + 6;
}

/** The UTF-16 unit that a valid \\u escape stands for; `i` is the position of its backslash. */
export function escapedUnit(bytes: Bytes, i: number): number {
  let unit = 0;
  for (let at = i + 2; at < i + 6; at++) unit = unit * 16 + (HEX_VALUE[bytes[at] ?? 0] ?? 0);
  return unit;
}
