// From the place that the settings name to the stores that live there. Engines are loaded only when they are used.

import type { LedgerOpened, LedgerOptions } from './sqlite/ledger.ts';

/** How the stores are opened; the rest is LedgerOptions. */
export interface StoresOptions extends Omit<LedgerOptions, 'path'> {
  /** A file path, or a URL: sqlite:///absolute/path, sqlite:relative/path, file:///absolute/path. */
  readonly location: string;
}

/** Two letters or more before the colon: C:\data is a path. */
const SCHEME = /^([a-z][a-z0-9+.-]+):/i;

/** Opens the stores. Never throws; a failure is told in words for the operator. */
export async function openStores({ location, ...options }: StoresOptions): Promise<LedgerOpened> {
  const path = sqlitePath(location);
  if (path === undefined) {
    const scheme = SCHEME.exec(location)?.[1] ?? '';
    return {
      ok: false,
      message: `This version of Sluice cannot store its ledger in "${scheme}:". Set storage.url to the path of a file.`,
    };
  }
  const { openLedger } = await import('./sqlite/ledger.ts');
  return openLedger({ ...options, path });
}

/** The file that a location names, or undefined when it names something else than a SQLite file. */
function sqlitePath(location: string): string | undefined {
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
