// Words for tests of the dispatch machine: plans, failures, and a talk with the machine in which time is set by hand.

import type {
  Dispatch,
  DispatchPlan,
  FailedInput,
  Input,
  Output,
} from '../../src/core/routing/dispatch/signals.ts';
import { createDispatch } from '../../src/core/routing/dispatch.ts';
import { DEFAULT_RETRY, type DispatchMode, type RetryPolicy } from '../../src/core/routing/policy.ts';

export interface PlanChanges extends Partial<Omit<DispatchPlan, 'retry'>> {
  readonly retry?: Partial<RetryPolicy>;
}

/** A plan: serial, three attempts, no end of time and no waiting unless the changes say otherwise. */
export function planOf(changes: PlanChanges = {}): DispatchPlan {
  return {
    mode: { type: 'serial' },
    hedgeDelayMs: undefined,
    dueMs: Number.POSITIVE_INFINITY,
    mayWait: false,
    ...changes,
    retry: { ...DEFAULT_RETRY, ...changes.retry },
  };
}

export function hedged(maxParallel: number): DispatchMode {
  return { type: 'hedged', delayMs: 'p95', maxParallel, budget: 0.07 };
}

/** A failure before output that another candidate may mend. */
export function failed(attempt: number, changes: Partial<FailedInput> = {}): FailedInput {
  return {
    type: 'ended',
    attempt,
    how: 'failed',
    committed: false,
    retriable: true,
    again: false,
    resumable: false,
    pressure: false,
    ...changes,
  };
}

/** Talks with one machine. */
export class Talk {
  nowMs = 0;
  private readonly dispatch: Dispatch;

  constructor(changes: PlanChanges = {}, random: () => number = () => 0.5) {
    this.dispatch = createDispatch(planOf(changes), random);
  }

  say(input: Input): readonly Output[] {
    return this.dispatch(input, this.nowMs);
  }

  /** Moves the clock to the moment asked for by the last wake of these orders, and says so. */
  wakeUp(orders: readonly Output[]): readonly Output[] {
    this.nowMs = wakeOf(orders);
    return this.say({ type: 'time' });
  }

  /** Starts, with so many candidates found, as long as the machine asks for more. */
  begin(candidates = 1): readonly Output[] {
    let orders = this.say({ type: 'start' });
    for (let found = 0; found < candidates; found += 1) {
      const launch = orders.at(-1);
      if (launch?.type !== 'launch') break;
      orders = this.say({ type: 'launched', attempt: launch.attempt });
    }
    return orders;
  }

  launched(attempt: number): readonly Output[] {
    return this.say({ type: 'launched', attempt });
  }

  nobody(freeAtMs?: number): readonly Output[] {
    return this.say({ type: 'nobody', freeAtMs });
  }
}

/** The moment the last wake of these orders asks for. */
export function wakeOf(orders: readonly Output[]): number {
  const wake = orders.findLast((order) => order.type === 'wake');
  if (wake === undefined) throw new Error(`No wake among ${JSON.stringify(orders)}.`);
  return wake.atMs;
}
