// Totals of a ledger on PostgreSQL.

import { type UsageQuestion, type UsageReport, usageReport } from '../tables/usage.ts';
import { postgresPlace } from './place.ts';
import { PostgresReader } from './reader.ts';
import { POSTGRES_TIMES } from './settings.ts';

/** A command may wait longer than a page. */
const READ_MS = 120_000;

/** Sums up the ledger of all gateways that share it. */
export async function readPostgresUsage(
  url: string,
  question: UsageQuestion,
): Promise<
  { readonly ok: true; readonly result: UsageReport } | { readonly ok: false; readonly message: string }
> {
  const place = postgresPlace(url);
  if ('problem' in place) return { ok: false, message: `The ledger cannot be read: ${place.problem}.` };
  const reader = new PostgresReader({ ...place, times: { ...POSTGRES_TIMES, readMs: READ_MS } });
  try {
    return await reader.read((driver) => usageReport(driver, question));
  } finally {
    reader.close();
  }
}
