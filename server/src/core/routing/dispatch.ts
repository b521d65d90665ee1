// Decides which attempts of one exchange are launched, when, and which of them is heard: serially, hedged or raced. It
// acts on nothing and knows no candidate: the driver (exchange/dispatch.ts) reports what happened and does what it is told.

import { backoffMs } from './backoff.ts';
import { Attempts } from './dispatch/attempts.ts';
import { Orders } from './dispatch/orders.ts';
import { Prospects } from './dispatch/prospects.ts';
import type {
  Dispatch,
  DispatchPlan,
  FailedInput,
  Finish,
  Input,
  LaunchOutput,
  Output,
} from './dispatch/signals.ts';

export type { Dispatch, DispatchPlan, Finish, Input, LaunchOutput, Output };

type NobodyInput = Extract<Input, { type: 'nobody' }>;

/** How often one exchange may go on with a stream that died after output. */
const MOST_RESUMES = 2;
const NEVER = Number.POSITIVE_INFINITY;

/**
 * The machine of one exchange. `nowMs` is monotonic time that never goes back; `random` gives numbers in [0, 1).
 *
 * - Before output a failure leads to the next candidate at once, until `retry.maxAttempts` are used up, `dueMs` has come
 *   or a failure says that the request itself is at fault. Those that run beside it go on.
 * - When nobody new is left, those that failed are asked again after a backoff, `retry.sameUpstream` times each; after
 *   that the exchange waits, if it may and someone will be free. One that has asked nobody yet always may, where another
 *   request is finding out whether its candidate works again: that we suspect somebody is no reason to refuse.
 * - When all attempts are used up and every one met a 429, an exchange that may wait does so instead of failing, and each
 *   wait that succeeds is good for one attempt more.
 * - A 429 ends hedging and racing of the exchange: where there is too little, nothing is asked for twice.
 * - The first output wins. A stream that dies after it is at most resumed, twice.
 */
export function createDispatch(plan: DispatchPlan, random: () => number): Dispatch {
  if (plan.mode.type === 'serial') return straight(() => new Machine(plan, random));
  const machine = new Machine(plan, random);
  return (input, nowMs) => machine.step(input, nowMs);
}

const NOTHING: readonly Output[] = [];
const LAUNCH_FIRST: readonly Output[] = [{ type: 'launch', attempt: 0, why: 'first' }];
const ANSWERED: readonly Output[] = [{ type: 'finish', how: 'answered' }];
const LEFT: readonly Output[] = [{ type: 'finish', how: 'left' }];

/** Most exchanges have one attempt, which is answered: nothing is made for them. Whatever else happens, a machine takes over. */
function straight(make: () => Machine): Dispatch {
  let at: 'beginning' | 'asking' | 'running' | 'answering' | 'over' = 'beginning';
  let machine: Machine | undefined;
  return (input, nowMs) => {
    if (machine !== undefined) return machine.step(input, nowMs);
    if (at === 'over') return NOTHING;
    if (at === 'beginning' && input.type === 'start') {
      at = 'asking';
      return LAUNCH_FIRST;
    }
    if (at === 'asking' && input.type === 'launched' && input.attempt === 0) {
      at = 'running';
      return NOTHING;
    }
    if (at === 'running' && input.type === 'output' && input.attempt === 0) {
      at = 'answering';
      return NOTHING;
    }
    const runs = at === 'running' || at === 'answering';
    if (runs && input.type === 'ended' && input.attempt === 0 && input.how !== 'failed') {
      at = 'over';
      return input.how === 'answered' ? ANSWERED : LEFT;
    }
    machine = make();
    if (at !== 'beginning') machine.step({ type: 'start' }, nowMs);
    if (runs) machine.step({ type: 'launched', attempt: 0 }, nowMs);
    if (at === 'answering') machine.step({ type: 'output', attempt: 0 }, nowMs);
    return machine.step(input, nowMs);
  };
}

interface Repeat {
  readonly of: number;
  readonly atMs: number;
}

