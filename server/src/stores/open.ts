// From the place that the settings name to the stores that live there. Engines are loaded only when they are used.

import type { LedgerOptions } from './sqlite/ledger.ts';
import type { LedgerOpened } from './tables/ledger.ts';
import type { ExchangesAsk, ExchangesFound } from './tables/queries/newest.ts';
import type { UsageQuestion, UsageReport } from './tables/usage.ts';

/** How the stores are opened; the rest is LedgerOptions. */
export interface StoresOptions extends Omit<LedgerOptions, 'path'> {
  /** A file path, or a URL: sqlite:///absolute/path, sqlite:relative/path, file:///absolute/path, postgres://host/db. */
  readonly location: string;
  /** The folder for data of this gateway, for what a database elsewhere does not take now; needed with postgres:// */
  readonly dataFolder?: string;
  /** How much is kept there; the usual when absent. */
  readonly spoolBytes?: number | undefined;
}

/** What was read, or why nothing was, in words for the operator. */
type Reading<Result> =
  | { readonly ok: true; readonly result: Result }
  | { readonly ok: false; readonly message: string };

/** Two letters or more before the colon: C:\data is a path. */
const SCHEME = /^([a-z][a-z0-9+.-]+):/i;

/** Opens the stores. Never throws; a failure is told in words for the operator. */
export async function openStores({ location, ...options }: StoresOptions): Promise<LedgerOpened> {
  const path = sqlitePath(location);
  if (isPostgres(location)) {
    const { dataFolder = '.', spoolBytes, retentionDays, maxBytes, kept, details, redact } = options;
    const { openPostgresLedger } = await import('./postgres/ledger.ts');
    return openPostgresLedger({
      url: location,
      dataFolder,
      spoolBytes,
      retentionDays,
      maxBytes,
      onTrouble: (message) => options.onTrouble(message),
      redact,
      ...(kept === undefined ? {} : { kept }),
      ...(details === undefined ? {} : { details }),
    });
  }
  if (path === undefined) {
    const scheme = SCHEME.exec(location)?.[1] ?? '';
    return {
      ok: false,
      message: `This version of Sluice cannot store its ledger in "${scheme}:". Set storage.url to "sqlite:" and the path of a file, or to a postgres:// URL.`,
    };
  }
  const { openLedger } = await import('./sqlite/ledger.ts');
  return openLedger({ ...options, path });
}

/** Sums up the ledger at a location, also while gateways write it. */
export async function readUsageAt(location: string, question: UsageQuestion): Promise<Reading<UsageReport>> {
  if (isPostgres(location)) {
    const { readPostgresUsage } = await import('./postgres/usage.ts');
    return readPostgresUsage(location, question);
  }
  const { readUsage } = await import('./sqlite/usage.ts');
  return readUsage(sqlitePath(location) ?? location, question);
}

/** The newest exchanges of the ledger at a location, also while gateways write it. */
export async function readExchangesAt(location: string, ask: ExchangesAsk): Promise<Reading<ExchangesFound>> {
  const { newestExchanges } = await import('./tables/queries/newest.ts');
  if (isPostgres(location)) {
    const { readPostgresOnce } = await import('./postgres/read-once.ts');
    return readPostgresOnce(location, (driver) => newestExchanges(driver, ask));
  }
  const { readDatabase } = await import('./sqlite/reader.ts');
  return readDatabase(sqlitePath(location) ?? location, (driver) =>
    Promise.resolve(newestExchanges(driver, ask)),
  );
}

/** True for a location that is no file. */
export function isPostgres(location: string): boolean {
  return /^postgres(?:ql)?:/i.test(location);
}

/** The file that a location names, or undefined when it names something else than a SQLite file. */
export function sqlitePath(location: string): string | undefined {
  const scheme = SCHEME.exec(location)?.[1]?.toLowerCase();
  if (scheme === undefined) return location === '' ? undefined : location;
  if (scheme !== 'sqlite' && scheme !== 'file') return undefined;
  const rest = location.slice(scheme.length + 1);
  const path = rest.startsWith('//') ? rest.slice(2) : rest;
  try {
    return path === '' ? undefined : decodeURIComponent(path);
  } catch {
    return undefined;
  }
}
