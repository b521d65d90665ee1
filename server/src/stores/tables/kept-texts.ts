// The table of kept texts, as the writer's thread has it: what waits to be written, in bounded memory, and what is there.

import type { StoreDriver, StoreStatement } from './driver.ts';
import type { KeptLimits, KeptText } from './messages.ts';
import { deleteBefore } from './retention.ts';
import { NUMBERS_PER_MS } from './schema.ts';
import { transaction } from './transaction.ts';
import { WaitingTexts } from './waiting-texts.ts';

const DAY_MS = 86_400_000;
const MIB: number = 1024 * 1024;

/** The most that one answer carries. */
const FOUND_LIMIT_BYTES: number = 32 * MIB;
const TEXTS_AT_A_TIME = 50;

/** For conversations that go on, not for the record. */
const KEPT_LIMITS: KeptLimits = { ageMs: 7 * DAY_MS, bytes: 256 * MIB };

interface Statements {
  readonly driver: StoreDriver;
  readonly insert: StoreStatement;
  readonly find: StoreStatement;
  readonly remove: StoreStatement;
  readonly firstBeyond: StoreStatement;
}

/** Kept texts, between opened() and closed() of their database. */
export class KeptTexts {
  readonly #limits: KeptLimits;
  #statements: Statements | undefined;
  readonly #waiting: WaitingTexts<KeptText> = new WaitingTexts(({ bytes }) => bytes);
  #newest = 0;
  /** Written since the sizes were summed up. */
  #uncounted = 0;

  constructor(limits: KeptLimits = KEPT_LIMITS) {
    this.#limits = limits;
  }

  /** Texts that wait to be written. */
  get waiting(): number {
    return this.#waiting.all.length;
  }

  /** True when enough was written that it is time to look whether there is room. */
  get due(): boolean {
    return this.#uncounted > this.#limits.bytes / 16;
  }

  /** Throws StoreFailure. */
  opened(driver: StoreDriver): void {
    const newest = driver.prepare('SELECT max(number) AS newest FROM kept').all([])[0]?.['newest'];
    this.#newest = Number(newest ?? 0);
    this.#statements = {
      driver,
      insert: driver.prepare(`INSERT INTO kept (number, hash, bytes, text) VALUES (?, ?, ?, ?)
          ON CONFLICT (hash) DO UPDATE SET number = excluded.number, bytes = excluded.bytes, text = excluded.text`),
      find: driver.prepare('SELECT text FROM kept WHERE hash = ?'),
      remove: driver.prepare(
        'DELETE FROM kept WHERE number IN (SELECT number FROM kept WHERE number < ? LIMIT ?)',
      ),
      firstBeyond: driver.prepare(
        `SELECT max(number) AS number FROM
          (SELECT number, sum(bytes) OVER (ORDER BY number DESC) AS total FROM kept) AS totals WHERE total > ?`,
      ),
    };
  }

  closed(): void {
    this.#statements = undefined;
  }

  accept(texts: readonly KeptText[]): void {
    this.#waiting.add(texts);
  }

  /** Gives up on everything that waits. */
  abandon(): void {
    this.#waiting.clear();
  }

  /** Writes everything that waits, in one transaction. Throws StoreFailure, and then nothing was written. */
  write(): void {
    if (this.#statements === undefined || this.#waiting.all.length === 0) return;
    const { driver, insert } = this.#statements;
    let number = Math.max(this.#newest, Date.now() * NUMBERS_PER_MS);
    transaction(driver, () => {
      for (const { hash, bytes, text } of this.#waiting.all) insert.run([++number, hash, bytes, text]);
    });
    this.#newest = number;
    this.#uncounted += this.#waiting.bytes;
    this.abandon();
  }

  /**
   * The texts of hashes, in their order; undefined where there is none. Shorter than the hashes when they are too much for
   * one answer. Undefined when no database is open. Throws StoreFailure.
   */
  find(hashes: readonly string[]): (string | undefined)[] | undefined {
    if (this.#statements === undefined) return undefined;
    const texts: (string | undefined)[] = [];
    let length = 0;
    for (const hash of hashes) {
      const text = this.#statements.find.all([hash])[0]?.['text'];
      if (typeof text === 'string') length += text.length;
      if (length > FOUND_LIMIT_BYTES) break;
      texts.push(typeof text === 'string' ? text : undefined);
    }
    return texts;
  }

  /** Deletes what is too old, and the oldest of what is too much. `goOn` is asked before each step. */
  trim(goOn: () => boolean, nowMs: number): void {
    if (this.#statements === undefined) return;
    const { firstBeyond, remove } = this.#statements;
    this.#uncounted = 0;
    const aged = (nowMs - this.#limits.ageMs) * NUMBERS_PER_MS;
    let beyond: number;
    try {
      beyond = Number(firstBeyond.all([this.#limits.bytes])[0]?.['number'] ?? -1);
    } catch {
      return;
    }
    deleteBefore(remove, Math.max(aged, beyond + 1), TEXTS_AT_A_TIME, goOn);
  }
}
