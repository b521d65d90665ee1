// What must always be true of the dispatch machine, in the plainest words: a driver that does what it is told, keeps its
// own book of every attempt, and throws at the first order that breaks a rule.

import type {
  Dispatch,
  DispatchPlan,
  FailedInput,
  Finish,
  Input,
  LaunchOutput,
  Output,
} from '../../src/core/routing/dispatch/signals.ts';
import { createDispatch } from '../../src/core/routing/dispatch.ts';

const MOST_RESUMES = 2;

/** What the pool says to a launch: a candidate, or when there will be one. */
export type Answer = 'candidate' | { readonly freeAtMs: number | undefined };

interface Tried {
  readonly order: LaunchOutput;
  /** Attempts of one candidate share this: the number of its first one. */
  readonly candidate: number;
  readonly atMs: number;
  state: 'running' | 'output' | 'ended';
  failure: FailedInput | undefined;
}

function must(condition: boolean, rule: string): asserts condition {
  if (!condition) throw new Error(rule);
}

/** The driver and its book. Inputs go in through `say`. */
export class DispatchModel {
  nowMs = 0;
  readonly tried: Tried[] = [];
  readonly plan: DispatchPlan;
  /** What has happened, to see that the runs reach everything. */
  readonly seen: Map<string, number>;
  waiting = false;
  asked: LaunchOutput | undefined;
  finish: Finish | undefined;
  wakeAtMs = Number.POSITIVE_INFINITY;
  private readonly dispatch: Dispatch;
  private readonly answers: readonly Answer[];
  /** Launches are answered by a command of their own instead of at once. */
  private readonly late: boolean;
  private answered = 0;
  private granted = 0;
  private gone = false;
  private served = false;

  constructor(
    plan: DispatchPlan,
    answers: readonly Answer[],
    late: boolean,
    random: () => number,
    seen: Map<string, number>,
  ) {
    this.plan = plan;
    this.answers = answers;
    this.late = late;
    this.seen = seen;
    this.dispatch = createDispatch(plan, random);
  }

  get running(): number[] {
    return [...this.tried.keys()].filter((attempt) => this.runs(attempt));
  }

  /** Hands one report to the machine and does what it says, until it says nothing more. */
  say(input: Input): void {
    this.note(input);
    const orders = this.dispatch(input, this.nowMs);
    orders.forEach((order, place) => {
      const final = order.type === 'launch' || order.type === 'wait' || order.type === 'finish';
      must(!final || place === orders.length - 1, `${order.type} is the last order of a step`);
      this.obey(order, input);
    });
    this.checkStep(input, orders);
    if (!this.late) this.answerLaunch();
  }

  /** A report that must change nothing. */
  sayStale(input: Input): void {
    const orders = this.dispatch(input, this.nowMs);
    must(orders.length === 0, `a report on an attempt that has ended is ignored: ${JSON.stringify(orders)}`);
  }

  answerLaunch(): void {
    const { asked } = this;
    if (asked === undefined) return;
    const answer = this.answers[this.answered % this.answers.length] ?? 'candidate';
    this.answered += 1;
    if (answer === 'candidate') this.say({ type: 'launched', attempt: asked.attempt });
    else this.say({ type: 'nobody', freeAtMs: answer.freeAtMs });
  }

  /** Lets time pass, with every wake on the way. */
  advance(byMs: number): void {
    const untilMs = this.nowMs + byMs;
    while (this.finish === undefined && this.wakeAtMs <= untilMs) {
      this.nowMs = Math.max(this.nowMs, this.wakeAtMs);
      this.wakeAtMs = Number.POSITIVE_INFINITY;
      this.say({ type: 'time' });
    }
    this.nowMs = untilMs;
  }

  /** Brings the exchange to its end by failures alone: whatever state it is in, it must come to one. */
  drain(): void {
    for (let step = 0; this.finish === undefined; step += 1) {
      must(step < 500, 'an exchange comes to its end');
      const [attempt] = this.running;
      if (this.asked !== undefined) this.answerLaunch();
      else if (attempt !== undefined)
        this.say({
          type: 'ended',
          attempt,
          how: 'failed',
          committed: this.tried[attempt]?.state === 'output',
          retriable: true,
          again: true,
          resumable: true,
          pressure: false,
        });
      else if (this.waiting) this.say({ type: 'refused' });
      else this.advance(this.wakeAtMs - this.nowMs);
    }
  }

