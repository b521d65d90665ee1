// The exchanges that have not ended. Most end before the next batch leaves: those are written once, as complete rows. Kept
// in arrays whose members know their place, see docs/decisions/0004.

import type { LedgerClosing, LedgerEntry, LedgerOpening } from '../../exchange/ports.ts';
import { NUMBERS_PER_MS } from './schema.ts';

/** One exchange that has not ended. */
export class OpenEntry implements LedgerEntry {
  readonly number: number;
  readonly opening: LedgerOpening;
  /** Its place in the array that holds it. */
  place = 0;
  /** Whether its row is on its way to the database, or there. */
  posted = false;
  readonly #ended: (entry: OpenEntry, closing: LedgerClosing) => void;

  constructor(
    number: number,
    opening: LedgerOpening,
    ended: (entry: OpenEntry, closing: LedgerClosing) => void,
  ) {
    this.number = number;
    this.opening = opening;
    this.#ended = ended;
  }

  close(closing: LedgerClosing): void {
    this.#ended(this, closing);
  }
}

/** All that has not ended, and the numbers of exchanges. */
export class InFlight {
  readonly #ended: (entry: OpenEntry, closing: LedgerClosing) => void;
  readonly #numbersFrom: number;
  #newest = 0;
  #unposted: OpenEntry[] = [];
  #posted: OpenEntry[] = [];

  /** `ended` hears of each entry that is closed, once. Numbers begin at `numbersFrom` in each millisecond. */
  constructor(ended: (entry: OpenEntry, closing: LedgerClosing) => void, numbersFrom: number = 0) {
    this.#numbersFrom = numbersFrom;
    this.#ended = (entry, closing) => {
      if (this.#remove(entry)) ended(entry, closing);
    };
  }

  /** Entries without a row. */
  get unposted(): number {
    return this.#unposted.length;
  }

  /** Numbers that are given from now on are higher than this one. */
  beyond(newest: number): void {
    this.#newest = Math.max(this.#newest, newest);
  }

  add(opening: LedgerOpening): OpenEntry {
    // Rising also when the clock is set back.
    const inTime = Math.floor(opening.receivedAtMs) * NUMBERS_PER_MS + this.#numbersFrom;
    this.#newest = Math.max(this.#newest + 1, inTime);
    const entry = new OpenEntry(this.#newest, opening, this.#ended);
    entry.place = this.#unposted.push(entry) - 1;
    return entry;
  }

  /** One entry without a row, which has one from now on. */
  post(): OpenEntry | undefined {
    const entry = this.#unposted.pop();
    if (entry === undefined) return undefined;
    entry.posted = true;
    entry.place = this.#posted.push(entry) - 1;
    return entry;
  }

  /** The database was opened again, and may be another one: every row has to be written once more. */
  forgetPosted(): void {
    for (const entry of this.#posted) {
      entry.posted = false;
      entry.place = this.#unposted.push(entry) - 1;
    }
    this.#posted = [];
  }

  /** Answers false for an entry that was closed before. */
  #remove(entry: OpenEntry): boolean {
    const entries = entry.posted ? this.#posted : this.#unposted;
    if (entries[entry.place] !== entry) return false;
    const last = entries.pop();
    if (last === undefined || last === entry) return true;
    entries[entry.place] = last;
    last.place = entry.place;
    return true;
  }
}
