// Usages for tests of prices: name only what is not 0.

import type { Usage, UsageExtras } from '../../src/core/model/usage.ts';

/** The buckets of a usage; absent ones are 0. */
export interface UsageBuckets {
  readonly uncached?: number;
  readonly cacheRead?: number;
  readonly cacheWrite5m?: number;
  readonly cacheWrite1h?: number;
  readonly cacheWriteOther?: number;
  readonly audioIn?: number;
  readonly text?: number;
  readonly reasoning?: number;
  readonly audioOut?: number;
  readonly extras?: UsageExtras;
  readonly clamped?: boolean;
}

/** A usage of these buckets. */
export function usageWith(buckets: UsageBuckets): Usage {
  return {
    input: {
      uncached: buckets.uncached ?? 0,
      cacheRead: buckets.cacheRead ?? 0,
      cacheWrite5m: buckets.cacheWrite5m ?? 0,
      cacheWrite1h: buckets.cacheWrite1h ?? 0,
      cacheWriteOther: buckets.cacheWriteOther ?? 0,
      audio: buckets.audioIn ?? 0,
    },
    output: {
      text: buckets.text ?? 0,
      reasoning: buckets.reasoning ?? 0,
      audio: buckets.audioOut ?? 0,
    },
    ...(buckets.extras === undefined ? {} : { extras: buckets.extras }),
    clamped: buckets.clamped ?? false,
  };
}
