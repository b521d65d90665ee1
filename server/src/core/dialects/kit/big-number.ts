// Whole numbers of more digits than JavaScript keeps: where text has to become an object they are rounded, which is to be
// told.

/** So many digits in a row may be more than a double holds. */
const MANY_DIGITS = /\d{16,}/;

const QUOTE = 34;
const BACKSLASH = 92;

/** True when the JSON text holds a whole number, outside of strings, whose digits do not survive parsing. */
export function roundsNumbers(text: string): boolean {
  if (!MANY_DIGITS.test(text)) return false;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) at = endOfString(text, at);
    else if (isDigit(code)) {
      const start = at;
      while (isOfNumber(text.charCodeAt(at + 1))) at++;
      if (isRounded(text.slice(start, at + 1))) return true;
    }
  }
  return false;
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
  return isDigit(code) || code === 43 || code === 45 || code === 46 || code === 69 || code === 101;
}

/** Fractions are rounded in every language, and nobody counts on their last digits. */
function isRounded(number: string): boolean {
  if (!/^\d{16,}$/.test(number)) return false;
  const value = Number(number);
  const written = String(value);
  if (written === number) return false;
  // 1e+21 may be the same number in other words.
  return !written.includes('e') || BigInt(value) !== BigInt(number);
}
