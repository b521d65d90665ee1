// What the database does not have yet: batches in the order in which they came, in bounded memory.

import type { Batch } from './messages.ts';

/** Rows held in memory while the disk does not take them; beyond it the oldest are given up and counted. */
export const WAITING_LIMIT = 50_000;

/** What a batch takes of a limit on rows: those of attempts are in memory too. */
export function weightOf(batch: Batch): number {
  return batch.rows + (batch.attempts?.rows ?? 0);
}

/** Rows of exchanges on their way to the database. */
export class Backlog {
  readonly #limit: number;
  #batches: Batch[] = [];
  #size = 0;
  #weight = 0;
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
    this.#weight += weightOf(batch);
    while (this.#weight > this.#limit) {
      const dropped = this.#batches.shift();
      if (dropped === undefined) break;
      this.#size -= dropped.rows;
      this.#weight -= weightOf(dropped);
      this.#lost += dropped.rows;
    }
  }

  /** The oldest batch is safe. */
  firstWritten(): void {
    const batch = this.#batches.shift();
    if (batch === undefined) return;
    this.#size -= batch.rows;
    this.#weight -= weightOf(batch);
  }

  /** All rows are on disk. */
  written(): void {
    this.#batches = [];
    this.#size = 0;
    this.#weight = 0;
  }

  /** Gives up on everything that waits. */
  abandon(): void {
    this.#lost += this.#size;
    this.written();
  }
}
