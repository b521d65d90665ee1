// What the database does not have yet: pairs the openings and closings of exchanges, one record each, in bounded memory.

import type { LedgerClosing, LedgerOpening } from '../../exchange/ports.ts';
import type { Batch } from './messages.ts';
import type { ExchangeRecord } from './schema.ts';

/** Exchanges held in memory while the disk does not take them; beyond it the oldest are given up and counted. */
export const WAITING_LIMIT = 50_000;
/** A gateway has far fewer exchanges in flight; more means that closings got lost. */
const IN_FLIGHT_LIMIT = 100_000;

/** Records on their way to the database. */
export class Backlog {
  /** Exchanges that have not ended, for the record that completes them. */
  readonly #inFlight = new Map<string, LedgerOpening>();
  readonly #waiting = new Map<string, ExchangeRecord>();
  readonly #limit: number;
  #lost = 0;

  constructor(limit: number = WAITING_LIMIT) {
    this.#limit = limit;
  }

  /** Records to be written, oldest first. */
  get size(): number {
    return this.#waiting.size;
  }

  /** Exchanges given up so far. */
  get lost(): number {
    return this.#lost;
  }

  records(): IterableIterator<ExchangeRecord> {
    return this.#waiting.values();
  }

  /** All records are on disk. */
  written(): void {
    this.#waiting.clear();
  }

  /** An exchange that opened and closed since the last write becomes one record. */
  accept(batch: Batch): void {
    for (const opening of batch.openings) {
      this.#inFlight.set(opening.id, opening);
      this.#waiting.set(opening.id, { opening, closing: undefined });
    }
    for (const closing of batch.closings) {
      const opening = this.#inFlight.get(closing.id) ?? unknownOpening(closing);
      this.#inFlight.delete(closing.id);
      this.#waiting.set(closing.id, { opening, closing });
    }
    dropOldest(this.#inFlight, IN_FLIGHT_LIMIT);
    this.#lost += dropOldest(this.#waiting, this.#limit);
  }

  /** The database was replaced by an empty one: what is in flight must be written again. */
  renew(): void {
    for (const opening of this.#inFlight.values()) {
      if (!this.#waiting.has(opening.id)) this.#waiting.set(opening.id, { opening, closing: undefined });
    }
  }

  /** Gives up on everything that waits. */
  abandon(): void {
    this.#lost += this.#waiting.size;
    this.#waiting.clear();
  }
}

/** Answers how many were dropped. A Map iterates in the order of insertion. */
function dropOldest(map: Map<string, unknown>, limit: number): number {
  const surplus = map.size - limit;
  let left = surplus;
  for (const key of map.keys()) {
    if (left-- <= 0) break;
    map.delete(key);
  }
  return Math.max(0, surplus);
}

/** Stands in when the opening was lost, for example because the writer had to be started again. */
function unknownOpening(closing: LedgerClosing): LedgerOpening {
  return {
    id: closing.id,
    receivedAtMs: closing.endedAtMs,
    route: 'unknown',
    clientId: undefined,
    conversationId: undefined,
    agentId: undefined,
    dialectIn: undefined,
    use: 'generate',
  };
}
