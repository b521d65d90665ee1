// Base64 of text, for slots whose type on the wire is bytes. https://www.rfc-editor.org/rfc/rfc4648#section-4

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

const VALUES: ReadonlyMap<string, number> = new Map(
  [...[...ALPHABET].entries(), [62, '-'] as const, [63, '_'] as const].map(([value, letter]) => [
    letter,
    value,
  ]),
);

/** Standard base64 of ASCII text; undefined where the text is not ASCII. */
export function base64Of(text: string): string | undefined {
  let out = '';
  for (let at = 0; at < text.length; at += 3) {
    const [first, second, third] = [text.charCodeAt(at), text.charCodeAt(at + 1), text.charCodeAt(at + 2)];
    if (first > 127 || second > 127 || third > 127) return undefined;
    const bits = (first << 16) | ((second || 0) << 8) | (third || 0);
    out += `${ALPHABET[bits >> 18]}${ALPHABET[(bits >> 12) & 63]}`;
    out += at + 1 < text.length ? ALPHABET[(bits >> 6) & 63] : '=';
    out += at + 2 < text.length ? ALPHABET[bits & 63] : '=';
  }
  return out;
}

/** The ASCII text that standard or URL-safe base64 stands for; undefined where it is neither. */
export function textOfBase64(base64: string): string | undefined {
  const end = base64.indexOf('=');
  let out = '';
  let bits = 0;
  let count = 0;
  for (const letter of end === -1 ? base64 : base64.slice(0, end)) {
    const value = VALUES.get(letter);
    if (value === undefined) return undefined;
    bits = ((bits << 6) | value) & 0xffff;
    count += 6;
    if (count < 8) continue;
    count -= 8;
    const byte = (bits >> count) & 0xff;
    if (byte > 127) return undefined;
    out += String.fromCharCode(byte);
  }
  return out;
}