class Machine {
  private readonly plan: DispatchPlan;
  private readonly random: () => number;
  private readonly attempts = new Attempts();
  private readonly orders: Orders;
  private readonly prospects: Prospects;
  private begun = false;
  /** The attempt whose output the client has. */
  private winner: number | undefined;
  /** The repeat that waits for its backoff. */
  private repeat: Repeat | undefined;
  private waiting = false;
  private waits = 0;
  /** The last answer to a search among all candidates. */
  private freeAtMs: number | undefined;

  constructor(plan: DispatchPlan, random: () => number) {
    this.plan = plan;
    this.random = random;
    this.orders = new Orders(this.attempts);
    this.prospects = new Prospects(plan, this.attempts);
  }

  step(input: Input, nowMs: number): readonly Output[] {
    const { orders } = this;
    if (!orders.finished && !orders.isEnding(input)) this.hear(input, nowMs);
    return orders.take();
  }

  private hear(input: Input, nowMs: number): void {
    switch (input.type) {
      case 'start':
        if (!this.begun) this.orders.launch('first');
        this.begun = true;
        return;
      case 'time':
        this.onTime(nowMs);
        return;
      case 'launched':
        this.onLaunched(input.attempt, nowMs);
        return;
      case 'nobody':
        this.onNobody(input, nowMs);
        return;
      case 'output':
        if (this.attempts.isRunning(input.attempt)) this.win(input.attempt);
        return;
      case 'ended':
        if (!this.attempts.isRunning(input.attempt)) return;
        if (input.how === 'failed') this.onFailed(input, nowMs);
        else this.onEnded(input.attempt, input.how);
        return;
      case 'refused':
        if (this.waiting) this.giveUp();
        return;
      case 'gone':
        this.orders.abortOthers(undefined, 'left');
        this.orders.finish('left');
    }
  }

  private onEnded(attempt: number, how: 'answered' | 'left'): void {
    this.attempts.ended(attempt, false);
    this.orders.abortOthers(undefined, how === 'left' ? 'left' : 'lost');
    this.orders.finish(how);
  }

  private onTime(nowMs: number): void {
    this.orders.woken();
    if (this.orders.asking !== undefined || this.winner !== undefined) return;
    if (this.waiting) this.endWait(nowMs);
    else if (this.repeat !== undefined) this.endBackoff(this.repeat, nowMs);
    else if (nowMs >= this.prospects.nextHedgeMs(nowMs)) this.orders.launch('hedge');
    else this.wakeForHedge(nowMs);
  }

  private endWait(nowMs: number): void {
    this.waiting = false;
    if (nowMs >= this.plan.dueMs) {
      this.giveUp();
      return;
    }
    this.prospects.grant();
    this.orders.launch(this.attempts.next === 0 ? 'first' : 'retry');
  }

  private endBackoff(repeat: Repeat, nowMs: number): void {
    if (nowMs < repeat.atMs) {
      this.orders.wake(repeat.atMs);
      return;
    }
    this.repeat = undefined;
    if (nowMs >= this.plan.dueMs) this.giveUp();
    else this.orders.launch('again', repeat.of);
  }

  private onLaunched(attempt: number, nowMs: number): void {
    const order = this.orders.asking;
    if (order === undefined || order.attempt !== attempt) return;
    this.orders.asking = undefined;
    this.attempts.launched(order);
    if (this.winner !== undefined) {
      if (order.why === 'resume') return;
      // It came too late to be of use.
      this.orders.abort(attempt, 'lost');
      return;
    }
    this.prospects.launched(nowMs);
    if (this.plan.mode.type === 'race' && this.prospects.mayJoin(nowMs)) this.orders.launch('race');
    else this.wakeForHedge(nowMs);
  }

