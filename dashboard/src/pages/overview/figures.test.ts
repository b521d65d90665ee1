import { describe, expect, test } from 'vitest';
import { bucketsOf } from '../../charts/buckets.ts';
import { formatOf } from '../../language/format.ts';
import { type FigureId, figuresOf, hintsOf } from './figures.ts';
import { overviewMessages } from './messages.ts';
import { totals } from './totals.fixture.ts';

const format = formatOf('en', 'en-US');
const text = overviewMessages.en;
const period = { fromMs: 0, toMs: 3_600_000 };

function figure(id: FigureId, now: Parameters<typeof totals>[0], before: Parameters<typeof totals>[0] = {}) {
  const overview = { period, totals: totals(now), before: { period, totals: totals(before) } };
  const found = figuresOf(overview, undefined, format, text).find((one) => one.id === id);
  if (found === undefined) throw new Error(`There is no figure ${id}.`);
  return found;
}

describe('11.2 the figures of the overview', () => {
  test('one failure in very many is not rounded away', () => {
    expect(figure('success', { requests: 1_000_000, errors: 1 }).value).toBe('99.99 %');
    expect(figure('success', { requests: 1_000_000 }).value).toBe('100 %');
    expect(figure('success', { requests: 3, errors: 1 }).value).toBe('66.7 %');
    expect(figure('success', {}).value).toBe('–');
  });

  test('what was never measured is a dash, and compared with nothing says so', () => {
    const first = figure('ttft', { requests: 1 });
    expect(first.value).toBe('–');
    expect(first.change).toEqual({ kind: 'no-data' });
    expect(figure('cost', { requests: 1, costNanoUsd: 5e9 }).change).toEqual({ kind: 'no-data' });
  });

  test('more errors and longer waits are bad, more requests are neither', () => {
    const [now, before] = [
      { requests: 20, errors: 4, duration: { count: 20, p50Ms: 900 } },
      { requests: 10, errors: 2, duration: { count: 10, p50Ms: 600 } },
    ];
    expect(figure('errors', now, before).change).toMatchObject({ kind: 'up', good: false });
    expect(figure('latency', now, before).change).toMatchObject({ kind: 'up', good: false });
    expect(figure('requests', now, before).change).toMatchObject({ kind: 'up', good: undefined });
    expect(figure('requests', now, before).before).toBe('10');
  });

  test('shapes are nought where nothing was counted, and open where nothing was measured', () => {
    const points = [{ atMs: 0, name: null, totals: totals({ requests: 2, ttft: { count: 2, p50Ms: 80 } }) }];
    const buckets = bucketsOf({ period, bucketMs: 1_800_000, points });
    const overview = { period, totals: totals({}), before: { period, totals: totals({}) } };
    const shapes = new Map(
      figuresOf(overview, { points, buckets }, format, text).map(({ id, shape }) => [id, shape]),
    );
    expect(shapes.get('requests')).toEqual([2, 0]);
    expect(shapes.get('ttft')).toEqual([80, undefined]);
  });

  test('cache hits and the prompt cache are told beside what they saved', () => {
    const told = hintsOf(
      'saved',
      totals({ requests: 100, cacheHits: 5, tokens: { inputUncached: 25, cacheRead: 75 } }),
      format,
      text,
    );
    expect(told).toEqual(['5 cached answers (5 %)', 'prompt cache: 75 % of the input']);
  });
});
