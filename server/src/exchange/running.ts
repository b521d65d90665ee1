// What is on its way right now, so that a stopping gateway can wait for it and, when its patience ends, tell every client
// in its own format.

import { type SluiceError, sluiceError } from '../core/model/error.ts';
import { Roster, type Rostered } from './roster.ts';

/** Something that can be ended early with an error. */
export interface Interruptible extends Rostered {
  interrupt(error: SluiceError): void;
}

/** The exchanges and attempts in flight. */
export interface Running {
  /** Follows one exchange until its promise settles. */
  follow(exchange: Promise<void>): void;
  add(attempt: Interruptible): void;
  remove(attempt: Interruptible): void;
  readonly count: number;
  /** Resolves when no exchange is in flight. */
  idle(): Promise<void>;
  /** Why nothing new is to be begun; undefined until everything was interrupted. */
  readonly stopping: SluiceError | undefined;
  /** Ends everything that is still in flight, and keeps exchanges that have not come so far from asking an upstream. */
  interruptAll(): void;
}

/** Makes an empty set. */
export function createRunning(): Running {
  const attempts = new Roster<Interruptible>();
  let count = 0;
  let waiting: (() => void)[] = [];
  let stopping: SluiceError | undefined;
  const ended = (): void => {
    count -= 1;
    if (count > 0) return;
    const done = waiting;
    waiting = [];
    for (const resolve of done) resolve();
  };
  return {
    follow: (exchange) => {
      count += 1;
      exchange.then(ended, ended);
    },
    add: (attempt) => {
      attempts.add(attempt);
    },
    remove: (attempt) => {
      attempts.remove(attempt);
    },
    get count() {
      return count;
    },
    idle: () => (count === 0 ? Promise.resolve() : new Promise((resolve) => waiting.push(resolve))),
    get stopping() {
      return stopping;
    },
    interruptAll: () => {
      const error = sluiceError(
        'shutting_down',
        'The gateway is stopping and could not wait for this answer any longer.',
        {
          suggestion: 'Send the request again.',
        },
      );
      stopping = error;
      attempts.visit((attempt) => attempt.interrupt(error));
    },
  };
}
