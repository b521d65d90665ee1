// Brings a database to the shape that this version of Sluice expects, or says why it will not touch it.

import { type Migration, Migrator } from 'kysely';
import { SqliteFailure, type SqliteDriver } from '../driver.ts';
import { kyselyOn } from '../kysely.ts';
import { exchanges } from './0001-exchanges.ts';

/** Every migration, oldest first by name. */
const MIGRATIONS: Readonly<Record<string, Migration>> = {
  '0001-exchanges': exchanges,
};

/** "Sluc": marks the file as ours, https://www.sqlite.org/fileformat2.html#application_id */
const APPLICATION_ID = 0x53_6c_75_63;

/** The file is a good database, but not one that this version may write to. */
export class ForeignDatabase extends Error {}

function numberOf(driver: SqliteDriver, sql: string): number {
  const row = driver.prepare(sql).all([])[0];
  return Number(row === undefined ? 0 : Object.values(row)[0]);
}

/** Throws ForeignDatabase for another program's file or a newer version's, SqliteFailure for any trouble with the file. */
export async function migrate(driver: SqliteDriver): Promise<void> {
  const tables = numberOf(driver, 'SELECT count(*) FROM sqlite_master');
  if (tables > 0 && numberOf(driver, 'PRAGMA application_id') !== APPLICATION_ID) {
    throw new ForeignDatabase('it is the database of another program');
  }
  // One transaction: a crash in the middle leaves the old shape or the new one.
  driver.exec('BEGIN IMMEDIATE');
  try {
    driver.exec(`PRAGMA application_id = ${APPLICATION_ID}`);
    const migrator = new Migrator({
      db: kyselyOn<unknown>(driver),
      provider: { getMigrations: () => Promise.resolve({ ...MIGRATIONS }) },
    });
    const { error } = await migrator.migrateToLatest();
    if (error !== undefined) throw error;
    driver.exec('COMMIT');
  } catch (error) {
    try {
      driver.exec('ROLLBACK');
    } catch {
      // SQLite has already rolled back; the first error is the one that tells why.
    }
    if (error instanceof SqliteFailure) throw error;
    const message = error instanceof Error ? error.message : String(error);
    if (message.includes('corrupted migrations')) {
      throw new ForeignDatabase('it was written by a newer version of Sluice');
    }
    throw new SqliteFailure('other', message);
  }
}
