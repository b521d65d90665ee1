// Keeps the keys of upstreams from their clients: some servers repeat the key they were given when they refuse it.

/** Shorter keys are those of toys, and would be found in ordinary text. */
const SECRET_LENGTH = 8;

/** True when a text contains the key. */
export function holdsSecret(text: string | Buffer, secret: string): boolean {
  return secret.length >= SECRET_LENGTH && text.includes(secret);
}

/** The bytes with the key starred out. Their number stays the same, so that a declared length stays true. */
export function maskedBytes(bytes: Buffer, secret: string): Buffer {
  if (!holdsSecret(bytes, secret)) return bytes;
  return Buffer.from(maskedText(bytes.toString('latin1'), secret), 'latin1');
}

/** The text with the key starred out. */
export function maskedText(text: string, secret: string): string {
  return holdsSecret(text, secret) ? text.replaceAll(secret, '*'.repeat(secret.length)) : text;
}
