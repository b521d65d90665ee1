// How fast the answers on their way grow, out of the samples of the last seconds. Knows no clock of its own.

import type { InFlightExchange } from './live-types.ts';

/** What is looked at of each. */
export type Growing = Pick<InFlightExchange, 'id' | 'bytesOut' | 'outputTokens'>;

/** What grew, per second. */
export interface Growth {
  readonly bytes: number;
  /** Undefined where the gateway does not count them. */
  readonly tokens: number | undefined;
}

interface Sample {
  readonly atMs: number;
  readonly bytes: number;
  readonly tokens: number | undefined;
}

/** Older samples say nothing about now. */
const WINDOW_MS = 3_000;
/** Over less time than this a speed would be chance. */
const LEAST_MS = 900;

/** Keeps the samples. */
export class FlowMeter {
  #samples = new Map<string, readonly Sample[]>();
  #atMs = 0;

  /** What is on its way, by the gateway's clock; the same sample again changes nothing. */
  observe(atMs: number, exchanges: readonly Growing[]): void {
    if (atMs === this.#atMs) return;
    // A clock that was set back: what was measured by the other one is of no use.
    if (atMs < this.#atMs) this.#samples.clear();
    this.#atMs = atMs;
    const next = new Map<string, readonly Sample[]>();
    for (const { id, bytesOut, outputTokens } of exchanges) {
      const before = this.#samples.get(id) ?? [];
      const kept = before.filter((sample) => atMs - sample.atMs <= WINDOW_MS);
      next.set(id, [...kept, { atMs, bytes: bytesOut, tokens: outputTokens }]);
    }
    this.#samples = next;
  }

  /** The growth of the last seconds; undefined while too little was seen. */
  growth(id: string): Growth | undefined {
    const samples = this.#samples.get(id);
    const first = samples?.[0];
    const last = samples?.at(-1);
    if (first === undefined || last === undefined || last.atMs - first.atMs < LEAST_MS) return undefined;
    const perSecond = (grown: number): number => (Math.max(0, grown) * 1_000) / (last.atMs - first.atMs);
    const { tokens: before = 0 } = first;
    return {
      bytes: perSecond(last.bytes - first.bytes),
      tokens: last.tokens === undefined ? undefined : perSecond(last.tokens - before),
    };
  }
}
