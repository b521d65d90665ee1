// Watches that a request body keeps coming: it may not pause for long, and not trickle. Per chunk it only adds up; the
// judging is done by the shared ticker.

import type { Clock, Deadline, Deadlines } from '../exchange/ports.ts';
import type { EdgeLimits } from './limits.ts';

/** The watch over one body, from creation to stop(). */
export class BodyPace implements Deadline {
  dueMs: number;
  place = -1;
  readonly #clock: Clock;
  readonly #deadlines: Deadlines;
  readonly #limits: EdgeLimits;
  readonly #tooSlow: () => void;
  #lastMs: number;
  #windowMs: number;
  #windowBytes = 0;

  /** `tooSlow` is called once, when the body has paused or trickled for too long. */
  constructor(clock: Clock, deadlines: Deadlines, limits: EdgeLimits, tooSlow: () => void) {
    this.#clock = clock;
    this.#deadlines = deadlines;
    this.#limits = limits;
    this.#tooSlow = tooSlow;
    this.#lastMs = clock.monotonicMs();
    this.#windowMs = this.#lastMs;
    this.dueMs = this.#nextDueMs();
    deadlines.add(this);
  }

  /** Some bytes have come. */
  arrived(bytes: number): void {
    this.#lastMs = this.#clock.monotonicMs();
    this.#windowBytes += bytes;
  }

  /** The body is held back by us: the client cannot be blamed. */
  hold(): void {
    this.dueMs = Number.POSITIVE_INFINITY;
  }

  /** The body flows again. */
  release(): void {
    this.#lastMs = this.#clock.monotonicMs();
    this.#startWindow(this.#lastMs);
    this.dueMs = this.#nextDueMs();
  }

  /** The body is over. */
  stop(): void {
    this.dueMs = Number.POSITIVE_INFINITY;
    this.#deadlines.remove(this);
  }

  expired(): void {
    const nowMs = this.#clock.monotonicMs();
    const idle = nowMs - this.#lastMs >= this.#limits.bodyIdleMs;
    const windowOver = nowMs - this.#windowMs >= this.#limits.slowBodyWindowMs;
    if (idle || (windowOver && this.#windowBytes < this.#limits.slowBodyBytes)) {
      this.stop();
      this.#tooSlow();
      return;
    }
    if (windowOver) this.#startWindow(nowMs);
    this.dueMs = this.#nextDueMs();
  }

  #startWindow(nowMs: number): void {
    this.#windowMs = nowMs;
    this.#windowBytes = 0;
  }

  #nextDueMs(): number {
    return Math.min(this.#lastMs + this.#limits.bodyIdleMs, this.#windowMs + this.#limits.slowBodyWindowMs);
  }
}
