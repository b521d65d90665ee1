// Many exchanges at once in simulated time: the dispatch machine, its budget and its latencies are the real ones, the
// clock, the candidates and their answers are made up.

import type { Input, LaunchOutput, Output } from '../../src/core/routing/dispatch/signals.ts';
import { createDispatch } from '../../src/core/routing/dispatch.ts';
import { UsualTime } from '../../src/core/routing/latency.ts';
import type { DispatchMode } from '../../src/core/routing/policy.ts';
import { Share } from '../../src/core/routing/share.ts';
import { failed, planOf } from './dispatching.ts';

/** After a 429 nothing of the route is hedged for so long. */
const PRESSED_MS = 10_000;
const TOTAL_MS = 600_000;

/** What a candidate does when it is asked: first output after so long, or a 429. */
export interface Reply {
  readonly afterMs: number;
  readonly limited: boolean;
}

export interface Setting {
  readonly mode: DispatchMode;
  readonly candidates: number;
  readonly requests: number;
  /** How many requests come in a second at this time (in ms). */
  readonly rate: (nowMs: number) => number;
  readonly reply: (candidate: number, nowMs: number, random: () => number) => Reply;
  /** Seed of all chance. */
  readonly seed: number;
}

/** One exchange when it is over. */
export interface Served {
  readonly arrivedMs: number;
  /** Time to first output; undefined: it failed. */
  readonly ttftMs: number | undefined;
  readonly launches: readonly LaunchOutput['why'][];
  /** How many launches came before its first 429; undefined: it met none. */
  readonly launchesBefore429: number | undefined;
}

/** Small and seeded: mulberry32. */
function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

interface Moment {
  readonly atMs: number;
  readonly act: () => void;
}

/** Moments in the order of their time: a binary heap. */
class Agenda {
  private readonly heap: Moment[] = [];

  add(moment: Moment): void {
    const { heap } = this;
    let place = heap.length;
    heap.push(moment);
    for (let above = (place - 1) >> 1; place > 0; above = (place - 1) >> 1) {
      const parent = heap[above];
      if (parent === undefined || parent.atMs <= moment.atMs) break;
      heap[place] = parent;
      place = above;
    }
    heap[place] = moment;
  }

  next(): Moment | undefined {
    const { heap } = this;
    const [first] = heap;
    const last = heap.pop();
    if (first === undefined || last === undefined || heap.length === 0) return first;
    let place = 0;
    for (;;) {
      const left = 2 * place + 1;
      const right = (heap[left + 1]?.atMs ?? Number.POSITIVE_INFINITY) < (heap[left]?.atMs ?? 0);
      const below = heap[left + (right ? 1 : 0)];
      if (below === undefined || below.atMs >= last.atMs) break;
      heap[place] = below;
      place = left + (right ? 1 : 0);
    }
    heap[place] = last;
    return first;
  }
}

/** What the exchanges of one route share. */
class Route {
  nowMs = 0;
  pressedMs = Number.NEGATIVE_INFINITY;
  cursor = 0;
  readonly latency = new UsualTime();
  readonly share = new Share();
  readonly agenda = new Agenda();
  readonly served: Served[] = [];
  readonly setting: Setting;
  readonly random: () => number;

  constructor(setting: Setting) {
    this.setting = setting;
    this.random = seeded(setting.seed);
  }

  hedgeDelayMs(): number | undefined {
    const { mode } = this.setting;
    if (mode.type !== 'hedged') return undefined;
    return mode.delayMs === 'p95' ? this.latency.p95Ms() : mode.delayMs;
  }

  mayHedge(): boolean {
    const { mode } = this.setting;
    if (mode.type !== 'hedged' || this.nowMs - this.pressedMs < PRESSED_MS) return false;
    return this.share.take(mode.budget, this.nowMs);
  }

  after(delayMs: number, act: () => void): void {
    this.agenda.add({ atMs: this.nowMs + delayMs, act });
  }
}

/** The driver of one exchange. */
class Driver {
  private readonly route: Route;
  private readonly arrivedMs: number;
  private readonly dispatch: (input: Input, nowMs: number) => readonly Output[];
  private readonly launches: LaunchOutput['why'][] = [];
  private readonly sentMs: number[] = [];
  private readonly cancelled = new Set<number>();
  private readonly tried = new Set<number>();
  private wakes = 0;
  private ttftMs: number | undefined;
  private launchesBefore429: number | undefined;

