// Rows whose numbers are ahead of their time. Numbers rise also when the clock is set back, so that rows received after that
// have numbers of the time before. Where such rows were received is remembered: there the number does not tell the time.

import type { Period } from '../../exchange/ledger-queries.ts';
import type { StoreDriver, StoreStatement } from './driver.ts';
import { NUMBERS_PER_MS } from './schema.ts';
import { numberIn } from './statements.ts';

/** Numbers may be this far ahead, in milliseconds, without anything being remembered: questions allow for it. */
export const NUMBER_SLACK_MS = 60_000;

/** Notes the rows of one transaction. */
export class AheadRows {
  readonly #lower: StoreStatement;
  readonly #raise: StoreStatement;
  #fromMs: number = Number.POSITIVE_INFINITY;
  #toMs = 0;
  #number = 0;

  /** Throws StoreFailure. */
  constructor(driver: StoreDriver) {
    const upsert = (choice: 'lesser' | 'greater'): StoreStatement =>
      driver.prepare(
        `INSERT INTO marks (name, value) VALUES (?, ?)
          ON CONFLICT (name) DO UPDATE SET value = ${driver.words[choice]('marks.value', 'excluded.value')}`,
      );
    this.#lower = upsert('lesser');
    this.#raise = upsert('greater');
  }

  note(number: number, receivedAtMs: number): void {
    if (number <= (receivedAtMs + NUMBER_SLACK_MS) * NUMBERS_PER_MS) return;
    this.#fromMs = Math.min(this.#fromMs, receivedAtMs);
    this.#toMs = Math.max(this.#toMs, receivedAtMs);
    this.#number = Math.max(this.#number, number);
  }

  /** Writes what was noted, in the transaction of the rows. Throws StoreFailure. */
  write(): void {
    if (this.#number === 0) return;
    this.#lower.run(['ahead_from', this.#fromMs]);
    this.#raise.run(['ahead_to', this.#toMs]);
    this.#raise.run(['ahead_number', this.#number]);
    this.forget();
  }

  forget(): void {
    this.#fromMs = Number.POSITIVE_INFINITY;
    this.#toMs = 0;
    this.#number = 0;
  }
}

/** The highest number that a row of a period may have although its time is long before; 0: there is none. */
export function aheadIn(driver: StoreDriver, { fromMs, toMs }: Period): number {
  const marked = (name: string): number => numberIn(driver, 'SELECT value FROM marks WHERE name = ?', [name]);
  const number = marked('ahead_number');
  return number > 0 && fromMs <= marked('ahead_to') && toMs > marked('ahead_from') ? number : 0;
}
