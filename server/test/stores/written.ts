// Waits until rows are in the database. What flush() waits for is that they are safe: on PostgreSQL they may be on the disk of
// the gateway then, because the database was slow for a while.

import { expect } from 'vitest';
import type { StoredLedger } from '../../src/stores/tables/ledger.ts';

/** Resolves when nothing of a ledger waits any more, however long the machine takes. */
export async function written(ledger: Pick<StoredLedger, 'flush' | 'stats'>): Promise<void> {
  await ledger.flush();
  const waiting = (): number => ledger.stats().waiting + ledger.stats().unconfirmed;
  await expect.poll(waiting, { timeout: 50_000 }).toBe(0);
}
