// Seals secrets for the disk with AES-256-GCM, and derives from the same key material what proves its reader to be the
// operator. Whoever has the key file has everything; whoever has only the sealed texts has nothing.

import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto';

/** Bytes of the key material in `secret.key`. */
export const SECRET_KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const PREFIX = 'v1.';

/** A key for one purpose, so that what is used for sealing is used for nothing else. */
function sealingKey(secretKey: Buffer): Buffer {
  return Buffer.from(hkdfSync('sha256', secretKey, '', 'sluice stored keys', SECRET_KEY_BYTES));
}

/** Seals a text. `purpose` is bound to it: opening with another one fails, so that entries cannot be exchanged. */
export function seal(text: string, purpose: string, secretKey: Buffer): string {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', sealingKey(secretKey), nonce);
  cipher.setAAD(Buffer.from(purpose));
  const sealed = Buffer.concat([nonce, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]);
  return PREFIX + sealed.toString('base64url');
}

/** Opens what seal() made; undefined when the key, the purpose or a byte of it is another one. */
export function unseal(sealed: string, purpose: string, secretKey: Buffer): string | undefined {
  if (!sealed.startsWith(PREFIX)) return undefined;
  const bytes = Buffer.from(sealed.slice(PREFIX.length), 'base64url');
  if (bytes.length < NONCE_BYTES + TAG_BYTES) return undefined;
  const nonce = bytes.subarray(0, NONCE_BYTES);
  const body = bytes.subarray(NONCE_BYTES, bytes.length - TAG_BYTES);
  try {
    const decipher = createDecipheriv('aes-256-gcm', sealingKey(secretKey), nonce, {
      authTagLength: TAG_BYTES,
    });
    decipher.setAAD(Buffer.from(purpose));
    decipher.setAuthTag(bytes.subarray(bytes.length - TAG_BYTES));
    return Buffer.concat([decipher.update(body), decipher.final()]).toString('utf8');
  } catch {
    return undefined;
  }
}

/** The bearer token of the operator: HMAC-SHA256 of the key material, in hex. */
export function operatorToken(secretKey: Buffer): string {
  return createHmac('sha256', secretKey).update('sluice operator').digest('hex');
}
