// What is remembered of the requests of one route for one model: whose turn it is, how long answers usually take, and
// how much hedging there may be.

import { Credit } from '../../core/routing/credit.ts';
import { UsualTime } from '../../core/routing/latency.ts';
import type { DispatchMode } from '../../core/routing/policy.ts';
import { Share } from '../../core/routing/share.ts';

/** How long there is no hedging after a 429. */
const PRESSED_MS = 10_000;

/** Of one route and model. Times are on the monotonic clock. */
export class RouteFacts {
  /** Counts requests: each next one begins with the next candidate. */
  cursor = 0;
  /** Times to the first output of streams, and of whole answers. */
  readonly #streams: UsualTime = new UsualTime();
  readonly #answers: UsualTime = new UsualTime();
  readonly #hedges: Credit = new Credit();
  /** Fifty requests in ten seconds are reckoned with at least: a single user may repeat once a second. */
  readonly #repeats: Share = new Share(10_000, 50);
  /** When a candidate last said that it has too much to do. */
  #pressedMs: number = Number.NEGATIVE_INFINITY;

  /** A request begins. Answers after how long another candidate joins a slow one; undefined: not at all, or not now. */
  begin(mode: DispatchMode, streamed: boolean, nowMs: number): number | undefined {
    this.#repeats.note(nowMs);
    this.#hedges.earn();
    if (mode.type !== 'hedged') return undefined;
    return mode.delayMs === 'p95' ? this.#times(streamed).p95Ms() : mode.delayMs;
  }

  /** Whether there may be one more hedge: within its share of requests, and not while candidates have too much to do. */
  mayHedge(mode: DispatchMode, nowMs: number): boolean {
    if (mode.type !== 'hedged' || nowMs - this.#pressedMs < PRESSED_MS) return false;
    return this.#hedges.spend(mode.budget);
  }

  /** Whether a candidate may be asked once more, within the share of requests that may be repeats. */
  mayRepeat(budget: number, nowMs: number): boolean {
    return this.#repeats.take(budget, nowMs);
  }

  /** A candidate has said that it has too much to do. */
  press(nowMs: number): void {
    this.#pressedMs = nowMs;
  }

  /** The first output has come after so long. */
  took(ms: number, streamed: boolean, nowMs: number): void {
    this.#times(streamed).note(ms, nowMs);
  }

  /**
   * An attempt was ended because another one was faster. How long it had shown nothing counts as its time where that is
   * long: else the usual time would be that of the fast ones alone.
   */
  outlasted(ms: number, streamed: boolean, nowMs: number): void {
    const usualMs = this.#times(streamed).p95Ms();
    if (usualMs !== undefined && ms >= usualMs) this.#times(streamed).note(ms, nowMs);
  }

  #times(streamed: boolean): UsualTime {
    return streamed ? this.#streams : this.#answers;
  }
}

/** Beyond so many the older half is forgotten: names that do not exist are endless. */
const LIMIT = 10_000;

/** All of them, in two generations. */
export class RouteMemory {
  #young = new Map<string, RouteFacts>();
  #old = new Map<string, RouteFacts>();

  of(routeId: string, model: string): RouteFacts {
    const key = `${routeId}\n${model}`;
    const known = this.#young.get(key);
    if (known !== undefined) return known;
    const facts = this.#old.get(key) ?? new RouteFacts();
    if (this.#young.size >= LIMIT / 2) {
      this.#old = this.#young;
      this.#young = new Map();
    }
    this.#young.set(key, facts);
    return facts;
  }
}
