// What the database does not have yet: batches in the order in which they came, in bounded memory.

import type { Batch } from './messages.ts';

/** Rows held in memory while the disk does not take them; beyond it the oldest are given up and counted. */
export const WAITING_LIMIT = 50_000;

/** Rows on their way to the database. */
export class Backlog {
  readonly #limit: number;
  #batches: Batch[] = [];
  #size = 0;
  #lost = 0;

  constructor(limit: number = WAITING_LIMIT) {
    this.#limit = limit;
  }

  /** Rows to be written. */
  get size(): number {
    return this.#size;
  }

  /** Rows given up so far. */
  get lost(): number {
    return this.#lost;
  }

  /** What is to be written, oldest first. */
  get batches(): readonly Batch[] {
    return this.#batches;
  }

  accept(batch: Batch): void {
    this.#batches.push(batch);
    this.#size += batch.rows;
    while (this.#size > this.#limit) {
      const dropped = this.#batches.shift();
      if (dropped === undefined) break;
      this.#size -= dropped.rows;
      this.#lost += dropped.rows;
    }
  }

  /** All rows are on disk. */
  written(): void {
    this.#batches = [];
    this.#size = 0;
  }

  /** Gives up on everything that waits. */
  abandon(): void {
    this.#lost += this.#size;
    this.written();
  }
}
