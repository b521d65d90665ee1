// Reads a ledger without getting in the way of the gateway that writes it. With SQLite built in on both sides that is an
// ordinary second connection. The WebAssembly build keeps its file to itself, so there the reader takes a snapshot: a link
// to the database, which only changes when the log is moved into it, and a copy of the log, which is small.

import {
  closeSync,
  copyFileSync,
  existsSync,
  mkdtempSync,
  openSync,
  readSync,
  rmSync,
  statSync,
} from 'node:fs';
import { symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { type StoreDriver, StoreFailure } from '../tables/driver.ts';
import { livingOwner } from '../tables/owner.ts';
import { hasNodeSqlite, openDriver } from './open-driver.ts';

/** What a reader got, or why it got nothing, in words for the operator. */
export type Reading<Result> =
  | { readonly ok: true; readonly result: Result }
  | { readonly ok: false; readonly message: string };

const ATTEMPTS = 40;
const PAUSE_MS = 50;
const BUSY_TIMEOUT_MS = 5_000;
const LOG_HEADER_BYTES = 32;

/** Runs `query` on a consistent state of the database, possibly more than once; only the last result counts. */
export async function readDatabase<Result>(
  database: string,
  query: (driver: StoreDriver) => Promise<Result>,
): Promise<Reading<Result>> {
  const path = resolve(database);
  if (!existsSync(path)) {
    return {
      ok: false,
      message: `There is no ledger at ${path} yet. It is made when the gateway starts for the first time; --database names another file.`,
    };
  }
  try {
    const owner = await livingOwner(path);
    const direct = hasNodeSqlite() && owner?.engine !== 'wasm';
    return { ok: true, result: direct ? await readDirectly(path, query) : await readSnapshot(path, query) };
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    const damaged = error instanceof StoreFailure && error.trouble === 'corrupt';
    const advice = damaged
      ? 'The file is damaged: start the gateway, which moves it aside and begins a new one.'
      : 'Check that this user may read the file and its folder, and try again.';
    return { ok: false, message: `The ledger ${path} cannot be read (${detail}). ${advice}` };
  }
}

async function readDirectly<Result>(
  path: string,
  query: (driver: StoreDriver) => Promise<Result>,
): Promise<Result> {
  const driver = await openDriver({ path, readOnly: true });
  try {
    driver.exec(`PRAGMA busy_timeout = ${BUSY_TIMEOUT_MS}`);
    return await query(driver);
  } finally {
    driver.close();
  }
}

async function readSnapshot<Result>(
  path: string,
  query: (driver: StoreDriver) => Promise<Result>,
): Promise<Result> {
  for (let attempt = 1; ; attempt++) {
    const folder = mkdtempSync(join(tmpdir(), 'sluice-read-'));
    try {
      const before = stateOf(path);
      const copy = join(folder, 'ledger.db');
      await linkOrCopy(path, copy);
      if (existsSync(`${path}-wal`)) copyFileSync(`${path}-wal`, `${copy}-wal`);
      // The log began again while it was copied: the copy may be half old and half new.
      if (logHeader(`${copy}-wal`) === logHeader(`${path}-wal`)) {
        const outcome = await attemptQuery(copy, query);
        const unchanged = stateOf(path) === before;
        if (unchanged && outcome.ok) return outcome.result;
        if ((unchanged || attempt >= ATTEMPTS) && !outcome.ok) throw outcome.error;
      }
      if (attempt >= ATTEMPTS) throw new StoreFailure('locked', 'the gateway is writing too busily');
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
    await pause(PAUSE_MS);
  }
}

type Outcome<Result> = { ok: true; result: Result } | { ok: false; error: unknown };

/** An error counts only when the database stood still: otherwise it may come from reading what was being changed. */
async function attemptQuery<Result>(
  path: string,
  query: (driver: StoreDriver) => Promise<Result>,
): Promise<Outcome<Result>> {
  try {
    return { ok: true, result: await readDirectly(path, query) };
  } catch (error) {
    return { ok: false, error };
  }
}

/** Changes whenever the log is moved into the database. */
function stateOf(path: string): string {
  const { ino, size, mtimeNs } = statSync(path, { bigint: true });
  return `${ino} ${size} ${mtimeNs}`;
}

/** The header holds two random numbers that change whenever the log begins again: https://www.sqlite.org/walformat.html */
function logHeader(path: string): string {
  if (!existsSync(path)) return '';
  const header = new Uint8Array(LOG_HEADER_BYTES);
  const file = openSync(path, 'r');
  try {
    readSync(file, header, 0, LOG_HEADER_BYTES, 0);
  } finally {
    closeSync(file);
  }
  return header.join();
}

/** Where links may not be made (Windows without the right to), a copy does it. */
async function linkOrCopy(path: string, target: string): Promise<void> {
  try {
    await symlink(path, target, 'file');
  } catch {
    copyFileSync(path, target);
  }
}
