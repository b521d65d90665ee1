// A provider with real windows for each key: it answers 429 with the time of the next free place, and says with every
// answer what is left. Deterministic chance for simulations is here as well.

import type { ReportedCount } from '../../src/core/routing/reported.ts';

const MINUTE_MS = 60_000;

/** Numbers in [0, 1) that are the same for the same seed (a linear congruence, https://en.wikipedia.org/wiki/Lehmer_random_number_generator). */
export function chance(seed: number): () => number {
  let state = (seed * 2_654_435_761) % 2_147_483_647 || 1;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

/** One key at the provider. Times are of its own clock, which is the steady epoch here. */
export class ProviderKey {
  readonly rpm: number;
  readonly window: 'sliding' | 'fixed';
  /** When it let requests in, oldest first. */
  readonly admittedMs: number[] = [];
  refused = 0;

  constructor(rpm: number, window: 'sliding' | 'fixed') {
    this.rpm = rpm;
    this.window = window;
  }

  /** A request arrives; what the answer says of the limit. */
  ask(nowMs: number): { readonly ok: boolean; readonly said: ReportedCount } {
    const counted = this.counted(nowMs);
    const ok = counted.length < this.rpm;
    if (ok) {
      this.admittedMs.push(nowMs);
      counted.push(nowMs);
    } else this.refused += 1;
    const oldest = counted[0] ?? nowMs;
    const resetAtMs = this.window === 'sliding' ? oldest + MINUTE_MS : (minuteOf(nowMs) + 1) * MINUTE_MS;
    return {
      ok,
      said: {
        limit: this.rpm,
        remaining: this.rpm - counted.length,
        resetMs: Math.max(1, resetAtMs - nowMs),
      },
    };
  }

  private counted(nowMs: number): number[] {
    const latest = this.admittedMs.slice(-this.rpm);
    return latest.filter((at) =>
      this.window === 'sliding' ? at > nowMs - MINUTE_MS : minuteOf(at) === minuteOf(nowMs),
    );
  }
}

const minuteOf = (ms: number): number => Math.floor(ms / MINUTE_MS);
