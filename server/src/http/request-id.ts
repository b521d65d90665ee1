// Ids of exchanges: `req_` and 24 hexadecimal characters (96 random bits), cut from a pool so that the kernel is asked
// once per few hundred requests.

import { randomFillSync } from 'node:crypto';

const BYTES_PER_ID = 12;
const pool = Buffer.allocUnsafe(BYTES_PER_ID * 512);
let used = pool.length;

/** A fresh id, unique for all practical purposes and not guessable. */
export function newRequestId(): string {
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  const id = pool.toString('hex', used, used + BYTES_PER_ID);
  used += BYTES_PER_ID;
  return `req_${id}`;
}
