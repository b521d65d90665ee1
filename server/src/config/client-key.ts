// Keys of clients as the gateway makes them.

import { randomBytes } from 'node:crypto';

/** A client key of 192 random bits. */
export function makeClientKey(): string {
  return `sk-sluice-${randomBytes(24).toString('base64url')}`;
}
