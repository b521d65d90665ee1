// How long to wait before the same candidate is asked again.

import type { RetryPolicy } from './policy.ts';

/** Doublings beyond this make no difference, and must not run into infinity. */
const MOST_DOUBLINGS = 40;

/**
 * The wait before repeat `n` (from 0), in milliseconds: any time up to initialMs × 2ⁿ, at most maxMs, so that requests which
 * failed together do not come back together (full jitter). `random` gives numbers in [0, 1).
 */
export function backoffMs(n: number, policy: RetryPolicy['backoff'], random: () => number): number {
  const doublings = Math.min(Math.max(n, 0), MOST_DOUBLINGS);
  return random() * Math.min(policy.initialMs * 2 ** doublings, policy.maxMs);
}
