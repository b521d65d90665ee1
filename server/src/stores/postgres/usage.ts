// Totals of a ledger on PostgreSQL.

import { type UsageQuestion, type UsageReport, usageReport } from '../tables/usage.ts';
import { readPostgresOnce } from './read-once.ts';

/** Sums up the ledger of all gateways that share it. */
export function readPostgresUsage(
  url: string,
  question: UsageQuestion,
): Promise<
  { readonly ok: true; readonly result: UsageReport } | { readonly ok: false; readonly message: string }
> {
  return readPostgresOnce(url, (driver) => usageReport(driver, question));
}
