// Requests that wait because nobody can be asked now: let in turn by turn among clients, as soon as capacity returns.

import type { QueuePolicy } from '../core/routing/policy.ts';
import { type Waiting, WaitingLine } from '../core/routing/queue.ts';
import type { Clock, Deadline, Deadlines } from './ports.ts';

/** One that waits. */
export interface Guest extends Waiting {
  /** Capacity may be there: true when it was taken, else the monotonic time before which there is none. */
  serve(): true | number;
  /** It has waited long enough. */
  expired(): void;
}

/** The room. */
export interface WaitingRoom {
  /** False when it is full: all of it, or for this client. */
  join(guest: Guest): boolean;
  leave(guest: Guest): void;
  /** Capacity may have come back. */
  wake(): void;
  readonly size: number;
}

/** Makes an empty room. Guests are looked after by the shared ticker, and as soon as something is freed. */
export function createWaitingRoom(
  clock: Clock,
  deadlines: Deadlines,
  policy: () => QueuePolicy,
): WaitingRoom {
  let line = new WaitingLine<Guest>(policy());
  let current = policy();
  let woken = false;
  const deadline: Deadline = { dueMs: Number.POSITIVE_INFINITY, place: -1, expired: () => look() };

  const look = (): void => {
    const nowMs = clock.monotonicMs();
    for (const guest of line.expired(nowMs)) guest.expired();
    if (line.size > 0) line.serve(nowMs, (guest) => guest.serve());
    // Looked at again at the next tick, as long as there is somebody.
    deadline.dueMs = nowMs;
    if (line.size === 0) deadlines.remove(deadline);
  };

  return {
    join(guest) {
      const wanted = policy();
      if (wanted !== current && line.size === 0) {
        line = new WaitingLine<Guest>(wanted);
        current = wanted;
      }
      if (line.join(guest) === 'full') return false;
      deadline.dueMs = clock.monotonicMs();
      deadlines.add(deadline);
      return true;
    },
    leave(guest) {
      line.leave(guest);
      if (line.size === 0) deadlines.remove(deadline);
    },
    wake() {
      if (line.size === 0 || woken) return;
      woken = true;
      // Whoever freed something is still busy with it.
      queueMicrotask(() => {
        woken = false;
        line.wake();
        look();
      });
    },
    get size() {
      return line.size;
    },
  };
}