  private runs(attempt: number): boolean {
    const state = this.tried[attempt]?.state;
    return state === 'running' || state === 'output';
  }

  private get hadOutput(): boolean {
    return this.tried.some((one) => one.state === 'output' || one.failure?.committed === true);
  }

  /** Only the answer to a launch, which is not wanted any more, is still missing. */
  private get endIsCertain(): boolean {
    const useless = this.asked !== undefined && this.asked.why !== 'resume';
    return useless && this.running.length === 0 && (this.served || this.hadOutput);
  }

  private get failures(): FailedInput[] {
    return this.tried.flatMap(({ failure }) => failure ?? []);
  }

  private get counted(): number {
    return this.tried.filter(({ order }) => order.why !== 'resume').length;
  }

  private tick(what: string): void {
    this.seen.set(what, (this.seen.get(what) ?? 0) + 1);
  }

  private note(input: Input): void {
    if (input.type === 'launched' && this.asked !== undefined) {
      const order = this.asked;
      this.asked = undefined;
      const candidate =
        order.of === undefined ? order.attempt : (this.tried[order.of]?.candidate ?? Number.NaN);
      this.tried.push({ order, candidate, atMs: this.nowMs, state: 'running', failure: undefined });
    }
    if (input.type === 'nobody') this.asked = undefined;
    if (input.type === 'gone') this.gone = !this.endIsCertain;
    if (input.type === 'time' && this.waiting) {
      this.waiting = false;
      if (this.counted >= this.plan.retry.maxAttempts + this.granted) {
        must(
          this.failures.every(({ pressure }) => pressure),
          'only 429s make used up attempts wait',
        );
        this.granted += 1;
      }
    }
    if (input.type === 'refused') this.waiting = false;
    const one = 'attempt' in input ? this.tried[input.attempt] : undefined;
    if (one === undefined) return;
    if (input.type === 'output') one.state = 'output';
    if (input.type !== 'ended') return;
    one.state = 'ended';
    if (input.how === 'failed') one.failure = input;
    if (input.how === 'left') this.gone = true;
    if (input.how === 'answered') this.served = true;
  }

  private obey(order: Output, input: Input): void {
    must(this.finish === undefined, 'nothing is ordered after the finish');
    if (order.type === 'launch') this.obeyLaunch(order);
    else if (order.type === 'abort') this.obeyAbort(order.attempt, order.why, input);
    else if (order.type === 'wake') {
      must(order.atMs >= this.nowMs, 'a wake lies ahead');
      this.wakeAtMs = order.atMs;
    } else if (order.type === 'wait') {
      must(this.plan.mayWait && !this.hadOutput, 'only who may wait and has no output waits');
      must(this.running.length === 0 && this.asked === undefined, 'nothing runs beside a wait');
      must(this.nowMs < this.plan.dueMs, 'nobody waits when the time is up');
      this.waiting = true;
      this.tick('wait');
    } else this.obeyFinish(order.how, input);
  }

