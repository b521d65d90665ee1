// Vectors as OpenAI's libraries ask for them: little-endian 32-bit floats in base64.

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const VALUES: ReadonlyMap<string, number> = new Map([...ALPHABET].map((letter, value) => [letter, value]));

/** The numbers, rounded to 32-bit floats, as base64. */
export function floatsToBase64(numbers: readonly number[]): string {
  const view = new DataView(new ArrayBuffer(numbers.length * 4));
  numbers.forEach((number, index) => {
    view.setFloat32(index * 4, number, true);
  });
  let text = '';
  for (let at = 0; at < view.byteLength; at += 3) {
    const left = view.byteLength - at;
    const second = left > 1 ? view.getUint8(at + 1) : 0;
    const third = left > 2 ? view.getUint8(at + 2) : 0;
    const bits = (view.getUint8(at) << 16) | (second << 8) | third;
    text += ALPHABET.charAt(bits >> 18) + ALPHABET.charAt((bits >> 12) & 63);
    text += left > 1 ? ALPHABET.charAt((bits >> 6) & 63) : '=';
    text += left > 2 ? ALPHABET.charAt(bits & 63) : '=';
  }
  return text;
}

/** The numbers of such a text; undefined when it is none. */
export function base64ToFloats(text: string): number[] | undefined {
  const letters = text.replace(/=+$/, '');
  const view = new DataView(new ArrayBuffer(Math.floor((letters.length * 3) / 4)));
  if (view.byteLength % 4 !== 0) return undefined;
  let bits = 0;
  let count = 0;
  let at = 0;
  for (const letter of letters) {
    const value = VALUES.get(letter);
    if (value === undefined) return undefined;
    bits = (bits << 6) | value;
    count += 6;
    if (count < 8) continue;
    count -= 8;
    view.setUint8(at, (bits >> count) & 255);
    bits &= (1 << count) - 1;
    at++;
  }
  return Array.from({ length: view.byteLength / 4 }, (_, index) => view.getFloat32(index * 4, true));
}
