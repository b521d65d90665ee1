// The ledger's database: it opens, its pages hang together, and its log is not running away. Read only.

import { stat } from 'node:fs/promises';
import { readDatabase } from '../stores/sqlite/reader.ts';
import { type Finding, finderOf } from './finding.ts';

/** What was learnt of a SQLite file. */
export interface DatabaseFacts {
  readonly path: string;
  /** 0: there is none yet. */
  readonly bytes: number;
  /** Of the write-ahead log. */
  readonly logBytes: number;
  /** "ok", or what is wrong; undefined: it was too large to be read through here. */
  readonly integrity: string | undefined;
  /** Why it cannot be opened. */
  readonly fault: string | undefined;
}

const MIB = 1024 * 1024;
/** Larger files are not read through: it would take minutes. */
const MOST_CHECKED_BYTES = 256 * MIB;
/** The gateway keeps its log below 64 MiB: more means that nobody tidies it up. */
const LONG_LOG_BYTES = 128 * MIB;
const MOST_SHOWN = 200;

/** Looks at the file. Never rejects. */
export async function databaseFacts(path: string): Promise<DatabaseFacts> {
  const bytes = await sizeOf(path);
  const logBytes = await sizeOf(`${path}-wal`);
  if (bytes === 0) return { path, bytes, logBytes, integrity: undefined, fault: undefined };
  const through = bytes + logBytes <= MOST_CHECKED_BYTES;
  const sql = through ? 'PRAGMA quick_check(1)' : 'SELECT count(*) AS quick_check FROM sqlite_schema';
  const reading = await readDatabase(path, async (driver) =>
    String(driver.prepare(sql).all([])[0]?.['quick_check']),
  );
  if (!reading.ok) return { path, bytes, logBytes, integrity: undefined, fault: reading.message };
  return { path, bytes, logBytes, integrity: through ? reading.result : undefined, fault: undefined };
}

async function sizeOf(path: string): Promise<number> {
  return await stat(path).then(
    ({ size }) => size,
    () => 0,
  );
}

/** About it. */
export function databaseFindings({
  path,
  bytes,
  logBytes,
  integrity,
  fault,
}: DatabaseFacts): readonly Finding[] {
  const { ok, warning, problem, skipped } = finderOf('database');
  if (fault !== undefined) return [problem(fault)];
  if (bytes === 0) return [skipped(`There is no ledger at ${path} yet; it is made at the first start.`)];
  if (integrity !== undefined && integrity !== 'ok')
    return [
      problem(
        `The ledger ${path} is damaged: ${integrity.replace(/\s+/g, ' ').slice(0, MOST_SHOWN)}.`,
        'Stop the gateway, keep a copy of the file, and put back a copy from before. Otherwise move it away: a new one is made at the next start.',
      ),
    ];
  const found: Finding[] = [];
  if (logBytes > LONG_LOG_BYTES)
    found.push(
      warning(
        `The log of the ledger has grown to ${size(logBytes)}: nobody moves it into the database.`,
        'Start the gateway, which does, or end whatever keeps the database open.',
      ),
    );
  const read = integrity === undefined ? 'opens (too large to be read through here)' : 'is in order';
  return [...found, ok(`The ledger ${read}: ${size(bytes)}, log ${size(logBytes)}.`)];
}

const size = (bytes: number): string =>
  bytes < MIB ? `${Math.ceil(bytes / 1024)} KiB` : `${(bytes / MIB).toFixed(1)} MiB`;
