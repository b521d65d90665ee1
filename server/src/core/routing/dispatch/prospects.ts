// What may still be launched in one exchange: the attempts that are left, what failures have ruled out, and when the next
// hedge joins.

import type { Attempts } from './attempts.ts';
import type { DispatchPlan, FailedInput } from './signals.ts';

const NEVER = Number.POSITIVE_INFINITY;

/** A hedge that was put off is not asked for again sooner, however short its delay. */
const LEAST_PAUSE_MS = 250;

/** Reads the book of attempts; learns from failures before output and from waits. */
export class Prospects {
  /** Nothing more can help: the request is at fault. */
  hopeless = false;
  /** Nothing but 429s was met. */
  onlyPressed = true;
  private readonly plan: DispatchPlan;
  private readonly attempts: Attempts;
  private readonly maxParallel: number;
  /** A 429 was met. */
  private pressed = false;
  /** Attempts beyond maxAttempts, given by waits. */
  private granted = 0;
  private hedgeAtMs = NEVER;

  constructor(plan: DispatchPlan, attempts: Attempts) {
    this.plan = plan;
    this.attempts = attempts;
    this.maxParallel = plan.mode.type === 'serial' ? 1 : plan.mode.maxParallel;
  }

  /** An attempt has failed before any output. */
  learn(failed: FailedInput): void {
    if (failed.pressure) this.pressed = true;
    else this.onlyPressed = false;
    if (!failed.retriable) this.hopeless = true;
  }

  /** A wait has succeeded: it would be in vain without an attempt. */
  grant(): void {
    if (!this.hasAttempts()) this.granted += 1;
  }

  hasAttempts(): boolean {
    return this.attempts.counted < this.plan.retry.maxAttempts + this.granted;
  }

  /** Whether one more attempt may run beside those that run. */
  mayJoin(nowMs: number): boolean {
    const { running } = this.attempts;
    const wanted = !this.hopeless && !this.pressed && running > 0 && running < this.maxParallel;
    return wanted && this.hasAttempts() && nowMs < this.plan.dueMs;
  }

  /** Each hedge joins a delay after the last launch. */
  launched(nowMs: number): void {
    const { mode, hedgeDelayMs } = this.plan;
    this.hedgeAtMs = mode.type === 'hedged' && hedgeDelayMs !== undefined ? nowMs + hedgeDelayMs : NEVER;
  }

  /** Nobody could join: a hedge that is due is put off. A budget that says no now may say yes soon. */
  missed(nowMs: number): void {
    if (nowMs < this.hedgeAtMs) return;
    this.hedgeAtMs = nowMs + Math.max(this.plan.hedgeDelayMs ?? NEVER, LEAST_PAUSE_MS);
  }

  /** When the next hedge joins, unless something happens before; Infinity: none will. */
  nextHedgeMs(nowMs: number): number {
    return this.mayJoin(nowMs) && this.hedgeAtMs < this.plan.dueMs ? this.hedgeAtMs : NEVER;
  }
}
