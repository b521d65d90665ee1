// Where the bars of the waterfall begin and end. Times are those of the gateway's clock, which may have been set while the
// exchange was on its way: whatever they say, a stage never ends before it begins, and nothing lies before the arrival.

import type { CapturedAttempt, ExchangeView } from '../../../../../server/src/admin/contract.ts';

/**
 * What passes until something is reached. arrival: of the gateway itself, until the request was sent. merged: the same and
 * what follows, where it is not known when the request was sent. headers, byte, output: until the first of each. stream:
 * from the first output to the end.
 */
export type Stage = 'arrival' | 'merged' | 'headers' | 'byte' | 'output' | 'stream';

/** In the order in which they follow each other. */
export const STAGES: readonly Stage[] = ['arrival', 'merged', 'headers', 'byte', 'output', 'stream'];

/** A part of a bar, in milliseconds since the arrival. */
export interface Segment {
  readonly stage: Stage;
  readonly fromMs: number;
  readonly toMs: number;
}

/** One attempt. */
export interface Bar {
  readonly ordinal: number;
  readonly cause: string;
  readonly upstreamId: string;
  readonly keyId: string | undefined;
  readonly model: string | undefined;
  readonly dialect: string | undefined;
  readonly end: string;
  readonly status: number | undefined;
  readonly reason: string | undefined;
  readonly errorCode: string | undefined;
  /** The provider's id of the request. */
  readonly upstreamRequestId: string | undefined;
  /** Milliseconds since the arrival. */
  readonly fromMs: number;
  readonly toMs: number;
  readonly segments: readonly Segment[];
}

/** Everything that is drawn. */
export interface Waterfall {
  readonly bars: readonly Bar[];
  /** The right end of the axis; at least 1. */
  readonly totalMs: number;
  /** Places of the axis that are named. */
  readonly ticksMs: readonly number[];
}

interface Attempt extends Omit<Bar, 'fromMs' | 'toMs' | 'segments'> {
  readonly startedAtMs: number | undefined;
  readonly headersAtMs: number | undefined;
  readonly firstByteAtMs: number | undefined;
  readonly firstOutputAtMs: number | undefined;
  readonly endedAtMs: number;
}

/** The waterfall of an exchange; `captured`: its attempts as they were kept, if they were. */
export function waterfallOf(view: ExchangeView, captured: readonly CapturedAttempt[] = []): Waterfall {
  const bars = attemptsOf(view, captured).map((attempt, index) =>
    barOf(attempt, view.receivedAtMs, index === 0),
  );
  const ends = [view.durationMs ?? 0, ...bars.map(({ toMs }) => toMs)];
  const totalMs = Math.max(1, ...ends);
  return { bars, totalMs, ticksMs: ticksOf(totalMs) };
}

/** Those of the ledger, or the only one, whose times are those of the exchange itself. */
function attemptsOf(view: ExchangeView, captured: readonly CapturedAttempt[]): readonly Attempt[] {
  if (view.tries.length > 0)
    return [...view.tries].sort((one, other) => one.ordinal - other.ordinal).map(full);
  const { upstreamId, endedAtMs } = view;
  if (upstreamId === undefined || endedAtMs === undefined || view.attempts === 0) return [];
  if (view.cache === 'hit') return [];
  const [kept] = captured;
  return [
    {
      ordinal: 1,
      cause: 'first',
      upstreamId,
      keyId: view.keyId,
      model: view.modelServed,
      dialect: view.dialectOut,
      end: endOf(view),
      status: kept?.answer?.status ?? (view.headersAtMs === undefined ? undefined : view.status),
      reason: kept?.reason,
      errorCode: view.errorCode,
      upstreamRequestId: view.upstreamRequestId,
      startedAtMs: kept?.startedAtMs,
      headersAtMs: view.headersAtMs,
      firstByteAtMs: view.firstByteAtMs,
      firstOutputAtMs: view.firstOutputAtMs,
      endedAtMs,
    },
  ];
}

function full(attempt: ExchangeView['tries'][number]): Attempt {
  const { headersAtMs, firstByteAtMs, firstOutputAtMs, status, reason, errorCode, upstreamRequestId } =
    attempt;
  const times = { headersAtMs, firstByteAtMs, firstOutputAtMs };
  return { ...attempt, ...times, status, reason, errorCode, upstreamRequestId };
}

function endOf({ aborted, errorCode, firstOutputAtMs }: ExchangeView): string {
  if (aborted === true || errorCode === 'client_closed') return 'left';
  if (errorCode === undefined) return 'answered';
  return firstOutputAtMs === undefined ? 'failed' : 'cut';
}

function barOf(attempt: Attempt, receivedAtMs: number, isFirst: boolean): Bar {
  const since = (atMs: number): number => Math.max(0, atMs - receivedAtMs);
  const { startedAtMs, headersAtMs, firstByteAtMs, firstOutputAtMs, endedAtMs, ...rest } = attempt;
  const fromMs = startedAtMs === undefined ? 0 : since(startedAtMs);
  const toMs = Math.max(fromMs, since(endedAtMs));
  const segments: Segment[] = [];
  let reachedMs = fromMs;
  const until = (stage: Stage, atMs: number): void => {
    const endMs = Math.min(toMs, Math.max(reachedMs, atMs));
    segments.push({ stage, fromMs: reachedMs, toMs: endMs });
    reachedMs = endMs;
  };
  if (isFirst && startedAtMs !== undefined) segments.push({ stage: 'arrival', fromMs: 0, toMs: fromMs });
  let next: Stage = startedAtMs === undefined ? 'merged' : 'headers';
  const reached: readonly (readonly [Stage, number | undefined])[] = [
    ['byte', headersAtMs],
    ['output', firstByteAtMs],
    ['stream', firstOutputAtMs],
  ];
  for (const [following, atMs] of reached) {
    if (atMs === undefined) continue;
    until(next, since(atMs));
    next = following;
  }
  until(next, toMs);
  return { ...rest, fromMs: isFirst && startedAtMs !== undefined ? 0 : fromMs, toMs, segments };
}

const MOST_TICKS = 6;

/** Round places from nought to the end, so many that they can be read. */
export function ticksOf(totalMs: number): readonly number[] {
  const least = totalMs / MOST_TICKS;
  const power = 10 ** Math.floor(Math.log10(least));
  const step = [1, 2, 5, 10].map((part) => part * power).find((one) => one >= least) ?? totalMs;
  const ticks: number[] = [];
  for (let at = 0; at * step <= totalMs * (1 + Number.EPSILON); at += 1)
    ticks.push(Number((at * step).toPrecision(12)));
  return ticks;
}
