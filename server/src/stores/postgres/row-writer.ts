// Writes rows of exchanges with their attempts to PostgreSQL and sums them up, all in one transaction, however many gateways
// write. An exchange is known by its id: a row that was written before, by whomever, is neither written nor counted again.

import { AheadRows } from '../tables/ahead.ts';
import { ATTEMPT_COLUMNS, attemptValues } from '../tables/attempts.ts';
import type { StoreDriver, StoreStatement, StoreValue } from '../tables/driver.ts';
import { insertMany, jsonRows, replacing, storable } from '../tables/many-rows.ts';
import type { Batch } from '../tables/messages.ts';
import { numberOf, receivedAt } from '../tables/rollup/figures.ts';
import { RollUp } from '../tables/rollup/roll-up.ts';
import { isDone, rowValues } from '../tables/rows.ts';
import { VALUE_COLUMNS } from '../tables/schema.ts';
import { transaction } from '../tables/transaction.ts';

const COLUMNS: readonly string[] = ['state', 'gateway', ...VALUE_COLUMNS];
const ID: number = VALUE_COLUMNS.indexOf('id');
const NUMBER: number = VALUE_COLUMNS.indexOf('number');
const EXCHANGE: number = ATTEMPT_COLUMNS.indexOf('exchange');

/** Where numbers meet, so many are looked at by one statement. */
const NUMBERS_AT_A_TIME = 10_000;

/** One exchange as it is to be. */
interface Row {
  readonly id: string;
  readonly done: boolean;
  readonly values: StoreValue[];
  readonly attempts: StoreValue[][];
}

interface Known {
  readonly number: number;
  readonly state: string;
}

/** Writes to one open database. */
export class PostgresRowWriter {
  readonly #driver: StoreDriver;
  readonly #known: StoreStatement;
  readonly #taken: StoreStatement;
  readonly #takenBetween: StoreStatement;
  readonly #put: StoreStatement;
  readonly #putAttempts: StoreStatement;
  readonly #rollUp: RollUp;
  readonly #ahead: AheadRows;
  #unsummed = 0;

  constructor(driver: StoreDriver) {
    const { words } = driver;
    this.#driver = driver;
    this.#known = driver.prepare(
      `SELECT id, "number", state FROM exchanges WHERE ${words.isOneOfTexts('id')}`,
    );
    this.#taken = driver.prepare(`SELECT "number" FROM exchanges WHERE ${words.isOneOfNumbers('"number"')}`);
    this.#takenBetween = driver.prepare(
      'SELECT "number" FROM exchanges WHERE "number" >= ? AND "number" <= ?',
    );
    this.#put = driver.prepare(
      `${insertMany('exchanges', COLUMNS)} ON CONFLICT (id) ${replacing(COLUMNS, ['id', 'number'])}`,
    );
    this.#putAttempts = driver.prepare(
      `${insertMany('attempts', ATTEMPT_COLUMNS)} ON CONFLICT (exchange, ordinal) DO NOTHING`,
    );
    this.#rollUp = new RollUp(driver);
    this.#ahead = new AheadRows(driver);
  }

  /** Exchanges whose rows are there and whose figures are in no roll-up, because of a defect. */
  get unsummed(): number {
    return this.#unsummed;
  }

  /**
   * Writes the batches of one run of a gateway. Throws StoreFailure; then nothing was written, or all of it and its
   * confirmation was lost: writing it again is right in both cases.
   */
  write(batches: readonly Batch[], run: string): void {
    const rows = gathered(batches);
    let unsummed = 0;
    try {
      transaction(this.#driver, () => {
        const fresh = this.#fresh(rows);
        if (fresh.length > 0) this.#writeRows(fresh, run);
        this.#ahead.write();
        const counted = fresh.filter(({ done }) => done).length;
        if (counted > 0 && !this.#rollUp.tryWrite(Date.now())) unsummed = counted;
      });
    } catch (error) {
      this.#rollUp.forget();
      this.#ahead.forget();
      throw error;
    }
    this.#unsummed += unsummed;
  }

  /** Those that say more than what is there, with the numbers that they have or get there. */
  #fresh(rows: readonly Row[]): Row[] {
    const ids = rows.map(({ id }) => id);
    const known = new Map<string, Known>();
    for (const { id, number, state } of ids.length === 0 ? [] : this.#known.all([JSON.stringify(ids)]))
      known.set(String(id), { number: Number(number), state: String(state) });
    const fresh: Row[] = [];
    const unknown: Row[] = [];
    for (const row of rows) {
      const there = known.get(row.id);
      if (there === undefined) unknown.push(row);
      else if (there.state === 'done' || (there.state === 'open' && !row.done)) continue;
      else row.values[NUMBER] = there.number;
      fresh.push(row);
    }
    this.#number(unknown);
    return fresh;
  }

  /** Gives rows numbers that no other row has: two gateways may have given the same one. */
  #number(rows: readonly Row[]): void {
    const wanted = rows.map(({ values }) => numberOf(values));
    const meeting =
      new Set(wanted).size < wanted.length || this.#taken.all([JSON.stringify(wanted)]).length > 0;
    if (!meeting) return;
    const ordered = [...rows].sort((a, b) => numberOf(a.values) - numberOf(b.values));
    let next = 0;
    let seenTo = -1;
    let taken: ReadonlySet<number> = new Set();
    for (const row of ordered) {
      let number = Math.max(numberOf(row.values), next);
      for (; ; number++) {
        if (number > seenTo) {
          seenTo = number + NUMBERS_AT_A_TIME - 1;
          const there = this.#takenBetween.all([number, seenTo]);
          taken = new Set(there.map((one) => Number(one['number'])));
        }
        if (!taken.has(number)) break;
      }
      row.values[NUMBER] = number;
      next = number + 1;
    }
  }

  #writeRows(rows: readonly Row[], run: string): void {
    const attempts: StoreValue[][] = [];
    for (const { done, values, attempts: own } of rows) {
      const number = numberOf(values);
      this.#ahead.note(number, receivedAt(values));
      if (done) this.#rollUp.add(values);
      for (const attempt of own) {
        attempt[EXCHANGE] = number;
        attempts.push(attempt);
      }
    }
    const lines = rows.map(({ done, values }) => [done ? 'done' : 'open', run, ...values]);
    this.#put.run([jsonRows(COLUMNS, lines)]);
    if (attempts.length > 0) this.#putAttempts.run([jsonRows(ATTEMPT_COLUMNS, attempts)]);
  }
}

/** The rows of batches, each exchange once: as complete as they tell it. */
function gathered(batches: readonly Batch[]): Row[] {
  const rows = new Map<string, Row>();
  for (const batch of batches) {
    const byNumber = new Map<number, Row>();
    for (let at = 0; at < batch.rows; at++) {
      const values = rowValues(batch, at);
      const id = storable(String(values[ID]));
      values[ID] = id;
      const row: Row = { id, done: isDone(batch, at), values, attempts: [] };
      byNumber.set(numberOf(values), row);
      if (row.done || rows.get(id)?.done !== true) rows.set(id, row);
    }
    const { attempts } = batch;
    for (let at = 0; at < (attempts?.rows ?? 0); at++) {
      if (attempts === undefined) break;
      const values = attemptValues(attempts, at);
      byNumber.get(Number(values[EXCHANGE]))?.attempts.push(values);
    }
  }
  return [...rows.values()];
}
