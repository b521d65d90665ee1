// What is remembered of the requests of one route for one model: whose turn it is, how long answers usually take, and
// how much hedging there may be.

import { Credit } from '../../core/routing/credit.ts';
import { Latency } from '../../core/routing/latency.ts';
import { Share } from '../../core/routing/share.ts';

/** Of one route and model. */
export class RouteFacts {
  /** Counts requests: each next one begins with the next candidate. */
  cursor = 0;
  /** Times to the first output of streams, and of whole answers. */
  readonly streams: Latency = new Latency();
  readonly answers: Latency = new Latency();
  readonly hedges: Credit = new Credit();
  readonly repeats: Share = new Share();
  /** When a candidate last said that it has too much to do; monotonic. */
  pressedMs: number = Number.NEGATIVE_INFINITY;
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
