// The time by which rows are old. A clock that jumps forward would have everything deleted that is kept for a while, and
// what is deleted does not come back when the clock is set right: so this time goes on with the clock, but does not jump.

import type { StoreDriver } from './driver.ts';
import { NUMBERS_PER_MS } from './schema.ts';
import { numberIn, prepared, SET_MARK } from './statements.ts';

const HOUR_MS = 3_600_000;
/** What clocks may be ahead of what they were without being doubted. */
const TRUSTED_MS: number = 2 * HOUR_MS;
/** After a jump, or a long rest, a day is caught up with for every hour of running. */
const CATCH_UP = 24;
const MARK = 'aged_to';

/** Follows the clock of the machine; remembers in the database how far it got. */
export class AgeClock {
  readonly #driver: StoreDriver;
  #trustedMs: number;
  #savedMs: number;
  #lastUptimeMs: number;

  /** Begins where the last gateway was, or with the newest row. Throws StoreFailure. */
  constructor(driver: StoreDriver, wallMs: number = Date.now(), uptimeMs: number = performance.now()) {
    this.#driver = driver;
    this.#savedMs = numberIn(driver, 'SELECT value FROM marks WHERE name = ?', [MARK]);
    const newest = numberIn(driver, 'SELECT max(number) FROM exchanges') / NUMBERS_PER_MS;
    this.#trustedMs = this.#savedMs > 0 ? this.#savedMs : newest > 0 ? newest : wallMs;
    this.#lastUptimeMs = uptimeMs;
  }

  /** In epoch milliseconds, never later than the clock of the machine. Throws StoreFailure. */
  now(wallMs: number = Date.now(), uptimeMs: number = performance.now()): number {
    const ranMs = Math.max(0, uptimeMs - this.#lastUptimeMs);
    this.#lastUptimeMs = uptimeMs;
    const believable = wallMs <= this.#trustedMs + ranMs + TRUSTED_MS;
    const reachedMs = believable ? wallMs : this.#trustedMs + ranMs * CATCH_UP;
    this.#trustedMs = Math.max(this.#trustedMs, Math.min(wallMs, reachedMs));
    if (this.#trustedMs >= this.#savedMs + HOUR_MS) this.#save();
    return Math.min(this.#trustedMs, wallMs);
  }

  #save(): void {
    const statement = prepared(this.#driver, SET_MARK);
    statement.run([MARK, Math.floor(this.#trustedMs)]);
    this.#savedMs = this.#trustedMs;
  }
}
