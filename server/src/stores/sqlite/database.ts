// Opens the ledger's database for writing: makes the file private, settles what a crash left behind, moves a damaged file
// aside (never deletes it) and brings the tables up to date. Runs in the writer's thread, after the file was claimed.

import { closeSync, existsSync, openSync, renameSync, rmdirSync, statSync } from 'node:fs';
import type { OpenDriver, StoreDriver } from '../tables/driver.ts';
import { StoreFailure } from '../tables/driver.ts';
import { ForeignDatabase, migrate } from './migrations/index.ts';
import { troubleOf, unusable } from './trouble.ts';

/** Files that belong to a database beside the file itself. */
const COMPANIONS: readonly string[] = ['', '-wal', '-shm', '-journal'];

/** Pages (4 KB) in the write-ahead log before they move to the database. More with the WebAssembly build, because its
 * readers begin again when that happens under them. */
const CHECKPOINT_PAGES: Readonly<Partial<Record<StoreDriver['engine'], number>>> = {
  node: 2_000,
  wasm: 8_000,
};
/** The log is cut back to this after a checkpoint. */
const LOG_LIMIT_BYTES: number = 32 * 1024 * 1024;
const BUSY_TIMEOUT_MS = 1_000;

/** An open, current database. */
export interface WritableDatabase {
  readonly driver: StoreDriver;
  /** Where a damaged predecessor was moved to, if there was one. */
  readonly movedTo: string | undefined;
  /** Rows that were in flight when the last gateway died. */
  readonly interrupted: number;
  /** The highest exchange number, 0 when there is none. */
  readonly newest: number;
}

/** Why a database cannot be used; `message` says what to do. */
class UnusableDatabase extends Error {}

/** Creates the file with access for its owner only; SQLite gives its companions the same mode. */
function createPrivately(path: string): void {
  try {
    closeSync(openSync(path, 'a', 0o600));
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    throw new UnusableDatabase(unusable(path, troubleOf(error), detail));
  }
}

/** The WebAssembly build locks with a folder, which a crash leaves behind. The claim on the file proves it stale. */
function removeStaleLock(path: string): void {
  try {
    rmdirSync(`${path}.lock`);
  } catch {
    // Not there, as it should be.
  }
}

/** Moves a database and its companions out of the way; answers the new path. */
export function moveAside(path: string, now: Date): string {
  const stamp = now.toISOString().replace(/[-:]|\.\d+/g, '');
  let target = `${path}.corrupt-${stamp}`;
  for (let count = 2; existsSync(target); count++) target = `${path}.corrupt-${stamp}-${count}`;
  for (const companion of COMPANIONS) {
    if (existsSync(path + companion)) renameSync(path + companion, target + companion);
  }
  return target;
}

/** The words of an error. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Tells files apart that were at one path one after the other; undefined where none can be seen. */
export function fileNumberOf(path: string): number | undefined {
  try {
    return statSync(path).ino;
  } catch {
    return undefined;
  }
}

/** What happened to a damaged file. */
export function damaged(path: string, movedTo: string): string {
  return `The ledger's file ${path} was damaged. It was moved to ${movedTo} and a new one is made; old rows can be saved from it with "sqlite3 ${movedTo} .recover".`;
}

async function attempt(path: string, open: OpenDriver): Promise<Omit<WritableDatabase, 'movedTo'>> {
  createPrivately(path);
  removeStaleLock(path);
  const driver = await open({ path, readOnly: false });
  try {
    driver.exec(`PRAGMA busy_timeout = ${BUSY_TIMEOUT_MS}`);
    // Has an effect on a new file only: another one keeps its free pages for new rows.
    driver.exec('PRAGMA auto_vacuum = INCREMENTAL');
    driver.exec('PRAGMA journal_mode = WAL');
    driver.exec('PRAGMA synchronous = NORMAL');
    driver.exec(`PRAGMA wal_autocheckpoint = ${CHECKPOINT_PAGES[driver.engine] ?? 0}`);
    driver.exec(`PRAGMA journal_size_limit = ${LOG_LIMIT_BYTES}`);
    await migrate(driver);
    const interrupted = driver
      .prepare(`UPDATE exchanges SET state = 'interrupted' WHERE state = 'open'`)
      .run([]);
    const newest = driver.prepare('SELECT max(number) AS newest FROM exchanges').all([])[0]?.['newest'];
    return { driver, interrupted, newest: Number(newest ?? 0) };
  } catch (error) {
    try {
      driver.close();
    } catch {
      // The first error is the one that tells why.
    }
    throw error;
  }
}

/** Opens the database, making it where it is missing. Throws UnusableDatabase, with a message for the operator. */
export async function openForWriting(path: string, open: OpenDriver): Promise<WritableDatabase> {
  try {
    try {
      return { ...(await attempt(path, open)), movedTo: undefined };
    } catch (error) {
      // A folder in its place is not a damaged database.
      if (!(error instanceof StoreFailure && error.trouble === 'corrupt' && statSync(path).isFile()))
        throw error;
      const movedTo = moveAside(path, new Date());
      return { ...(await attempt(path, open)), movedTo };
    }
  } catch (error) {
    if (error instanceof UnusableDatabase) throw error;
    if (error instanceof ForeignDatabase) {
      throw new UnusableDatabase(
        `The ledger will not write to ${path}: ${error.message}. Set storage.url to another file.`,
      );
    }
    const trouble = error instanceof StoreFailure ? error.trouble : troubleOf(error);
    throw new UnusableDatabase(
      unusable(path, trouble, error instanceof Error ? error.message : String(error)),
    );
  }
}
