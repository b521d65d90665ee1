// Which sums are kept, how finely and for how long. Sums over all exchanges and by one dimension are what a gateway is
// watched with, so they are kept finely; those by several dimensions at once are many more, and kept for a week by the hour:
// there by two and by all of them, by the day also by three, so that a long period has few to be read.

import type { Dimension } from '../../../exchange/ledger-queries.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;

/** The dimensions in the order in which files have them: it is written into every row and must never change. */
export const DIMENSIONS: readonly Dimension[] = ['model', 'upstream', 'key', 'client', 'route'];

/** A size of buckets. */
export interface Grain {
  readonly table: string;
  readonly ms: number;
  /** How long sums over all exchanges and by one dimension are kept. */
  readonly plainMs: number;
  /** How long those by several dimensions are kept; 0: they are not made. */
  readonly crossedMs: number;
  /** They are made by so many dimensions at once, and by all. */
  readonly crossedBy: number;
  /** When there are more rows than this, the oldest buckets are deleted. */
  readonly rows: number;
}

export const MINUTES: Grain = {
  table: 'rollup_minutes',
  ms: 60_000,
  plainMs: 2 * DAY_MS,
  crossedMs: 0,
  crossedBy: 1,
  rows: 500_000,
};
export const HOURS: Grain = {
  table: 'rollup_hours',
  ms: HOUR_MS,
  plainMs: 90 * DAY_MS,
  crossedMs: 8 * DAY_MS,
  crossedBy: 2,
  rows: 1_500_000,
};
export const DAYS: Grain = {
  table: 'rollup_days',
  ms: DAY_MS,
  plainMs: Number.POSITIVE_INFINITY,
  crossedMs: Number.POSITIVE_INFINITY,
  crossedBy: 3,
  rows: 1_500_000,
};

/** The mark of the first hour that has sums by several dimensions. */
export const CROSSED_FROM = 'rollup_hours_crossed_from';

/** From the finest to the coarsest. */
export const GRAINS: readonly Grain[] = [MINUTES, HOURS, DAYS];

/** A set of dimensions: bit n stands for the dimension at place n. */
export const ALL_DIMENSIONS: number = 2 ** DIMENSIONS.length - 1;

/** How many dimensions are in a set. */
function sizeOf(mask: number): number {
  let size = 0;
  for (let rest = mask; rest > 0; rest >>= 1) size += rest & 1;
  return size;
}

/** The sets that sums of a size are made by: none, each one, and where they are made, those by several. */
export function masksOf({ crossedMs, crossedBy }: Grain): number[] {
  const sets = Array.from({ length: ALL_DIMENSIONS + 1 }, (_, mask) => mask);
  if (crossedMs === 0) return sets.filter((mask) => sizeOf(mask) <= 1);
  return sets.filter((mask) => sizeOf(mask) <= crossedBy || mask === ALL_DIMENSIONS);
}

/** The set to read when these dimensions are needed. */
export function maskFor(needed: number, { crossedBy }: Grain): number {
  return sizeOf(needed) <= Math.max(1, crossedBy) ? needed : ALL_DIMENSIONS;
}

/** True when sums by this set are made at this size. */
export function crossed(mask: number): boolean {
  return sizeOf(mask) > 1;
}

/** How long sums by a set are kept at a size. */
function keptMs(grain: Grain, mask: number): number {
  return crossed(mask) ? grain.crossedMs : grain.plainMs;
}

/** The first bucket that is kept, counted from 1970. The bucket in which the limit falls has gone. */
export function firstKept(grain: Grain, mask: number, nowMs: number): number {
  const ms = keptMs(grain, mask);
  if (ms === 0) return Number.POSITIVE_INFINITY;
  return ms === Number.POSITIVE_INFINITY ? 0 : Math.max(0, Math.ceil((nowMs - ms) / grain.ms));
}
