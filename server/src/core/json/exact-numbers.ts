// Whole numbers of more digits than a double holds, such as the ids of many services: arguments of tools go from text to
// objects and back on their way between formats, and their numbers must not change on it. Their digits are remembered
// beside the objects that they were read into; whoever does not ask for them sees ordinary numbers.

/** So many digits at the beginning of a value may be more than a double holds. Fractions are no matter. */
const MANY_DIGITS = /(?:^|[:,[\s-])\d{16}/;

/** What such a number may look like once it has been read and written again. */
const MAY_BE_ROUNDED = /[:,[]-?\d(?:\d{15}|(?:\.\d+)?e\+)/;

const QUOTE = 34;
const BACKSLASH = 92;
const MINUS = 45;

/** By object or list: the digits of its members that are no ordinary numbers. */
const digitsOf = new WeakMap<object, Map<string, string>>();

/** Parses JSON as JSON.parse does, which throws what that throws, and remembers the digits of whole numbers. */
export function parseExactly(text: string): unknown {
  const found = roundedIn(text);
  const mark = found.length === 0 ? undefined : unusedIn(text);
  if (mark === undefined) return JSON.parse(text);
  let marked = '';
  let from = 0;
  for (const [start, end] of found) {
    marked += `${text.slice(from, start)}"${mark}${text.slice(start, end)}"`;
    from = end;
  }
  return JSON.parse(
    marked + text.slice(from),
    function (this: object, name: string, value: unknown): unknown {
      if (typeof value !== 'string' || !value.startsWith(mark)) return value;
      const digits = value.slice(mark.length);
      remember(this, name, digits);
      return Number(digits);
    },
  );
}

/** The same for text that may be anything: undefined when it is not JSON. */
export function readExactly(text: string): unknown {
  try {
    return parseExactly(text);
  } catch {
    return undefined;
  }
}

/** Writes a value as JSON.stringify does, with the digits of the numbers that `parseExactly` has read. */
export function writeExactly(value: object): string {
  const plain = JSON.stringify(value);
  const mark = MAY_BE_ROUNDED.test(plain) ? unusedIn(plain) : undefined;
  if (mark === undefined) return plain;
  let isExact = true;
  const marked = JSON.stringify(value, function (this: object, name: string, member: unknown): unknown {
    const digits = typeof member === 'number' ? digitsOf.get(this)?.get(name) : undefined;
    if (digits === undefined || Number(digits) !== member) return member;
    isExact = false;
    return mark + digits;
  });
  return isExact ? plain : marked.replaceAll(new RegExp(`"${mark}(-?\\d+)"`, 'g'), '$1');
}

/** The members of one object have been put into another one, under their names. */
export function keepDigits(from: object, to: object): void {
  for (const [name, digits] of digitsOf.get(from) ?? []) remember(to, name, digits);
}

function remember(holder: object, name: string, digits: string): void {
  const known = digitsOf.get(holder);
  if (known === undefined) digitsOf.set(holder, new Map([[name, digits]]));
  else known.set(name, digits);
}

/** True when the JSON text holds a whole number, outside of strings, whose digits do not survive parsing. */
export function roundsNumbers(text: string): boolean {
  return roundedIn(text).length > 0;
}

/** From where to where such numbers stand in a JSON text. */
function roundedIn(text: string): readonly (readonly [start: number, end: number])[] {
  if (!MANY_DIGITS.test(text)) return [];
  const found: [number, number][] = [];
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) at = endOfString(text, at);
    else if (isDigit(code)) {
      const start = text.charCodeAt(at - 1) === MINUS ? at - 1 : at;
      const first = at;
      while (isOfNumber(text.charCodeAt(at + 1))) at++;
      if (isRounded(text.slice(first, at + 1))) found.push([start, at + 1]);
    }
  }
  return found;
}

/** Where the closing quote of the string that begins at `start` stands. */
function endOfString(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length && text.charCodeAt(at) !== QUOTE) at += text.charCodeAt(at) === BACKSLASH ? 2 : 1;
  return at;
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

/** Digits, and what stands in fractions and exponents: + - . E e */
function isOfNumber(code: number): boolean {
  return isDigit(code) || code === 43 || code === MINUS || code === 46 || code === 69 || code === 101;
}

/** Fractions are rounded in every language, and nobody counts on their last digits. */
function isRounded(number: string): boolean {
  if (!/^\d{16,}$/.test(number)) return false;
  const value = Number(number);
  const written = String(value);
  if (written === number) return false;
  // 1e+21 may be the same number in other words.
  return !written.includes('e') || !Number.isFinite(value) || BigInt(value) !== BigInt(number);
}

/** A character for private use that the text does not have, not even escaped; undefined in a text that has all. */
function unusedIn(text: string): string | undefined {
  for (let code = 0xe000; code < 0xf900; code++) {
    const mark = String.fromCharCode(code);
    if (!text.includes(mark) && !new RegExp(`\\\\u${code.toString(16)}`, 'i').test(text)) return mark;
  }
  return undefined;
}
