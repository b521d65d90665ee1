// The orders of one exchange's machine, as they are given step by step: one launch at a time, one deadline, one finish.

import type { Attempts } from './attempts.ts';
import type { Finish, Input, LaunchOutput, LaunchReason, Output } from './signals.ts';

const NOTHING: readonly Output[] = [];

/** Collects the orders of a step, and keeps what the driver was told and still has to act upon. */
export class Orders {
  /** The launch that waits for its answer. */
  asking: LaunchOutput | undefined;
  finished = false;
  private readonly attempts: Attempts;
  private list: Output[] = [];
  /** The end that is certain while a launch still waits for its answer. */
  private ending: Finish | undefined;
  /** The deadline that the driver keeps. */
  private wakeAtMs: number = Number.POSITIVE_INFINITY;

  constructor(attempts: Attempts) {
    this.attempts = attempts;
  }

  /** The orders of this step. */
  take(): readonly Output[] {
    if (this.list.length === 0) return NOTHING;
    const { list } = this;
    this.list = [];
    return list;
  }

  launch(why: LaunchReason, of?: number): void {
    const attempt = this.attempts.next;
    this.asking = of === undefined ? { type: 'launch', attempt, why } : { type: 'launch', attempt, why, of };
    this.list.push(this.asking);
  }

  abort(attempt: number, why: 'lost' | 'left'): void {
    this.attempts.ended(attempt, false);
    this.list.push({ type: 'abort', attempt, why });
  }

  abortOthers(spared: number | undefined, why: 'lost' | 'left'): void {
    for (let attempt = 0; this.attempts.running > 0 && attempt < this.attempts.next; attempt += 1)
      if (attempt !== spared && this.attempts.isRunning(attempt)) this.abort(attempt, why);
  }

  wake(atMs: number): void {
    if (atMs === this.wakeAtMs) return;
    this.wakeAtMs = atMs;
    this.list.push({ type: 'wake', atMs });
  }

  /** The moment asked for has come: the driver keeps no deadline any more. */
  woken(): void {
    this.wakeAtMs = Number.POSITIVE_INFINITY;
  }

  wait(notBeforeMs: number): void {
    this.list.push({ type: 'wait', notBeforeMs });
  }

  /** Ends the exchange, as soon as no launch waits for its answer. */
  finish(how: Finish): void {
    if (this.asking !== undefined) {
      this.ending = how;
      return;
    }
    this.finished = true;
    this.list.push({ type: 'finish', how });
  }

  /** True while the end is certain. Takes the answer to the last launch, which is not wanted any more. */
  isEnding(input: Input): boolean {
    const { asking, ending } = this;
    if (ending === undefined || asking === undefined) return false;
    if (input.type === 'launched' && input.attempt === asking.attempt) {
      this.attempts.launched(asking);
      this.abort(asking.attempt, ending === 'left' ? 'left' : 'lost');
    } else if (input.type !== 'nobody') return true;
    this.asking = undefined;
    this.finish(ending);
    return true;
  }
}
