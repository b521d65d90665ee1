// Sums up the rows that were there before there were roll-ups, a little at a time, so that new rows never wait for it.

import type { StoreDriver, StoreStatement } from '../driver.ts';
import { VALUE_COLUMNS } from '../schema.ts';
import { transaction } from '../transaction.ts';
import { numberOf } from './figures.ts';
import type { RollUp } from './roll-up.ts';

const ROWS_AT_A_TIME = 1_000;

/** Rows of an older version, on their way into the roll-ups. */
export class Filling {
  readonly #driver: StoreDriver;
  readonly #rollUp: RollUp;
  readonly #rows: StoreStatement;
  readonly #mark: StoreStatement;
  readonly #until: number;
  #filled: number;

  /** Throws StoreFailure. */
  constructor(driver: StoreDriver, rollUp: RollUp) {
    this.#driver = driver;
    this.#rollUp = rollUp;
    const marks = new Map(
      driver
        .prepare('SELECT name, value FROM marks')
        .all([])
        .map(({ name, value }) => [name, Number(value)]),
    );
    this.#filled = marks.get('filled') ?? 0;
    this.#until = marks.get('fill_to') ?? 0;
    this.#rows = driver.prepare(
      `SELECT state, ${VALUE_COLUMNS.join(', ')} FROM exchanges WHERE number > ? AND number <= ? ORDER BY number LIMIT ?`,
    );
    this.#mark = driver.prepare(`UPDATE marks SET value = ? WHERE name = 'filled'`);
  }

  get done(): boolean {
    return this.#filled >= this.#until;
  }

  /** True when a row will be found by this, so that whoever writes it must not count it. */
  willCount(number: number): boolean {
    return number > this.#filled && number <= this.#until;
  }

  /** Counts some more rows. Throws StoreFailure, and then none of them was counted. */
  step(nowMs: number): void {
    const rows = this.#rows.all([this.#filled, this.#until, ROWS_AT_A_TIME]);
    let filled = this.#until;
    for (const { state, ...row } of rows) {
      const values = Object.values(row);
      if (state === 'done') this.#rollUp.add(values);
      if (rows.length === ROWS_AT_A_TIME) filled = numberOf(values);
    }
    try {
      transaction(this.#driver, () => {
        this.#rollUp.write(nowMs);
        this.#mark.run([filled]);
      });
    } catch (error) {
      this.#rollUp.forget();
      throw error;
    }
    this.#filled = filled;
  }
}
