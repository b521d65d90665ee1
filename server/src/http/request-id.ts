// Ids of exchanges: `req_` and 24 hexadecimal characters. The first 12 are the time in epoch milliseconds, so that the
// ledger finds an exchange by its id without an index; the others are 48 random bits, cut from a pool so that the kernel is
// asked once per few hundred requests.

import { randomFillSync } from 'node:crypto';

const RANDOM_BYTES = 6;
const TIME_DIGITS = 12;
const pool = Buffer.allocUnsafe(RANDOM_BYTES * 1024);
let used = pool.length;

/** A fresh id, unique for all practical purposes and not guessable. */
export function newRequestId(): string {
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  const chance = pool.toString('hex', used, used + RANDOM_BYTES);
  used += RANDOM_BYTES;
  return `req_${Date.now().toString(16).padStart(TIME_DIGITS, '0')}${chance}`;
}
