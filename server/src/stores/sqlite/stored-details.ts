// The table of details, as the writer's thread has it. Long texts are files beside the database, so that it stays small;
// they are removed with their rows.

import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { StoredDetail } from '../../exchange/ports.ts';
import type { SqliteDriver, SqliteRow, SqliteStatement } from './driver.ts';
import type { DetailLimits } from './messages.ts';
import { NUMBERS_PER_MS } from './schema.ts';
import { transaction } from './transaction.ts';
import { WaitingTexts } from './waiting-texts.ts';

const DAY_MS = 86_400_000;
const MIB: number = 1024 * 1024;

/** Longer texts are files. */
export const ROW_TEXT_BYTES: number = 256 * 1024;
const ROWS_AT_A_TIME = 100;

const DETAIL_LIMITS: DetailLimits = { errorAgeMs: 7 * DAY_MS, captureAgeMs: 30 * DAY_MS, bytes: 512 * MIB };

/** The folder of long texts of a database. */
function folderOf(database: string): string {
  return join(dirname(database), 'details');
}

/** A name for the file of an exchange's detail: ids are not trusted to be names of files. */
function fileOf(id: string): string {
  return `${createHash('sha256').update(id).digest('base64url')}.json`;
}

interface Statements {
  readonly driver: SqliteDriver;
  readonly find: SqliteStatement;
  readonly put: SqliteStatement;
  readonly old: SqliteStatement;
  readonly firstBeyond: SqliteStatement;
  readonly remove: SqliteStatement;
}

/** Details, between opened() and closed() of their database. */
export class StoredDetails {
  readonly #folder: string;
  readonly #limits: DetailLimits;
  #statements: Statements | undefined;
  readonly #waiting: WaitingTexts<StoredDetail> = new WaitingTexts(({ text }) => text.length);
  #newest = 0;
  /** Written since it was last looked whether there is room. */
  #uncounted = 0;

  constructor(database: string, limits: DetailLimits = DETAIL_LIMITS) {
    this.#folder = folderOf(database);
    this.#limits = limits;
  }

  get waiting(): number {
    return this.#waiting.all.length;
  }

  /** True when enough was written that it is time to look whether there is room. */
  get due(): boolean {
    return this.#uncounted > this.#limits.bytes / 16;
  }

  /** Throws SqliteFailure. */
  opened(driver: SqliteDriver): void {
    const newest = driver.prepare('SELECT max(number) AS newest FROM details').all([])[0]?.['newest'];
    this.#newest = Number(newest ?? 0);
    this.#statements = {
      driver,
      find: driver.prepare('SELECT kind, file FROM details WHERE id = ?'),
      put: driver.prepare(
        'INSERT OR REPLACE INTO details (number, id, at_ms, kind, bytes, file, text) VALUES (?, ?, ?, ?, ?, ?, ?)',
      ),
      old: driver.prepare(
        `SELECT number, file FROM details WHERE number < ? OR (kind <> 'capture' AND number < ?) ORDER BY number LIMIT ?`,
      ),
      firstBeyond: driver.prepare(
        `SELECT max(number) AS number FROM
          (SELECT number, sum(bytes) OVER (ORDER BY number DESC) AS total FROM details) WHERE total > ?`,
      ),
      remove: driver.prepare('DELETE FROM details WHERE number = ?'),
    };
  }

  closed(): void {
    this.#statements = undefined;
  }

  accept(details: readonly StoredDetail[]): void {
    this.#waiting.add(details);
  }

  /** Gives up on everything that waits. */
  abandon(): void {
    this.#waiting.clear();
  }

  /** Writes everything that waits, in one transaction. Throws SqliteFailure, and then no row was written. */
  write(): void {
    const statements = this.#statements;
    if (statements === undefined || this.#waiting.all.length === 0) return;
    let number = Math.max(this.#newest, Date.now() * NUMBERS_PER_MS);
    transaction(statements.driver, () => {
      for (const detail of this.#waiting.all) this.#put(statements, detail, ++number);
    });
    this.#newest = number;
    this.#uncounted += this.#waiting.bytes;
    this.abandon();
  }

  /** Deletes what is too old, and the oldest of what is too much, a little at a time. True while there is more to do. */
  trim(nowMs: number = Date.now()): boolean {
    if (this.#statements === undefined) return false;
    const { driver, old, firstBeyond, remove } = this.#statements;
    this.#uncounted = 0;
    const beyond = Number(firstBeyond.all([this.#limits.bytes])[0]?.['number'] ?? -1) + 1;
    const all = Math.max(beyond, (nowMs - this.#limits.captureAgeMs) * NUMBERS_PER_MS);
    const errors = (nowMs - this.#limits.errorAgeMs) * NUMBERS_PER_MS;
    const rows = old.all([all, errors, ROWS_AT_A_TIME]);
    if (rows.length === 0) {
      this.#removeStrays(nowMs);
      return false;
    }
    transaction(driver, () => {
      for (const { number } of rows) remove.run([Number(number)]);
    });
    for (const { file } of rows) if (file !== null) this.#removeFile(String(file));
    return true;
  }

  #put({ find, put }: Statements, { id, atMs, kind, text }: StoredDetail, number: number): void {
    const before = find.all([id])[0];
    // What the operator asked for is more than what was kept of its own accord.
    if (before?.['kind'] === 'capture' && kind !== 'capture') return;
    const bytes = Buffer.byteLength(text);
    const file = bytes > ROW_TEXT_BYTES ? fileOf(id) : null;
    if (file !== null && !this.#writeFile(file, text)) return;
    put.run([number, id, Math.round(atMs), kind, bytes, file, file === null ? text : null]);
    const earlier = before?.['file'] ?? null;
    if (earlier !== null && file === null) this.#removeFile(String(earlier));
  }

  #writeFile(file: string, text: string): boolean {
    try {
      mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
      writeFileSync(join(this.#folder, file), text, { mode: 0o600 });
      return true;
    } catch {
      return false;
    }
  }

  #removeFile(file: string): void {
    rmSync(join(this.#folder, file), { force: true });
  }

  /** Files whose rows a crash kept from being written, or that belong to a database that was moved aside. */
  #removeStrays(nowMs: number): void {
    try {
      const before = nowMs - this.#limits.captureAgeMs - DAY_MS;
      for (const file of readdirSync(this.#folder))
        if (file.endsWith('.json') && statSync(join(this.#folder, file)).mtimeMs < before)
          this.#removeFile(file);
    } catch {
      // There is no folder before the first long text.
    }
  }
}

/** The detail in a row of the table; undefined when its file is gone. */
export function detailOf(database: string, row: SqliteRow | undefined): StoredDetail | undefined {
  if (row === undefined) return undefined;
  const { id, at_ms: atMs, kind, file, text } = row;
  let words = text;
  if (file !== null) {
    try {
      words = readFileSync(join(folderOf(database), String(file)), 'utf8');
    } catch {
      return undefined;
    }
  }
  return {
    id: String(id),
    atMs: Number(atMs),
    kind: kind === 'capture' || kind === 'retried' ? kind : 'error',
    text: String(words),
  };
}
