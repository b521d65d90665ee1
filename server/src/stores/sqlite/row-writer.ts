// Writes rows of exchanges with their attempts and sums them up, all in one transaction.

import { AheadRows } from '../tables/ahead.ts';
import { attemptValues, INSERT_ATTEMPT } from '../tables/attempts.ts';
import type { Backlog } from '../tables/backlog.ts';
import type { StoreDriver, StoreStatement } from '../tables/driver.ts';
import type { Batch } from '../tables/messages.ts';
import { numberOf, receivedAt } from '../tables/rollup/figures.ts';
import { Filling } from '../tables/rollup/fill.ts';
import { RollUp } from '../tables/rollup/roll-up.ts';
import { isDone, rowValues } from '../tables/rows.ts';
import { INSERT_DONE, INSERT_OPEN } from '../tables/schema.ts';
import { transaction } from '../tables/transaction.ts';

/** Writes to one open database. */
export class RowWriter {
  readonly #driver: StoreDriver;
  readonly #insertDone: StoreStatement;
  readonly #insertOpen: StoreStatement;
  readonly #insertAttempt: StoreStatement;
  readonly #stateOf: StoreStatement;
  readonly #interrupt: StoreStatement;
  readonly #rollUp: RollUp;
  readonly #filling: Filling;
  readonly #ahead: AheadRows;
  /** Rows up to this one may be there already: a thread that was started again is given the last ones once more. */
  #newest: number;
  #unsummed = 0;

  /** `newest` is the highest number in the database. Throws StoreFailure. */
  constructor(driver: StoreDriver, newest: number) {
    this.#driver = driver;
    this.#insertDone = driver.prepare(INSERT_DONE);
    this.#insertOpen = driver.prepare(INSERT_OPEN);
    this.#insertAttempt = driver.prepare(INSERT_ATTEMPT);
    this.#stateOf = driver.prepare('SELECT state FROM exchanges WHERE number = ?');
    this.#interrupt = driver.prepare(
      `UPDATE exchanges SET state = 'interrupted' WHERE number = ? AND state = 'open'`,
    );
    this.#rollUp = new RollUp(driver);
    this.#filling = new Filling(driver, this.#rollUp);
    this.#ahead = new AheadRows(driver);
    this.#newest = newest;
  }

  /** Rows of an older version that are still to be summed up. */
  get filling(): Filling {
    return this.#filling;
  }

  /** Exchanges whose rows are there and whose figures are in no roll-up, because of a defect. */
  get unsummed(): number {
    return this.#unsummed;
  }

  /** Throws StoreFailure, and then nothing was written: an exchange is complete together with its attempts, or not. */
  write(backlog: Backlog): void {
    let unsummed = 0;
    try {
      transaction(this.#driver, () => {
        let counted = 0;
        for (const batch of backlog.batches) counted += this.#writeBatch(batch);
        this.#ahead.write();
        if (counted > 0 && !this.#rollUp.tryWrite(Date.now())) unsummed = counted;
      });
    } catch (error) {
      this.#rollUp.forget();
      this.#ahead.forget();
      throw error;
    }
    this.#unsummed += unsummed;
  }

  /** Marks exchanges that will never end. Throws StoreFailure, and then nothing was written. */
  interrupt(numbers: readonly number[]): void {
    if (numbers.length === 0) return;
    transaction(this.#driver, () => {
      for (const number of numbers) this.#interrupt.run([number]);
    });
  }

  /** Answers how many rows are to be summed up. */
  #writeBatch(batch: Batch): number {
    let counted = 0;
    for (let row = 0; row < batch.rows; row++) {
      const values = rowValues(batch, row);
      const number = numberOf(values);
      this.#ahead.note(number, receivedAt(values));
      const done = isDone(batch, row);
      if (done && this.#isNew(number)) {
        this.#rollUp.add(values);
        counted++;
      }
      (done ? this.#insertDone : this.#insertOpen).run(values);
      this.#newest = Math.max(this.#newest, number);
    }
    const { attempts } = batch;
    if (attempts !== undefined)
      for (let row = 0; row < attempts.rows; row++) this.#insertAttempt.run(attemptValues(attempts, row));
    return counted;
  }

  /** False for a row that was complete before, or will be counted with those of an older version. */
  #isNew(number: number): boolean {
    if (number > this.#newest) return true;
    if (this.#filling.willCount(number)) return false;
    return this.#stateOf.all([number])[0]?.['state'] !== 'done';
  }
}
