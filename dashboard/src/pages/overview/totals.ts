// Arithmetic with sums over exchanges: putting several together, and the figures that are made of them.

import type { TotalsView } from '../../../../server/src/admin/contract.ts';

/** Durations of several groups: their mean can be told of both together, their percentiles cannot. */
export interface MergedDurations {
  readonly count: number;
  readonly meanMs: number;
  readonly p50Ms?: number;
  readonly p95Ms?: number;
}

/** Sums over exchanges that may have been put together of several. */
export type MergedTotals = Omit<TotalsView, 'duration' | 'ttft'> & {
  readonly duration: MergedDurations;
  readonly ttft: MergedDurations;
};

function mergeDurations(one: MergedDurations, other: MergedDurations): MergedDurations {
  if (one.count === 0) return other;
  if (other.count === 0) return one;
  const count = one.count + other.count;
  return { count, meanMs: (one.meanMs * one.count + other.meanMs * other.count) / count };
}

/** Two sums as one. */
export function merge(one: MergedTotals, other: MergedTotals): MergedTotals {
  const { tokens: left } = one;
  const { tokens: right } = other;
  return {
    requests: one.requests + other.requests,
    errors: one.errors + other.errors,
    left: one.left + other.left,
    attempts: one.attempts + other.attempts,
    tokens: {
      inputUncached: left.inputUncached + right.inputUncached,
      cacheRead: left.cacheRead + right.cacheRead,
      cacheWrite: left.cacheWrite + right.cacheWrite,
      inputAudio: left.inputAudio + right.inputAudio,
      outputText: left.outputText + right.outputText,
      outputReasoning: left.outputReasoning + right.outputReasoning,
      outputAudio: left.outputAudio + right.outputAudio,
    },
    costNanoUsd: one.costNanoUsd + other.costNanoUsd,
    costUsd: one.costUsd + other.costUsd,
    estimatedNanoUsd: one.estimatedNanoUsd + other.estimatedNanoUsd,
    unpriced: one.unpriced + other.unpriced,
    cacheHits: one.cacheHits + other.cacheHits,
    savedNanoUsd: one.savedNanoUsd + other.savedNanoUsd,
    savedUsd: one.savedUsd + other.savedUsd,
    bytesIn: one.bytesIn + other.bytesIn,
    bytesOut: one.bytesOut + other.bytesOut,
    duration: mergeDurations(one.duration, other.duration),
    ttft: mergeDurations(one.ttft, other.ttft),
  };
}

type Tokens = Pick<TotalsView, 'tokens'>;

/** Tokens that were sent, also those that a prompt cache knew or was taught. */
function inputTokens({ tokens }: Tokens): number {
  return tokens.inputUncached + tokens.inputAudio + tokens.cacheRead + tokens.cacheWrite;
}

/** Tokens that came back. */
function outputTokens({ tokens }: Tokens): number {
  return tokens.outputText + tokens.outputAudio + tokens.outputReasoning;
}

/** All tokens. */
export function allTokens(totals: Tokens): number {
  return inputTokens(totals) + outputTokens(totals);
}

/** The share that ended well, of those whose client stayed; undefined where there was none. */
export function successShare({
  requests,
  errors,
  left,
}: Pick<TotalsView, 'requests' | 'errors' | 'left'>): number | undefined {
  const stayed = requests - left;
  return stayed <= 0 ? undefined : (stayed - errors) / stayed;
}

/** The share of the input that a prompt cache knew; undefined where there was no input. */
export function promptCacheShare(totals: Tokens): number | undefined {
  const input = inputTokens(totals);
  return input === 0 ? undefined : totals.tokens.cacheRead / input;
}

/** Output tokens for each second that requests took, waiting for the first included; undefined where none took any. */
export function outputPace(totals: Tokens & Pick<MergedTotals, 'duration'>): number | undefined {
  const ms = totals.duration.count * totals.duration.meanMs;
  return ms <= 0 ? undefined : (outputTokens(totals) * 1_000) / ms;
}

/** How a figure stands to that of the period before. */
export type Change =
  /** Nothing was before, so that nothing can be said. */
  | { readonly kind: 'no-data' }
  | { readonly kind: 'same' }
  /** There were requests, but none of this: no share can be told. */
  | { readonly kind: 'new'; readonly good: boolean | undefined }
  /** `by`: a share of what was before, or the plain difference of two shares. */
  | { readonly kind: 'up' | 'down'; readonly by: number; readonly good: boolean | undefined };

/** What is better of a figure. */
export type Better = 'more' | 'less' | 'neither';

const goodWhen = (better: Better, more: boolean): boolean | undefined =>
  better === 'neither' ? undefined : (better === 'more') === more;

/** Changes of less than half a per mille are none. */
const LEAST = 0.000_5;

/**
 * Compares. `hadData`: there were requests in the period before. `asPoints`: both are shares, and their difference is told
 * instead of a share of a share.
 */
export function changeOf(
  now: number | undefined,
  before: number | undefined,
  { hadData, better, asPoints = false }: { hadData: boolean; better: Better; asPoints?: boolean },
): Change {
  if (!hadData || before === undefined || now === undefined) return { kind: 'no-data' };
  if (now === before) return { kind: 'same' };
  if (!asPoints && before === 0) return { kind: 'new', good: goodWhen(better, now > 0) };
  const by = asPoints ? now - before : (now - before) / Math.abs(before);
  if (Math.abs(by) < LEAST) return { kind: 'same' };
  return { kind: by > 0 ? 'up' : 'down', by: Math.abs(by), good: goodWhen(better, by > 0) };
}
