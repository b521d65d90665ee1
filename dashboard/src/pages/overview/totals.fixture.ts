// Sums over exchanges for tests: nought but for what is named.

import type { TotalsView } from '../../../../server/src/admin/contract.ts';

/** What a test names. */
type Named = Partial<Omit<TotalsView, 'tokens' | 'duration' | 'ttft'>> & {
  readonly tokens?: Partial<TotalsView['tokens']>;
  readonly duration?: Partial<TotalsView['duration']>;
  readonly ttft?: Partial<TotalsView['ttft']>;
};

const none = { count: 0, meanMs: 0, p50Ms: 0, p95Ms: 0, p99Ms: 0 };

/** The sums. */
export function totals({ tokens, duration, ttft, ...rest }: Named): TotalsView {
  return {
    requests: 0,
    errors: 0,
    left: 0,
    attempts: 0,
    costNanoUsd: 0,
    costUsd: 0,
    estimatedNanoUsd: 0,
    unpriced: 0,
    cacheHits: 0,
    savedNanoUsd: 0,
    savedUsd: 0,
    bytesIn: 0,
    bytesOut: 0,
    ...rest,
    tokens: {
      inputUncached: 0,
      cacheRead: 0,
      cacheWrite: 0,
      inputAudio: 0,
      outputText: 0,
      outputReasoning: 0,
      outputAudio: 0,
      ...tokens,
    },
    duration: { ...none, ...duration },
    ttft: { ...none, ...ttft },
  };
}
