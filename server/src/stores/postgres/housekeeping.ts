// What the shared tables need from time to time: exchanges of dead gateways are settled, and what is too old or too much is
// deleted, by one of the gateways. It leads as long as its connection lasts; then another one does.

import { AgeClock } from '../tables/age-clock.ts';
import type { StoreDriver } from '../tables/driver.ts';
import type { KeptTexts } from '../tables/kept-texts.ts';
import type { SavedStates } from '../tables/saved-states.ts';
import type { StoredDetails } from '../tables/stored-details.ts';
import { Upkeep, type UpkeepRules } from '../tables/upkeep.ts';
import type { Gateways } from './gateways.ts';

/** What takes a while to look at is looked at once in so many rounds. */
const ALL_EVERY_ROUNDS = 60;

/** The stores that are looked after. */
export interface Kept {
  readonly kept: KeptTexts;
  readonly states: SavedStates;
  readonly details: StoredDetails;
}

/** The housekeeping on one connection. The methods throw StoreFailure. */
export class Housekeeping {
  readonly #driver: StoreDriver;
  readonly #gateways: Gateways;
  readonly #stores: Kept;
  readonly #goOn: () => boolean;
  readonly #clock: AgeClock;
  readonly #upkeep: Upkeep;
  #rounds = 0;
  #leads = false;

  /** `goOn` is asked before each step; `failed` hears of what ended a round. */
  constructor(
    driver: StoreDriver,
    gateways: Gateways,
    stores: Kept,
    rules: UpkeepRules,
    goOn: () => boolean,
    failed: (error: unknown) => void,
  ) {
    this.#driver = driver;
    this.#gateways = gateways;
    this.#stores = stores;
    this.#goOn = goOn;
    this.#clock = new AgeClock(driver);
    // Every row was summed up when it was written.
    const filling = { done: true, step: () => undefined };
    this.#upkeep = new Upkeep(driver, filling, stores.details, rules, this.#clock, goOn, failed);
  }

  /** Looks through everything that is due. */
  round(): void {
    this.#gateways.sweep();
    const all = this.#rounds++ % ALL_EVERY_ROUNDS === 0;
    if (!this.#leads) {
      const lock = this.#driver
        .prepare('SELECT pg_try_advisory_lock(hashtext(current_schema()), 2) AS got')
        .all([]);
      this.#leads = lock[0]?.['got'] === 1;
    }
    if (!this.#leads) return;
    this.#upkeep.round(all);
    if (!all) return;
    this.#stores.kept.trim(this.#goOn, this.#clock.now());
    this.#stores.states.trim(this.#clock.now());
  }

  /** Makes room where much was written. */
  makeRoom(): void {
    if (this.#stores.kept.due) this.#stores.kept.trim(this.#goOn, this.#clock.now());
    if (this.#stores.details.due) this.#upkeep.round(true);
  }
}
