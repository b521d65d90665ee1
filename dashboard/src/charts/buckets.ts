// The buckets of a time series. The API leaves out those in which nothing happened; here they are put back. Buckets are
// counted in real time from 1970, so that a day of 23 or 25 hours on the viewer's clock neither loses nor doubles one.

/** Buckets of one length that follow each other and cover a period. */
export interface Buckets {
  readonly bucketMs: number;
  /** When each begins, epoch milliseconds, oldest first. */
  readonly starts: readonly number[];
  /** The period; the first bucket may begin before it and the last one end after it. */
  readonly fromMs: number;
  readonly toMs: number;
}

/** The part of a series that says when. */
interface Told {
  readonly period: { readonly fromMs: number; readonly toMs: number };
  readonly bucketMs: number;
  readonly points: readonly { readonly atMs: number }[];
}

/** More than the API ever answers: a wrong answer must not freeze the page. */
const MOST = 10_000;

/** All buckets of a series: those of its period, and those that it names outside of it (sums kept by the day reach over). */
export function bucketsOf({ period: { fromMs, toMs }, bucketMs, points }: Told): Buckets {
  if (!(bucketMs > 0) || !(toMs > fromMs)) return { bucketMs, starts: [], fromMs, toMs };
  let first = Math.floor(fromMs / bucketMs);
  let last = Math.ceil(toMs / bucketMs) - 1;
  for (const { atMs } of points) {
    const slot = Math.floor(atMs / bucketMs);
    first = Math.min(first, slot);
    last = Math.max(last, slot);
  }
  const starts: number[] = [];
  for (let slot = Math.max(first, last - MOST + 1); slot <= last; slot += 1) starts.push(slot * bucketMs);
  return { bucketMs, starts, fromMs, toMs };
}

/**
 * One value per bucket. Where nothing happened: nought for what is counted ("zero"), nothing for what is measured
 * ("gap"), because no request is not a fast one.
 */
export function fill<Point extends { readonly atMs: number }>(
  { bucketMs, starts }: Buckets,
  points: readonly Point[],
  pick: (point: Point) => number | undefined,
  empty: 'zero' | 'gap',
): readonly (number | undefined)[] {
  const values = new Array<number | undefined>(starts.length).fill(empty === 'zero' ? 0 : undefined);
  const [first] = starts;
  if (first === undefined) return values;
  for (const point of points) {
    const index = Math.floor((point.atMs - first) / bucketMs);
    if (index < 0 || index >= values.length) continue;
    const value = pick(point);
    if (value === undefined) continue;
    values[index] = empty === 'zero' ? (values[index] ?? 0) + value : value;
  }
  return values;
}

/** From when to when a bucket counts: its part that lies in the period. */
export function stretchOf(
  buckets: Buckets,
  index: number,
): { readonly fromMs: number; readonly toMs: number } | undefined {
  const start = buckets.starts[index];
  if (start === undefined) return undefined;
  const fromMs = Math.max(start, buckets.fromMs);
  const toMs = Math.min(start + buckets.bucketMs, buckets.toMs);
  // One that lies wholly outside of the period is told as it is.
  return fromMs < toMs ? { fromMs, toMs } : { fromMs: start, toMs: start + buckets.bucketMs };
}

/** The stretch of time between two places, at the edges of buckets and within the period. */
export function chosenStretch(
  buckets: Buckets,
  oneMs: number,
  otherMs: number,
): { readonly fromMs: number; readonly toMs: number } | undefined {
  const { bucketMs, fromMs, toMs } = buckets;
  const begin = Math.max(fromMs, Math.floor(Math.min(oneMs, otherMs) / bucketMs) * bucketMs);
  const end = Math.min(toMs, Math.ceil(Math.max(oneMs, otherMs) / bucketMs) * bucketMs);
  return begin < end ? { fromMs: begin, toMs: end } : undefined;
}
