// Totals of a ledger on SQLite, read beside the gateway that writes it.

import { type UsageQuestion, type UsageReport, usageReport } from '../tables/usage.ts';
import { type Reading, readDatabase } from './reader.ts';

/** Sums up a ledger, also while a gateway writes it. */
export function readUsage(path: string, question: UsageQuestion): Promise<Reading<UsageReport>> {
  return readDatabase(path, (driver) => usageReport(driver, question));
}
