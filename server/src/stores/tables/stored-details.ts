// The table of details, as the writer's thread has it. Long texts are files beside the database, so that it stays small;
// they are removed with their rows.

import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { StoredDetail } from '../../exchange/ports.ts';
import type { StoreDriver, StoreRow, StoreStatement } from './driver.ts';
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
export function detailFile(id: string): string {
  return `${createHash('sha256').update(id).digest('base64url')}.json`;
}

/** Where such a file of a database is. */
export function detailPath(database: string, file: string): string {
  return join(folderOf(database), file);
}

interface Statements {
  readonly driver: StoreDriver;
  readonly find: StoreStatement;
  readonly put: StoreStatement;
  readonly old: StoreStatement;
  readonly firstBeyond: StoreStatement;
  readonly remove: StoreStatement;
}

/** Details, between opened() and closed() of their database. */
export class StoredDetails {
  readonly #folder: string | undefined;
  readonly #limits: DetailLimits;
  #statements: Statements | undefined;
  readonly #waiting: WaitingTexts<StoredDetail> = new WaitingTexts(({ text }) => text.length);
  #newest = 0;
  /** Written since it was last looked whether there is room. */
  #uncounted = 0;

  /** `database`: its file, beside which long texts are kept; undefined: they are kept in rows, as all others. */
  constructor(database: string | undefined, limits: DetailLimits = DETAIL_LIMITS) {
    this.#folder = database === undefined ? undefined : folderOf(database);
    this.#limits = limits;
  }

  get waiting(): number {
    return this.#waiting.all.length;
  }

  /** True when enough was written that it is time to look whether there is room. */
  get due(): boolean {
    return this.#uncounted > this.#limits.bytes / 16;
  }

  /** Throws StoreFailure. */
  opened(driver: StoreDriver): void {
    const newest = driver.prepare('SELECT max(number) AS newest FROM details').all([])[0]?.['newest'];
    this.#newest = Number(newest ?? 0);
    this.#statements = {
      driver,
      find: driver.prepare('SELECT kind, file FROM details WHERE id = ?'),
      put: driver.prepare(
        `INSERT INTO details (number, id, at_ms, kind, bytes, file, text) VALUES (?, ?, ?, ?, ?, ?, ?)
          ON CONFLICT (id) DO UPDATE SET number = excluded.number, at_ms = excluded.at_ms, kind = excluded.kind,
            bytes = excluded.bytes, file = excluded.file, text = excluded.text`,
      ),
      old: driver.prepare(
        `SELECT number, file FROM details WHERE number < ? OR (kind <> 'capture' AND number < ?) ORDER BY number LIMIT ?`,
      ),
      firstBeyond: driver.prepare(
        `SELECT max(number) AS number FROM
          (SELECT number, sum(bytes) OVER (ORDER BY number DESC) AS total FROM details) AS totals WHERE total > ?`,
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

  /** Writes everything that waits, in one transaction. Throws StoreFailure, and then no row was written. */
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
    const file = this.#folder !== undefined && bytes > ROW_TEXT_BYTES ? detailFile(id) : null;
    if (file !== null && !this.#writeFile(file, text)) return;
    put.run([number, id, Math.round(atMs), kind, bytes, file, file === null ? text : null]);
    const earlier = before?.['file'] ?? null;
    if (earlier !== null && file === null) this.#removeFile(String(earlier));
  }

  #writeFile(file: string, text: string): boolean {
    if (this.#folder === undefined) return false;
    try {
      mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
      writeFileSync(join(this.#folder, file), text, { mode: 0o600 });
      return true;
    } catch {
      return false;
    }
  }

  #removeFile(file: string): void {
    if (this.#folder !== undefined) rmSync(join(this.#folder, file), { force: true });
  }

  /** Files whose rows a crash kept from being written, or that belong to a database that was moved aside. */
  #removeStrays(nowMs: number): void {
    if (this.#folder === undefined) return;
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
export function detailOf(database: string | undefined, row: StoreRow | undefined): StoredDetail | undefined {
  if (row === undefined) return undefined;
  const { id, at_ms: atMs, kind, file, text } = row;
  let words = text;
  if (file !== null && database !== undefined) {
    try {
      words = readFileSync(detailPath(database, String(file)), 'utf8');
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
