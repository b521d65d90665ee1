// What an open database needs from time to time, in small steps with pauses, so that new rows are never kept waiting: sums
// over rows of older versions, deletion of what is too old or too much, and room given back to the disk.

import type { AgeClock } from './age-clock.ts';
import type { StoreDriver } from './driver.ts';
import { OldRollUps, OldRows, vacuumSome } from './retention.ts';
import type { Filling } from './rollup/fill.ts';
import type { StoredDetails } from './stored-details.ts';

const PAUSE_MS = 20;

/** What upkeep is done by. */
export interface UpkeepRules {
  readonly retentionDays: number;
  readonly maxBytes: number;
}

/** The upkeep of one open database. */
export class Upkeep {
  readonly #steps: readonly (() => boolean)[];
  readonly #goOn: () => boolean;
  readonly #failed: (error: unknown) => void;
  #running = false;
  #allOfIt = false;

  /**
   * `goOn` is asked before each step: false ends the round. `failed` hears of what ended one: a part of the file that is
   * only read to be deleted may be damaged, and nobody else would notice.
   */
  constructor(
    driver: StoreDriver,
    filling: Pick<Filling, 'done' | 'step'>,
    details: StoredDetails,
    rules: UpkeepRules,
    clock: AgeClock,
    goOn: () => boolean,
    failed: (error: unknown) => void,
  ) {
    const rows = new OldRows(driver);
    const rollUps = new OldRollUps(driver);
    this.#goOn = goOn;
    this.#failed = failed;
    this.#steps = [
      () => {
        if (filling.done) return false;
        filling.step(Date.now());
        return true;
      },
      () => rows.trimAge(rules.retentionDays, clock.now()),
      () => rows.trimSize(rules.maxBytes),
      () => rollUps.trim(clock.now()),
      () => this.#allOfIt && details.trim(clock.now()),
      () => vacuumSome(driver),
    ];
  }

  /** Goes through everything once; nothing when it is still at it. `all`: also what takes a while to look at. */
  round(all: boolean): void {
    if (this.#running) return;
    this.#allOfIt = all;
    this.#running = true;
    this.#step(0);
  }

  #step(place: number): void {
    let at = place;
    try {
      // Steps that have nothing to do cost nothing, so that the first one that has is done at once.
      while (this.#goOn()) {
        const step = this.#steps[at];
        if (step === undefined) break;
        if (step()) {
          setTimeout(() => this.#step(at), PAUSE_MS).unref();
          return;
        }
        at++;
      }
    } catch (error) {
      this.#running = false;
      this.#failed(error);
      return;
    }
    this.#running = false;
  }
}
