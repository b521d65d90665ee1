// The table of states, as the writer's thread has it: the latest text of each key that waits to be written, and what is
// there. It holds what a restart should know, not a record: what is old or too much is dropped.

import type { StoreDriver, StoreRow } from './driver.ts';
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
  readonly driver: StoreDriver;
  put(kind: string, key: string, nowMs: number, text: string): void;
  remove(kind: string, key: string): void;
  /** The newest ones that are not older than this. */
  all(oldestMs: number): readonly StoreRow[];
  /** Deletes older ones, and the oldest of too many. */
  trim(oldestMs: number): void;
}

function statementsOn(driver: StoreDriver, whose: string | undefined): Statements {
  return driver.engine === 'postgres' ? ofOneGateway(driver, whose ?? '') : ofOneFile(driver);
}

function ofOneFile(driver: StoreDriver): Statements {
  const put = driver.prepare(
    'INSERT OR REPLACE INTO state (kind, key, updated_at_ms, text) VALUES (?, ?, ?, ?)',
  );
  const remove = driver.prepare('DELETE FROM state WHERE kind = ? AND key = ?');
  const all = driver.prepare(
    'SELECT kind, key, text FROM state WHERE updated_at_ms >= ? ORDER BY updated_at_ms DESC LIMIT ?',
  );
  const removeOld = driver.prepare('DELETE FROM state WHERE updated_at_ms < ?');
  const removeBeyond = driver.prepare(
    `DELETE FROM state WHERE (SELECT count(*) FROM state) > ?1 AND (kind, key) IN
      (SELECT kind, key FROM state ORDER BY updated_at_ms DESC LIMIT -1 OFFSET ?1)`,
  );
  return {
    driver,
    put: (kind, key, nowMs, text) => void put.run([kind, key, nowMs, text]),
    remove: (kind, key) => void remove.run([kind, key]),
    all: (oldestMs) => all.all([oldestMs, ROWS_LIMIT]),
    trim(oldestMs) {
      removeOld.run([oldestMs]);
      removeBeyond.run([ROWS_LIMIT]);
    },
  };
}

function ofOneGateway(driver: StoreDriver, whose: string): Statements {
  const put = driver.prepare(
    `INSERT INTO state (gateway, kind, key, updated_at_ms, text) VALUES (?, ?, ?, ?, ?)
      ON CONFLICT (gateway, kind, key) DO UPDATE SET updated_at_ms = excluded.updated_at_ms, text = excluded.text`,
  );
  const remove = driver.prepare('DELETE FROM state WHERE gateway = ? AND kind = ? AND key = ?');
  const all = driver.prepare(
    `SELECT kind, key, text FROM state WHERE gateway = ? AND updated_at_ms >= ?
      ORDER BY updated_at_ms DESC LIMIT ?`,
  );
  const removeOld = driver.prepare('DELETE FROM state WHERE updated_at_ms < ?');
  const removeBeyond = driver.prepare(
    `DELETE FROM state WHERE gateway = ? AND (kind, key) IN
      (SELECT kind, key FROM state WHERE gateway = ? ORDER BY updated_at_ms DESC OFFSET ?)`,
  );
  return {
    driver,
    put: (kind, key, nowMs, text) => void put.run([whose, kind, key, nowMs, text]),
    remove: (kind, key) => void remove.run([whose, kind, key]),
    all: (oldestMs) => all.all([whose, oldestMs, ROWS_LIMIT]),
    trim(oldestMs) {
      removeOld.run([oldestMs]);
      removeBeyond.run([whose, whose, ROWS_LIMIT]);
    },
  };
}

/** States, between opened() and closed() of their database. */
export class SavedStates {
  #statements: Statements | undefined;
  readonly #whose: string | undefined;
  #waiting: Map<string, Waiting> = new Map();
  #newestBatch = 0;

  /** `whose`: the gateway, where several keep their states in one table. */
  constructor(whose?: string) {
    this.#whose = whose;
  }

  /** States that wait to be written. */
  get waiting(): number {
    return this.#waiting.size;
  }

  /** The last batch that was accepted. */
  get newestBatch(): number {
    return this.#newestBatch;
  }

  /** Throws StoreFailure. */
  opened(driver: StoreDriver): void {
    this.#statements = statementsOn(driver, this.#whose);
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

  /** Writes everything that waits, in one transaction. Throws StoreFailure, and then nothing was written. */
  write(): void {
    if (this.#statements === undefined || this.#waiting.size === 0) return;
    const { driver, put, remove } = this.#statements;
    const nowMs = Date.now();
    transaction(driver, () => {
      for (const { kind, key, text } of this.#waiting.values()) {
        if (text === null) remove(kind, key);
        else put(kind, key, nowMs, text);
      }
    });
    this.abandon();
  }

  /**
   * Everything that is neither too old nor too much, the newest first, laid out as in StateBatch; nothing when no database
   * is open. Throws StoreFailure.
   */
  load(): (string | null)[] {
    const texts: (string | null)[] = [];
    const rows = this.#statements?.all(Date.now() - AGE_LIMIT_MS) ?? [];
    for (const { kind, key, text } of rows) {
      if (typeof kind === 'string' && typeof key === 'string' && typeof text === 'string')
        texts.push(kind, key, text);
    }
    return texts;
  }

  /** Deletes what is too old, and the oldest of what is too much. A failure ends it in silence. */
  trim(nowMs: number): void {
    try {
      this.#statements?.trim(nowMs - AGE_LIMIT_MS);
    } catch {
      // The next batch meets the same trouble and reports it.
    }
  }
}
