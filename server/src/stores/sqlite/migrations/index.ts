// Brings a database to the shape that this version of Sluice expects, or says why it will not touch it. Most starts find
// it current, and do not pay for loading the machinery.

import { type StoreDriver, StoreFailure } from '../../tables/driver.ts';
import { longTransaction } from '../../tables/transaction.ts';
import { MIGRATION_NAMES } from './names.ts';

/** "Sluc": marks the file as ours, https://www.sqlite.org/fileformat2.html#application_id */
const APPLICATION_ID = 0x53_6c_75_63;

const KNOWN: ReadonlySet<string> = new Set(MIGRATION_NAMES);

/** The file is a good database, but not one that this version may write to. */
export class ForeignDatabase extends Error {}

/** Throws ForeignDatabase for another program's file or a newer version's, StoreFailure for any trouble with the file. */
export async function migrate(driver: StoreDriver): Promise<void> {
  const done = appliedTo(driver);
  const unknown = done.find((name) => !KNOWN.has(name));
  if (unknown !== undefined) throw new ForeignDatabase('it was written by a newer version of Sluice');
  if (done.length === MIGRATION_NAMES.length) return;
  const [{ applyMigrations }, { MIGRATIONS }] = await Promise.all([
    import('./apply.ts'),
    import('./every.ts'),
  ]);
  // One transaction: a crash in the middle leaves the old shape or the new one.
  try {
    await longTransaction(driver, async () => {
      driver.exec(`PRAGMA application_id = ${APPLICATION_ID}`);
      await applyMigrations(driver, MIGRATIONS);
    });
  } catch (error) {
    if (error instanceof StoreFailure) throw error;
    throw new StoreFailure('other', error instanceof Error ? error.message : String(error));
  }
}

/** What stands in a database. */
export type FileState = 'none' | 'older' | 'current' | 'newer' | 'foreign';

/** Looks, and changes nothing. Throws StoreFailure. */
export function fileState(driver: StoreDriver): FileState {
  try {
    const done = appliedTo(driver);
    if (done.length === 0) return 'none';
    if (done.some((name) => !KNOWN.has(name))) return 'newer';
    return done.length === MIGRATION_NAMES.length ? 'current' : 'older';
  } catch (error) {
    if (error instanceof ForeignDatabase) return 'foreign';
    throw error;
  }
}

/** Names of the migrations that a database has been through. */
function appliedTo(driver: StoreDriver): string[] {
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
