// Turns the token counts that a provider sent into numbers that can be trusted, and remembers if they had to be bent.

import type { Usage, UsageExtras } from '../../model/usage.ts';

/** Reads counts; `clamped` becomes true as soon as one of them was impossible. */
export interface Tally {
  clamped: boolean;
}

/** No exchange has a trillion tokens; the limit keeps sums of many counts exact. */
const MOST_TOKENS = 1e12;

/** A count: a non-negative integer. Absent is 0; anything impossible is 0 and counts as clamped (fractions are rounded down). */
export function count(tally: Tally, value: unknown): number {
  if (value === undefined || value === null) return 0;
  const possible = typeof value === 'number' && value >= 0 && value <= MOST_TOKENS;
  if (possible && Number.isInteger(value)) return value;
  tally.clamped = true;
  return possible ? Math.floor(value) : 0;
}

/** The first of some counts that is above 0, for numbers that vendors keep under different names. */
export function firstCount(tally: Tally, ...values: readonly unknown[]): number {
  for (const value of values) {
    const found = count(tally, value);
    if (found > 0) return found;
  }
  return 0;
}

/** A part of what is left of a whole: never more than it. */
export function part(tally: Tally, left: number, value: number): number {
  if (value <= left) return value;
  tally.clamped = true;
  return left;
}

/** The buckets of a usage; absent ones are 0. */
export interface Buckets {
  readonly uncached?: number;
  readonly cacheRead?: number;
  readonly cacheWrite5m?: number;
  readonly cacheWrite1h?: number;
  readonly cacheWriteOther?: number;
  readonly audioIn?: number;
  readonly text?: number;
  readonly reasoning?: number;
  readonly audioOut?: number;
}

/** What a provider told besides tokens. 0 and the ordinary service tier are left out. */
export interface Besides {
  readonly serviceTier?: string | undefined;
  readonly webSearches?: number;
  readonly outputImageTokens?: number;
}

/** What providers call the tier that everyone gets who asks for none. */
const ORDINARY_TIERS: ReadonlySet<string> = new Set(['default', 'standard', 'auto', 'on_demand', '']);

function extrasOf({ serviceTier, webSearches, outputImageTokens }: Besides): UsageExtras | undefined {
  const tier = serviceTier === undefined || ORDINARY_TIERS.has(serviceTier) ? undefined : serviceTier;
  const searches = (webSearches ?? 0) > 0 ? webSearches : undefined;
  const images = (outputImageTokens ?? 0) > 0 ? outputImageTokens : undefined;
  if (tier === undefined && searches === undefined && images === undefined) return undefined;
  return {
    ...(tier === undefined ? {} : { serviceTier: tier }),
    ...(searches === undefined ? {} : { webSearches: searches }),
    ...(images === undefined ? {} : { outputImageTokens: images }),
  };
}

/** Builds the usage. */
export function usageOf(tally: Tally, buckets: Buckets, besides: Besides): Usage {
  const extras = extrasOf(besides);
  return {
    input: {
      uncached: buckets.uncached ?? 0,
      cacheRead: buckets.cacheRead ?? 0,
      cacheWrite5m: buckets.cacheWrite5m ?? 0,
      cacheWrite1h: buckets.cacheWrite1h ?? 0,
      cacheWriteOther: buckets.cacheWriteOther ?? 0,
      audio: buckets.audioIn ?? 0,
    },
    output: { text: buckets.text ?? 0, reasoning: buckets.reasoning ?? 0, audio: buckets.audioOut ?? 0 },
    ...(extras === undefined ? {} : { extras }),
    clamped: tally.clamped,
  };
}