  constructor(route: Route) {
    this.route = route;
    this.arrivedMs = route.nowMs;
    route.share.note(route.nowMs);
    const plan = planOf({
      mode: route.setting.mode,
      hedgeDelayMs: route.hedgeDelayMs(),
      dueMs: route.nowMs + TOTAL_MS,
    });
    this.dispatch = createDispatch(plan, route.random);
  }

  say(input: Input): void {
    for (const order of this.dispatch(input, this.route.nowMs)) this.obey(order);
  }

  private obey(order: Output): void {
    if (order.type === 'launch') this.launch(order);
    else if (order.type === 'abort') this.abort(order.attempt);
    else if (order.type === 'wake') this.wake(order.atMs);
    else if (order.type === 'finish') this.finish();
  }

  private abort(attempt: number): void {
    const { route } = this;
    this.cancelled.add(attempt);
    // That it was slower than this is all that the percentile has to know; of one that had hardly begun it learns nothing.
    const elapsedMs = route.nowMs - (this.sentMs[attempt] ?? route.nowMs);
    if (elapsedMs >= (route.latency.p95Ms() ?? Number.POSITIVE_INFINITY))
      route.latency.note(elapsedMs, route.nowMs);
  }

  private launch(order: LaunchOutput): void {
    const { route } = this;
    const candidate = this.choose(order.why);
    if (candidate === undefined) {
      this.say({ type: 'nobody', freeAtMs: undefined });
      return;
    }
    this.launches.push(order.why);
    this.tried.add(candidate);
    this.sentMs.push(route.nowMs);
    const { attempt } = order;
    const reply = route.setting.reply(candidate, route.nowMs, route.random);
    route.after(reply.afterMs, () => this.reply(attempt, reply));
    this.say({ type: 'launched', attempt });
  }

  private choose(why: LaunchOutput['why']): number | undefined {
    const { route } = this;
    const { candidates } = route.setting;
    if (why === 'hedge' && !route.mayHedge()) return undefined;
    for (let step = 0; step < candidates; step += 1) {
      const candidate = route.cursor++ % candidates;
      if (!this.tried.has(candidate)) return candidate;
    }
    return undefined;
  }

  private reply(attempt: number, { afterMs, limited }: Reply): void {
    const { route } = this;
    if (this.cancelled.has(attempt)) return;
    if (limited) {
      route.pressedMs = route.nowMs;
      this.launchesBefore429 ??= this.launches.length;
      this.say(failed(attempt, { pressure: true }));
      return;
    }
    route.latency.note(afterMs, route.nowMs);
    this.ttftMs = route.nowMs - this.arrivedMs;
    this.say({ type: 'output', attempt });
    this.say({ type: 'ended', attempt, how: 'answered' });
  }

  private wake(atMs: number): void {
    this.wakes += 1;
    const { route, wakes } = this;
    if (!Number.isFinite(atMs)) return;
    route.after(Math.max(0, atMs - route.nowMs), () => {
      if (wakes === this.wakes) this.say({ type: 'time' });
    });
  }

  private finish(): void {
    const { arrivedMs, ttftMs, launches, launchesBefore429 } = this;
    this.wakes += 1;
    this.route.served.push({ arrivedMs, ttftMs, launches, launchesBefore429 });
  }
}

/** Runs all requests to their end. */
export function simulate(setting: Setting): readonly Served[] {
  const route = new Route(setting);
  // Arrivals have chance of their own, so that the same ones come whatever is done with them.
  const arrivals = seeded(setting.seed + 1);
  let left = setting.requests;
  const arrive = (): void => {
    new Driver(route).say({ type: 'start' });
    left -= 1;
    if (left > 0) route.after((-Math.log(1 - arrivals()) * 1_000) / setting.rate(route.nowMs), arrive);
  };
  route.after(0, arrive);
  for (let moment = route.agenda.next(); moment !== undefined; moment = route.agenda.next()) {
    route.nowMs = Math.max(route.nowMs, moment.atMs);
    moment.act();
  }
  return route.served;
}

/** The value that this share of the numbers does not exceed. */
export function quantile(numbers: readonly number[], share: number): number {
  const sorted = [...numbers].sort((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(share * sorted.length) - 1))] ?? Number.NaN;
}
