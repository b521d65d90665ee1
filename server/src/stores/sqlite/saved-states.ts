// The table of states, as the writer's thread has it: the latest text of each key that waits to be written, and what is
// there. It holds what a restart should know, not a record: what is old or too much is dropped.

import type { SqliteDriver, SqliteStatement } from './driver.ts';
import type { StateBatch } from './messages.ts';
import { transaction } from './transaction.ts';

const AGE_LIMIT_MS: number = 8 * 86_400_000;
/** The newest are kept. */
const ROWS_LIMIT = 20_000;

interface Waiting {
  readonly kind: string;
  readonly key: string;
  readonly text: string | null;
}

interface Statements {
  readonly driver: SqliteDriver;
  readonly put: SqliteStatement;
  readonly remove: SqliteStatement;
  readonly all: SqliteStatement;
  readonly removeOld: SqliteStatement;
  readonly removeBeyond: SqliteStatement;
}

/** States, between opened() and closed() of their database. */
export class SavedStates {
  #statements: Statements | undefined;
  #waiting: Map<string, Waiting> = new Map();
  #newestBatch = 0;

  /** States that wait to be written. */
  get waiting(): number {
    return this.#waiting.size;
  }

  /** The last batch that was accepted. */
  get newestBatch(): number {
    return this.#newestBatch;
  }

  /** Throws SqliteFailure. */
  opened(driver: SqliteDriver): void {
    this.#statements = {
      driver,
      put: driver.prepare(
        'INSERT OR REPLACE INTO state (kind, key, updated_at_ms, text) VALUES (?, ?, ?, ?)',
      ),
      remove: driver.prepare('DELETE FROM state WHERE kind = ? AND key = ?'),
      all: driver.prepare(
        'SELECT kind, key, text FROM state WHERE updated_at_ms >= ? ORDER BY updated_at_ms DESC LIMIT ?',
      ),
      removeOld: driver.prepare('DELETE FROM state WHERE updated_at_ms < ?'),
      removeBeyond: driver.prepare(
        `DELETE FROM state WHERE (SELECT count(*) FROM state) > ?1 AND (kind, key) IN
          (SELECT kind, key FROM state ORDER BY updated_at_ms DESC LIMIT -1 OFFSET ?1)`,
      ),
    };
  }

  closed(): void {
    this.#statements = undefined;
  }

  /** Takes what has changed, in place of what waits of the same keys. */
  accept({ number, texts }: StateBatch): void {
    this.#newestBatch = Math.max(this.#newestBatch, number);
    for (let i = 0; i + 2 < texts.length; i += 3) {
      const [kind, key, text] = [texts[i] ?? '', texts[i + 1] ?? '', texts[i + 2] ?? null];
      this.#waiting.set(`${kind}\0${key}`, { kind, key, text });
    }
  }

  /** Gives up on everything that waits. */
  abandon(): void {
    this.#waiting = new Map();
  }

  /** Writes everything that waits, in one transaction. Throws SqliteFailure, and then nothing was written. */
  write(): void {
    if (this.#statements === undefined || this.#waiting.size === 0) return;
    const { driver, put, remove } = this.#statements;
    const nowMs = Date.now();
    transaction(driver, () => {
      for (const { kind, key, text } of this.#waiting.values()) {
        if (text === null) remove.run([kind, key]);
        else put.run([kind, key, nowMs, text]);
      }
    });
    this.abandon();
  }

  /**
   * Everything that is neither too old nor too much, the newest first, laid out as in StateBatch; nothing when no database
   * is open. Throws SqliteFailure.
   */
  load(): (string | null)[] {
    const texts: (string | null)[] = [];
    const rows = this.#statements?.all.all([Date.now() - AGE_LIMIT_MS, ROWS_LIMIT]) ?? [];
    for (const { kind, key, text } of rows) {
      if (typeof kind === 'string' && typeof key === 'string' && typeof text === 'string')
        texts.push(kind, key, text);
    }
    return texts;
  }

  /** Deletes what is too old, and the oldest of what is too much. A failure ends it in silence. */
  trim(nowMs: number): void {
    try {
      this.#statements?.removeOld.run([nowMs - AGE_LIMIT_MS]);
      this.#statements?.removeBeyond.run([ROWS_LIMIT]);
    } catch {
      // The next batch meets the same trouble and reports it.
    }
  }
}