  private obeyLaunch(order: LaunchOutput): void {
    const { mode, retry, dueMs } = this.plan;
    const running = this.running.length;
    this.tick(order.why);
    must(
      !this.gone && !this.waiting && this.asked === undefined,
      'one launch at a time, and none for the gone',
    );
    must(order.attempt === this.tried.length, 'attempts are numbered in their order');
    this.asked = order;
    if (order.why === 'resume') {
      const last = this.tried.findLast((one) => one.failure?.committed === true);
      must(running === 0 && last?.failure?.resumable === true, 'only a broken stream is resumed');
      const resumes = this.tried.filter((one) => one.order.why === 'resume').length;
      must(resumes < MOST_RESUMES && this.nowMs < dueMs, 'at most two resumes, in time');
      return;
    }
    must(!this.hadOutput, 'nothing is launched after output');
    must(this.counted < retry.maxAttempts + this.granted, 'at most maxAttempts');
    must(running < (mode.type === 'serial' ? 1 : mode.maxParallel), 'at most maxParallel');
    must(this.nowMs < dueMs || order.why === 'first', 'nothing is launched when the time is up');
    must(
      this.failures.every(({ retriable }) => retriable),
      'a request at fault is asked nowhere else',
    );
    if (running > 0)
      must(
        this.failures.every(({ pressure }) => !pressure),
        'after a 429 nothing runs beside another',
      );
    if (order.why === 'first') must(this.tried.length === 0, 'the first is the first');
    if (order.why === 'retry') must(this.failures.length > 0, 'a retry follows a failure');
    if (order.why === 'race') must(mode.type === 'race' && running > 0, 'only a race races');
    if (order.why === 'hedge') {
      must(mode.type === 'hedged' && running > 0, 'only the hedged hedge');
      const lastMs = this.tried.at(-1)?.atMs ?? Number.POSITIVE_INFINITY;
      must(
        this.nowMs >= lastMs + (this.plan.hedgeDelayMs ?? Number.POSITIVE_INFINITY),
        'a hedge has patience',
      );
    }
    must((order.why === 'again') === (order.of !== undefined), 'only who is asked again was asked before');
    if (order.of !== undefined) this.checkRepeat(order.of);
  }

  private checkRepeat(of: number): void {
    const before = this.tried[of];
    must(before?.failure?.again === true, 'only a candidate worth it is asked again');
    const same = this.tried.filter(({ candidate }) => candidate === before.candidate);
    must(same.length <= this.plan.retry.sameUpstream, 'each is asked again at most sameUpstream times');
    must(same.at(-1) === before, 'its last attempt decides');
    must(this.running.length === 0, 'nobody is asked again beside others');
  }

  private obeyAbort(attempt: number, why: 'lost' | 'left', input: Input): void {
    must(this.runs(attempt), 'only what runs is aborted');
    must(why === 'left' ? this.gone : !this.gone, 'who left and who lost are told apart');
    const won =
      input.type === 'output' || (input.type === 'ended' && (input.how !== 'failed' || input.committed));
    const late = input.type === 'launched' && input.attempt === attempt;
    must(why === 'left' || won || late, 'attempts lose only to a winner');
    const one = this.tried[attempt];
    if (one !== undefined) one.state = 'ended';
    this.tick(`abort ${why}`);
  }

  private obeyFinish(how: Finish, input: Input): void {
    must(this.running.length === 0 && this.asked === undefined, 'all has ended before the finish');
    this.finish = how;
    this.tick(`finish ${how}`);
    if (how === 'exhausted') must(this.tried.length === 0, 'exhausted: nobody was asked');
    if (how === 'failed') {
      must(this.tried.length > 0 && !this.hadOutput, 'failed: asked in vain');
      if (input.type === 'ended' && input.how === 'failed') this.checkSurrender();
    }
    if (how === 'committed-failure') must(this.hadOutput, 'committed: the client has output');
    if (how === 'left') must(this.gone, 'left: the client is gone');
    else must(!this.gone, 'a client that is gone ends nothing else');
  }

  /** A failure ends the exchange at once only where the rules say so. */
  private checkSurrender(): void {
    const hopeless = this.failures.some(({ retriable }) => !retriable);
    const usedUp = this.counted >= this.plan.retry.maxAttempts;
    must(
      hopeless || usedUp || this.nowMs >= this.plan.dueMs,
      'a failure leads to the next candidate at once',
    );
  }

  private checkStep(input: Input, orders: readonly Output[]): void {
    const failedQuietly = input.type === 'ended' && input.how === 'failed' && !input.committed;
    if (failedQuietly)
      must(
        orders.every(({ type }) => type !== 'abort'),
        'a failure leaves the others running',
      );
    const outputs = this.tried.filter(({ state }) => state === 'output').length;
    must(outputs <= 1, 'one winner');
    if (outputs === 1) must(this.running.length === 1, 'losers are aborted in the same step');
    if (this.finish !== undefined) return;
    const alive = this.running.length > 0 || this.asked !== undefined || this.waiting;
    must(
      alive || Number.isFinite(this.wakeAtMs),
      'an exchange that has not ended has something to go on with',
    );
  }
}
