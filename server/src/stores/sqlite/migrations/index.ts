// Brings a database to the shape that this version of Sluice expects, or says why it will not touch it. Most starts find
// it current, and do not pay for loading the machinery.

import type { Migration } from 'kysely';
import { type SqliteDriver, SqliteFailure } from '../driver.ts';
import { longTransaction } from '../transaction.ts';
import { exchanges } from './0001-exchanges.ts';
import { kept } from './0002-kept.ts';
import { losses } from './0003-losses.ts';
import { attempts } from './0004-attempts.ts';
import { state } from './0005-state.ts';
import { money } from './0006-money.ts';
import { rollups } from './0007-rollups.ts';
import { details } from './0008-details.ts';

/** Every migration, oldest first by name. */
const MIGRATIONS: Readonly<Record<string, Migration>> = {
  '0001-exchanges': exchanges,
  '0002-kept': kept,
  '0003-losses': losses,
  '0004-attempts': attempts,
  '0005-state': state,
  '0006-money': money,
  '0007-rollups': rollups,
  '0008-details': details,
};

/** "Sluc": marks the file as ours, https://www.sqlite.org/fileformat2.html#application_id */
const APPLICATION_ID = 0x53_6c_75_63;

/** The file is a good database, but not one that this version may write to. */
export class ForeignDatabase extends Error {}

/** Throws ForeignDatabase for another program's file or a newer version's, SqliteFailure for any trouble with the file. */
export async function migrate(driver: SqliteDriver): Promise<void> {
  const done = appliedTo(driver);
  const unknown = done.find((name) => !(name in MIGRATIONS));
  if (unknown !== undefined) throw new ForeignDatabase('it was written by a newer version of Sluice');
  if (done.length === Object.keys(MIGRATIONS).length) return;
  const { applyMigrations } = await import('./apply.ts');
  // One transaction: a crash in the middle leaves the old shape or the new one.
  try {
    await longTransaction(driver, async () => {
      driver.exec(`PRAGMA application_id = ${APPLICATION_ID}`);
      await applyMigrations(driver, MIGRATIONS);
    });
  } catch (error) {
    if (error instanceof SqliteFailure) throw error;
    throw new SqliteFailure('other', error instanceof Error ? error.message : String(error));
  }
}

/** Names of the migrations that a database has been through. */
function appliedTo(driver: SqliteDriver): string[] {
  const tables = driver
    .prepare(`SELECT name FROM sqlite_master WHERE type = 'table'`)
    .all([])
    .map((row) => String(row['name']));
  if (tables.length === 0) return [];
  const marks = driver.prepare('PRAGMA application_id').all([])[0] ?? {};
  if (Number(Object.values(marks)[0]) !== APPLICATION_ID) {
    throw new ForeignDatabase('it is the database of another program');
  }
  if (!tables.includes('kysely_migration')) return [];
  return driver
    .prepare('SELECT name FROM kysely_migration')
    .all([])
    .map((row) => String(row['name']));
}
