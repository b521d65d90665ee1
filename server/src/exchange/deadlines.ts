// One ticker for all deadlines of the gateway. Moving a deadline is an assignment, so neither a chunk nor a request
// costs a timer; a deadline fires at most one tick late.

import type { Clock, Deadline, Deadlines } from './ports.ts';
import { Roster } from './roster.ts';

/** How often deadlines are looked at, in milliseconds: the precision of every timeout. */
export const TICK_MS = 50;

/** The deadlines of a gateway, with the method that its ticker calls. */
export interface DeadlineBoard extends Deadlines {
  /** Fires everything that is due. */
  tick(): void;
  readonly size: number;
}

/** Makes an empty board. The caller arranges for `tick()` every TICK_MS. */
export function createDeadlines(clock: Pick<Clock, 'monotonicMs'>): DeadlineBoard {
  const board = new Roster<Deadline>();
  return {
    add: (deadline) => {
      board.add(deadline);
    },
    remove: (deadline) => {
      board.remove(deadline);
    },
    tick: () => {
      const nowMs = clock.monotonicMs();
      board.visit((deadline) => {
        if (deadline.dueMs > nowMs) return;
        // Expired once; the owner arms it again if it wants to be called again.
        deadline.dueMs = Number.POSITIVE_INFINITY;
        deadline.expired();
      });
    },
    get size() {
      return board.size;
    },
  };
}
