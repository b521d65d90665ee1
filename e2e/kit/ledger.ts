// Reads the gateway's ledger file as an outsider: the rows are what the gateway will answer for later.

import { readDatabase } from '../../server/src/stores/sqlite/reader.ts';
import type { ExchangeRow } from '../../server/src/stores/tables/schema.ts';

/** One row of the ledger; see docs/reference for its columns. */
export type LedgerRow = ExchangeRow;

/** All rows in the order of their arrival; none when the file is not there yet. */
export async function readLedger(path: string): Promise<LedgerRow[]> {
  const reading = await readDatabase(path, async (driver) =>
    driver.prepare('SELECT * FROM exchanges ORDER BY received_at_ms, id').all([]),
  );
  if (!reading.ok) return [];
  const rows: unknown[] = reading.result;
  return rows.filter((row): row is LedgerRow => typeof row === 'object' && row !== null && 'id' in row);
}
