import { describe, expect, test } from 'vitest';
import type { Series } from '../../../../server/src/admin/contract.ts';
import { bucketsOf } from '../../charts/buckets.ts';
import { overviewMessages } from './messages.ts';
import { type Naming, splitSeries, wholeSeries } from './timeline.ts';
import { totals } from './totals.fixture.ts';

const HOUR_MS = 3_600_000;
const words = overviewMessages.en;
const naming: Naming = { groupOf: (name) => name, labelOf: (name) => name.toUpperCase(), others: 'Others' };

function seriesOf(
  points: readonly { at: number; name: string | null; totals: Parameters<typeof totals>[0] }[],
): Series {
  return {
    period: { fromMs: 0, toMs: 3 * HOUR_MS },
    bucketMs: HOUR_MS,
    points: points.map(({ at, name, totals: named }) => {
      return { atMs: at * HOUR_MS, name, totals: totals(named) };
    }),
  };
}

describe('11.4 the series of the overview', () => {
  test('requests are those that went well, those that failed and those whose client left', () => {
    const series = seriesOf([{ at: 1, name: null, totals: { requests: 10, errors: 2, left: 1 } }]);
    const drawn = wholeSeries('requests', series, bucketsOf(series), words);
    expect(Object.fromEntries(drawn.map(({ id, values }) => [id, values]))).toEqual({
      ok: [0, 7, 0],
      errors: [0, 2, 0],
      left: [0, 1, 0],
    });
  });

  test('durations have gaps where nothing was measured', () => {
    const ttft = { count: 4, meanMs: 300, p50Ms: 250, p95Ms: 700 };
    const series = seriesOf([
      { at: 0, name: null, totals: { requests: 4, ttft } },
      { at: 2, name: null, totals: { requests: 1 } },
    ]);
    const [median] = wholeSeries('ttft', series, bucketsOf(series), words);
    expect(median?.values).toEqual([250, undefined, undefined]);
  });

  test('of many names the greatest seven are drawn and the rest is one, with nothing lost', () => {
    const points = Array.from({ length: 10 }, (_, index) => {
      return { at: index % 3, name: `m${index}`, totals: { requests: 10 + index } };
    });
    const series = seriesOf([...points, { at: 0, name: null, totals: { requests: 5 } }]);
    const drawn = splitSeries('requests', series, bucketsOf(series), naming);
    expect(drawn).toHaveLength(8);
    expect(drawn[0]?.label).toBe('M9');
    expect(drawn.at(-1)?.label).toBe('Others');
    const all = drawn.flatMap(({ values }) => values).reduce<number>((sum, value) => sum + (value ?? 0), 0);
    expect(all).toBe(10 * 10 + 45 + 5);
  });

  test('a name that is called like the rest stays itself', () => {
    const series = seriesOf([
      { at: 0, name: 'rest', totals: { requests: 1 } },
      { at: 0, name: null, totals: { requests: 2 } },
    ]);
    const ids = splitSeries('requests', series, bucketsOf(series), naming).map(({ id }) => id);
    expect(new Set(ids).size).toBe(2);
  });

  test('a provider is the sum of its upstreams; of its durations the mean is told, and no rest', () => {
    const provider: Naming = { ...naming, groupOf: (name) => (name.startsWith('a') ? 'acme' : 'other') };
    const series = seriesOf([
      { at: 0, name: 'a1', totals: { requests: 1, duration: { count: 1, meanMs: 100, p50Ms: 90 } } },
      { at: 0, name: 'a2', totals: { requests: 3, duration: { count: 3, meanMs: 300, p50Ms: 290 } } },
      { at: 0, name: 'b', totals: { requests: 2, duration: { count: 2, meanMs: 50, p50Ms: 40 } } },
      { at: 0, name: null, totals: { requests: 2, duration: { count: 2, meanMs: 9, p50Ms: 9 } } },
    ]);
    const buckets = bucketsOf(series);
    expect(splitSeries('requests', series, buckets, provider).map(({ values }) => values[0])).toEqual([
      4, 2, 2,
    ]);
    expect(splitSeries('latency', series, buckets, provider).map(({ values }) => values[0])).toEqual([
      250, 40,
    ]);
  });
});
