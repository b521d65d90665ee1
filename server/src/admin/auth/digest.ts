// Secrets of the admin API: how they are made, and how they are compared without telling by time how much was right.

import { hash, randomBytes, timingSafeEqual } from 'node:crypto';

/** SHA-256, hex. */
export function digestOf(secret: string): string {
  return hash('sha256', secret, 'hex');
}

/** True when both are the same digest. Digests have one length, so that comparing takes the same time whatever was sent. */
export function sameDigest(given: string, wanted: string | undefined): boolean {
  const left = Buffer.from(given, 'hex');
  const right = Buffer.from(wanted ?? '', 'hex');
  const comparable = left.length === 32 && right.length === 32;
  return timingSafeEqual(comparable ? left : ZEROS, comparable ? right : ONES);
}

const ZEROS = Buffer.alloc(32);
const ONES = Buffer.alloc(32, 1);

/** 192 random bits as text for URLs. */
export function newSecret(): string {
  return randomBytes(24).toString('base64url');
}
