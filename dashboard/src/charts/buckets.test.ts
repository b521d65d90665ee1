import { afterEach, describe, expect, test, vi } from 'vitest';
import { bucketsOf, chosenStretch, fill, stretchOf } from './buckets.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const at = (text: string): number => Date.parse(text);

/** Lengths of periods with the buckets that the API chooses for them. */
const RULE = [
  [15 * MINUTE_MS, 5 * MINUTE_MS],
  [HOUR_MS, 5 * MINUTE_MS],
  [6 * HOUR_MS, 15 * MINUTE_MS],
  [DAY_MS, 30 * MINUTE_MS],
  [7 * DAY_MS, 2 * HOUR_MS],
  [31 * DAY_MS, DAY_MS],
  [90 * DAY_MS, 7 * DAY_MS],
] as const;

describe('11.4 the buckets of a time series', () => {
  test('cover the period from its first moment to its last, whatever its length and its edges', () => {
    for (const [lengthMs, bucketMs] of RULE)
      for (const toMs of [at('2026-03-29T00:00Z'), at('2026-03-29T13:37:11Z'), at('2026-03-29T13:30Z') + 1]) {
        const fromMs = toMs - lengthMs;
        const { starts } = bucketsOf({ period: { fromMs, toMs }, bucketMs, points: [] });
        expect(starts[0]).toBeLessThanOrEqual(fromMs);
        expect((starts[0] ?? 0) + bucketMs).toBeGreaterThan(fromMs);
        expect((starts.at(-1) ?? 0) + bucketMs).toBeGreaterThanOrEqual(toMs);
        expect(starts.at(-1)).toBeLessThan(toMs);
        for (const [index, start] of starts.entries())
          expect(start).toBe((starts[0] ?? 0) + index * bucketMs);
      }
  });

  test('a period that ends at the edge of a bucket has no empty one behind it', () => {
    const period = { fromMs: at('2026-05-01T00:00Z'), toMs: at('2026-05-01T01:00Z') };
    expect(bucketsOf({ period, bucketMs: 5 * MINUTE_MS, points: [] }).starts).toHaveLength(12);
  });

  test('what the API names outside of the period is kept, and nonsense makes no buckets', () => {
    const period = { fromMs: at('2026-05-01T06:00Z'), toMs: at('2026-05-02T06:00Z') };
    const points = [{ atMs: at('2026-04-30T00:00Z') }];
    expect(bucketsOf({ period, bucketMs: DAY_MS, points }).starts).toHaveLength(3);
    expect(bucketsOf({ period: { fromMs: 5, toMs: 5 }, bucketMs: DAY_MS, points: [] }).starts).toEqual([]);
    expect(bucketsOf({ period, bucketMs: 0, points: [] }).starts).toEqual([]);
    expect(bucketsOf({ period: { fromMs: 0, toMs: 1e15 }, bucketMs: 1, points: [] }).starts).toHaveLength(
      10_000,
    );
  });

  test('empty ones are nought for counts and open for durations', () => {
    const period = { fromMs: 0, toMs: 4 * HOUR_MS };
    const points = [
      { atMs: HOUR_MS, count: 3, ms: 120 },
      { atMs: 3 * HOUR_MS, count: 4, ms: undefined },
    ];
    const buckets = bucketsOf({ period, bucketMs: HOUR_MS, points });
    expect(fill(buckets, points, ({ count }) => count, 'zero')).toEqual([0, 3, 0, 4]);
    expect(fill(buckets, points, ({ ms }) => ms, 'gap')).toEqual([undefined, 120, undefined, undefined]);
  });

  test('several points of one bucket are added up', () => {
    const points = [
      { atMs: 0, count: 3 },
      { atMs: 0, count: 4 },
    ];
    const buckets = bucketsOf({ period: { fromMs: 0, toMs: HOUR_MS }, bucketMs: HOUR_MS, points });
    expect(fill(buckets, points, ({ count }) => count, 'zero')).toEqual([7]);
  });

  describe('where clocks are put on and back', () => {
    afterEach(() => vi.unstubAllEnvs());

    test('no hour is lost or doubled, and every point finds its bucket', () => {
      vi.stubEnv('TZ', 'Europe/Berlin');
      for (const [day, hours] of [
        ['2026-03-29', 23],
        ['2026-10-25', 25],
      ] as const) {
        const fromMs = new Date(`${day}T00:00`).getTime();
        const toMs = new Date(
          new Date(fromMs).getFullYear(),
          new Date(fromMs).getMonth(),
          Number(day.slice(-2)) + 1,
        ).getTime();
        expect((toMs - fromMs) / HOUR_MS).toBe(hours);
        const points = Array.from({ length: 2 * hours }, (_, index) => {
          return { atMs: fromMs + index * 30 * MINUTE_MS, count: index + 1 };
        });
        const buckets = bucketsOf({ period: { fromMs, toMs }, bucketMs: 30 * MINUTE_MS, points });
        expect(buckets.starts).toHaveLength(2 * hours);
        expect(fill(buckets, points, ({ count }) => count, 'zero')).toEqual(points.map(({ count }) => count));
      }
    });
  });
});

describe('parts of a period', () => {
  const buckets = bucketsOf({
    period: { fromMs: 10 * MINUTE_MS, toMs: 2 * HOUR_MS + 7 * MINUTE_MS },
    bucketMs: HOUR_MS,
    points: [],
  });

  test('a bucket counts from the beginning of the period, and up to its end', () => {
    expect(stretchOf(buckets, 0)).toEqual({ fromMs: 10 * MINUTE_MS, toMs: HOUR_MS });
    expect(stretchOf(buckets, 1)).toEqual({ fromMs: HOUR_MS, toMs: 2 * HOUR_MS });
    expect(stretchOf(buckets, 2)).toEqual({ fromMs: 2 * HOUR_MS, toMs: 2 * HOUR_MS + 7 * MINUTE_MS });
    expect(stretchOf(buckets, 3)).toBeUndefined();
  });

  test('what is chosen grows to whole buckets and stays within the period, drawn from either side', () => {
    const wanted = { fromMs: HOUR_MS, toMs: 2 * HOUR_MS };
    expect(chosenStretch(buckets, 70 * MINUTE_MS, 80 * MINUTE_MS)).toEqual(wanted);
    expect(chosenStretch(buckets, 80 * MINUTE_MS, 70 * MINUTE_MS)).toEqual(wanted);
    expect(chosenStretch(buckets, -HOUR_MS, 9 * HOUR_MS)).toEqual({
      fromMs: 10 * MINUTE_MS,
      toMs: 2 * HOUR_MS + 7 * MINUTE_MS,
    });
    expect(chosenStretch(buckets, 5 * HOUR_MS, 6 * HOUR_MS)).toBeUndefined();
  });
});
