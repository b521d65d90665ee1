// Token usage in disjoint buckets: no token is in two of them, so that sums and prices are right by construction.

/** Tokens of one exchange. Every number is a non-negative integer; a bucket that the provider did not mention is 0. */
export interface Usage {
  readonly input: {
    /** Input tokens that were neither read from nor written to a prompt cache. */
    readonly uncached: number;
    readonly cacheRead: number;
    /** Cache writes by lifetime; `other` where the provider names none. */
    readonly cacheWrite5m: number;
    readonly cacheWrite1h: number;
    readonly cacheWriteOther: number;
    readonly audio: number;
  };
  readonly output: {
    /** Output tokens that are neither reasoning nor audio. */
    readonly text: number;
    readonly reasoning: number;
    readonly audio: number;
  };
  /** What is billed beside or instead of these tokens; absent where the provider told of nothing of the kind. */
  readonly extras?: UsageExtras;
  /** True when the provider's numbers were impossible (negative, not a number, parts above the whole) and had to be clamped. */
  readonly clamped: boolean;
}

/** What some providers bill for besides text. A member is absent where nothing was told of it. */
export interface UsageExtras {
  /** The tier that the provider served the request with, in its own words: "priority", "flex", "batch", … */
  readonly serviceTier?: string;
  /** Searches that the provider ran on the web for the model. */
  readonly webSearches?: number;
  /** Output tokens that are pictures; not contained in `output.text`. */
  readonly outputImageTokens?: number;
}

/** All tokens of a usage, in and out; undefined where there is none. */
export function totalTokens(usage: Usage | undefined): number | undefined {
  if (usage === undefined) return undefined;
  return inputTokens(usage) + outputTokens(usage);
}

/** All tokens that were sent, also those that a cache knew. */
export function inputTokens({ input }: Pick<Usage, 'input'>): number {
  return input.uncached + input.cacheRead + input.audio + writtenTokens({ input });
}

/** The tokens that were written to a cache, whatever their lifetime. */
export function writtenTokens({ input }: Pick<Usage, 'input'>): number {
  return input.cacheWrite5m + input.cacheWrite1h + input.cacheWriteOther;
}

/** All tokens that were generated, also those of pictures. */
export function outputTokens({ output, extras }: Pick<Usage, 'output' | 'extras'>): number {
  return output.text + output.reasoning + output.audio + (extras?.outputImageTokens ?? 0);
}
