// Sums of counts times rates that stay exact: rates are picodollars, amounts are nanodollars, and each amount is rounded
// once. A product of the two can be larger than the integers that a number holds, so that the thousands of a rate and
// what is left of it are summed apart.

/** Nobody pays more than a million dollars for a part of one exchange; the limit keeps sums of parts exact. */
const MOST_NANO_USD = 1e15;
/** Picodollars in a nanodollar. */
export const PICO_PER_NANO = 1_000;

/** One amount that is being added up. */
export class Amount {
  #nano = 0;
  #pico = 0;

  /** Adds `count` times a rate. Both are integers from 0. */
  add(count: number, picoUsd: number): void {
    const nano = Math.floor(picoUsd / PICO_PER_NANO);
    this.#nano += count * nano;
    this.#pico += count * (picoUsd - nano * PICO_PER_NANO);
  }

  /** The sum in nano-US-dollars, halves rounded up. */
  get nanoUsd(): number {
    return Math.min(this.#nano + Math.floor((this.#pico + PICO_PER_NANO / 2) / PICO_PER_NANO), MOST_NANO_USD);
  }
}
