// One question to a ledger on PostgreSQL, on a connection that is closed with the answer: for commands.

import type { StoreDriver } from '../tables/driver.ts';
import { postgresPlace } from './place.ts';
import { PostgresReader } from './reader.ts';
import { POSTGRES_TIMES } from './settings.ts';

/** A command may wait longer than a page. */
const READ_MS = 120_000;

/** Reads the ledger of all gateways that share it. Never rejects. */
export async function readPostgresOnce<Result>(
  url: string,
  work: (driver: StoreDriver) => Result | Promise<Result>,
): Promise<
  { readonly ok: true; readonly result: Result } | { readonly ok: false; readonly message: string }
> {
  const place = postgresPlace(url);
  if ('problem' in place) return { ok: false, message: `The ledger cannot be read: ${place.problem}.` };
  const reader = new PostgresReader({ ...place, times: { ...POSTGRES_TIMES, readMs: READ_MS } });
  try {
    return await reader.read(work);
  } finally {
    reader.close();
  }
}
