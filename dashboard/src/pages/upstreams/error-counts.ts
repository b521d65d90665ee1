// Counts errors by their code. Pure.

import type { ExchangeRow } from '../../../../server/src/admin/contract.ts';

/** One code with the status that clients got. */
export interface ErrorCount {
  readonly code: string;
  readonly status: number | undefined;
  readonly count: number;
  readonly lastAtMs: number;
}

/** Exchanges that ended in an error, by code and status, the most frequent first. */
export function errorsByCode(rows: readonly ExchangeRow[]): readonly ErrorCount[] {
  const counts = new Map<string, ErrorCount>();
  for (const { errorCode = '', status, receivedAtMs } of rows) {
    const known = counts.get(`${errorCode} ${status ?? ''}`);
    counts.set(`${errorCode} ${status ?? ''}`, {
      code: errorCode,
      status,
      count: (known?.count ?? 0) + 1,
      lastAtMs: Math.max(known?.lastAtMs ?? 0, receivedAtMs),
    });
  }
  return [...counts.values()].sort((one, other) => other.count - one.count);
}
