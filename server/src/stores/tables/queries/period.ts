// Which buckets of which size make up a period: days as far as they go, hours and minutes at its ends, as far back as these
// are kept. Where they are not, the period grows to the next bucket.

import type { Period } from '../../../exchange/ledger-queries.ts';
import {
  ALL_DIMENSIONS,
  CROSSED_FROM,
  crossed,
  DAYS,
  firstKept,
  type Grain,
  HOURS,
  MINUTES,
  maskFor,
} from '../rollup/grains.ts';
import { numberIn } from '../statements.ts';
import type { Source } from './questions.ts';

const MINUTE_MS: number = MINUTES.ms;
const HOUR_MS: number = HOURS.ms;
const DAY_MS: number = DAYS.ms;

/** Buckets of one size that follow each other, counted from 1970: from `first` to before `until`. */
export interface Piece {
  readonly grain: Grain;
  readonly first: number;
  readonly until: number;
}

/** From when on sums of a kind are there by the minute and by the hour, in epoch milliseconds. */
export interface Reach {
  readonly minutesMs: number;
  readonly hoursMs: number;
  /** The first day of all. */
  readonly daysMs: number;
}

const ceil = (ms: number, unit: number): number => Math.ceil(ms / unit) * unit;
const floor = (ms: number, unit: number): number => Math.floor(ms / unit) * unit;

/** How far sums by a set of dimensions go back. Throws StoreFailure. */
export function reachOf({ driver, nowMs }: Source, needed: number): Reach {
  const marked = (name: string): number => numberIn(driver, 'SELECT value FROM marks WHERE name = ?', [name]);
  const first = (grain: Grain): number => {
    const mask = maskFor(needed, grain);
    const trimmed = mask === ALL_DIMENSIONS ? marked(`${grain.table}_all_from`) : 0;
    const hours = crossed(mask) && grain === HOURS ? marked(CROSSED_FROM) : 0;
    return Math.max(trimmed, hours, marked(`${grain.table}_from`), firstKept(grain, mask, nowMs)) * grain.ms;
  };
  const hoursMs = ceil(first(HOURS), DAY_MS);
  return {
    minutesMs: Math.max(ceil(first(MINUTES), HOUR_MS), hoursMs),
    hoursMs,
    daysMs: Math.max(first(DAYS), numberIn(driver, `SELECT min(at) FROM ${DAYS.table}`) * DAY_MS),
  };
}

/** The finest size of buckets at a moment. */
export function unitAt(reach: Reach, ms: number): number {
  if (ms >= reach.minutesMs) return MINUTE_MS;
  return ms >= reach.hoursMs ? HOUR_MS : DAY_MS;
}

/** The buckets of a period; none of them is larger than `largestMs`, of which they are parts. */
export function cover(
  { fromMs, toMs }: Period,
  reach: Reach,
  nowMs: number,
  largestMs: number = DAY_MS,
): Piece[] {
  // Clocks that were wrong for a while left rows in the future.
  const until = Math.min(toMs, nowMs + DAY_MS);
  const since = Math.max(fromMs, reach.daysMs);
  if (!(since < until)) return [];
  const from = floor(since, unitAt(reach, since));
  const to = ceil(until, unitAt(reach, until - 1));
  const pieces: Piece[] = [];
  const fill = (a: number, b: number, grains: readonly Grain[]): void => {
    if (a >= b) return;
    const [grain, ...finer] = grains;
    if (grain === undefined) return;
    const first = Math.ceil(a / grain.ms);
    const last = Math.floor(b / grain.ms);
    if (first >= last) {
      fill(a, b, finer);
      return;
    }
    fill(a, first * grain.ms, finer);
    pieces.push({ grain, first, until: last });
    fill(last * grain.ms, b, finer);
  };
  fill(
    from,
    to,
    [DAYS, HOURS, MINUTES].filter(({ ms }) => largestMs % ms === 0),
  );
  return pieces;
}

/** Lengths of periods and the buckets that suit them: some dozen points each. */
const BUCKETS: readonly (readonly [number, number])[] = [
  [HOUR_MS, 5 * MINUTE_MS],
  [6 * HOUR_MS, 15 * MINUTE_MS],
  [DAY_MS, 30 * MINUTE_MS],
  [7 * DAY_MS, 2 * HOUR_MS],
  [31 * DAY_MS, DAY_MS],
];
const POINTS_LIMIT = 5_000;

/** The length of buckets for a period: the one that is wanted, or one that suits it, and not too many of them. */
export function bucketFor({ fromMs, toMs }: Period, wantedMs: number | undefined): number {
  const lengthMs = toMs - fromMs;
  if (wantedMs === undefined) return BUCKETS.find(([longest]) => lengthMs <= longest)?.[1] ?? 7 * DAY_MS;
  const least = Math.max(MINUTE_MS, lengthMs / POINTS_LIMIT);
  const bucketMs = Math.max(wantedMs, least);
  // Whole multiples of what sums are kept by.
  if (bucketMs > HOUR_MS) return ceil(bucketMs, bucketMs > DAY_MS ? DAY_MS : HOUR_MS);
  return ceil(bucketMs, MINUTE_MS);
}
