// Keeps a connection aside after an answer until it has been silent for a while. A server that sends bytes nobody asked
// for, or closes right after answering, then spoils nothing but its own connection.

import type { Connection } from './connection.ts';

/** One timer for all connections: they rest in two batches, and a batch leaves when all of it has rested long enough. */
export class Quarantine {
  private readonly restMs: number;
  private arriving: Connection[] = [];
  private resting: Connection[] = [];
  /** When the resting batch was closed to newcomers. */
  private closedMs = 0;
  private timer: NodeJS.Timeout | undefined = undefined;

  constructor(restMs: number) {
    this.restMs = restMs;
  }

  add(connection: Connection): void {
    this.arriving.push(connection);
    if (this.timer === undefined) this.timer = setTimeout(this.due, this.restMs).unref();
    else if (this.arriving.length === 1 && this.resting.length === 0) this.timer.refresh();
  }

  /** Closes everything that rests. */
  clear(): void {
    const all = [...this.resting, ...this.arriving];
    this.resting = [];
    this.arriving = [];
    for (const connection of all) connection.destroy();
  }

  /** Timers run before sockets are read. The turn comes after the reading, so that bytes which are there were seen. */
  private readonly due = (): void => {
    setImmediate(this.turn);
  };

  private readonly turn = (): void => {
    // The event loop's own clock stands still while callbacks run, so the timer alone may be early.
    const nowMs = performance.now();
    if (nowMs - this.closedMs >= this.restMs) {
      const rested = this.resting;
      this.resting = this.arriving;
      this.arriving = [];
      this.closedMs = nowMs;
      for (const connection of rested) if (connection.usable) connection.owner.rested(connection);
    }
    if (this.resting.length > 0 || this.arriving.length > 0) this.timer?.refresh();
  };
}