  private onNobody({ freeAtMs, probed = false }: NobodyInput, nowMs: number): void {
    const order = this.orders.asking;
    if (order === undefined) return;
    this.orders.asking = undefined;
    if (order.why === 'resume') this.orders.finish('committed-failure');
    else if (this.winner !== undefined) return;
    else if (this.attempts.running > 0) {
      this.prospects.missed(nowMs);
      this.wakeForHedge(nowMs);
    } else if (this.prospects.hopeless) this.giveUp();
    // What it was to run beside has failed meanwhile, and a hedge may be refused for its budget alone.
    else if (order.why === 'hedge' || order.why === 'race') this.goOn(nowMs);
    else {
      if (order.of === undefined) this.freeAtMs = freeAtMs;
      else this.attempts.writeOff(order.of);
      this.repeatOrWait(probed && this.attempts.next === 0, nowMs);
    }
  }

  private onFailed(failed: FailedInput, nowMs: number): void {
    const { attempt } = failed;
    if (failed.committed) this.win(attempt);
    this.attempts.ended(attempt, failed.again && failed.retriable);
    if (failed.committed && !failed.resumable) this.orders.finish('committed-failure');
    else if (failed.committed || this.attempts.isResuming(attempt)) this.resume(nowMs);
    // The others were given up for its sake, and what it has shown cannot be replaced in silence.
    else if (this.winner !== undefined) this.orders.finish('failed');
    else this.replace(failed, nowMs);
  }

  /** An attempt has failed before any output. */
  private replace(failed: FailedInput, nowMs: number): void {
    this.prospects.learn(failed);
    if (this.orders.asking !== undefined) return;
    if (this.attempts.running === 0) this.goOn(nowMs);
    else if (this.prospects.mayJoin(nowMs)) this.orders.launch('retry');
    else this.wakeForHedge(nowMs);
  }

  private win(attempt: number): void {
    if (this.winner === attempt) return;
    this.winner = attempt;
    this.orders.wake(NEVER);
    this.orders.abortOthers(attempt, 'lost');
  }

  /** Nothing runs, nothing was output, and the last attempt has failed. */
  private goOn(nowMs: number): void {
    if (this.prospects.hopeless || nowMs >= this.plan.dueMs) this.giveUp();
    else if (this.prospects.hasAttempts()) this.orders.launch('retry');
    else if (this.plan.mayWait && this.prospects.onlyPressed) this.wait(undefined, nowMs);
    else this.giveUp();
  }

  /** Nothing runs, and there is nobody new to ask. */
  private repeatOrWait(probed: boolean, nowMs: number): void {
    const { retry, dueMs, mayWait } = this.plan;
    const of = this.attempts.repeatable(retry.sameUpstream);
    if (of !== undefined && this.prospects.hasAttempts()) {
      const atMs = nowMs + backoffMs(this.attempts.repeats, retry.backoff, this.random);
      if (atMs < dueMs) {
        this.repeat = { of, atMs };
        this.orders.wake(atMs);
        return;
      }
    }
    const { freeAtMs } = this;
    const inTime = freeAtMs !== undefined && (freeAtMs < dueMs || freeAtMs === NEVER);
    if ((mayWait || probed) && inTime && nowMs < dueMs) this.wait(freeAtMs, nowMs);
    else this.giveUp();
  }

  /** Each wait after the first, and one that nobody could give a time for, lasts at least a backoff. */
  private wait(freeAtMs: number | undefined, nowMs: number): void {
    const calm = freeAtMs === undefined || this.waits > 0;
    const leastMs = calm ? backoffMs(this.waits, this.plan.retry.backoff, this.random) : 0;
    this.waits += 1;
    this.waiting = true;
    this.orders.wake(this.plan.dueMs);
    this.orders.wait(Math.max(freeAtMs ?? nowMs, nowMs + leastMs));
  }

  private resume(nowMs: number): void {
    const possible = this.attempts.resumes < MOST_RESUMES && nowMs < this.plan.dueMs;
    if (possible && this.orders.asking === undefined) this.orders.launch('resume');
    else this.orders.finish('committed-failure');
  }

  private wakeForHedge(nowMs: number): void {
    this.orders.wake(this.prospects.nextHedgeMs(nowMs));
  }

  private giveUp(): void {
    this.orders.finish(this.attempts.next === 0 ? 'exhausted' : 'failed');
  }
}
