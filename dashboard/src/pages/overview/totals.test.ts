import { describe, expect, test } from 'vitest';
import { totals } from './totals.fixture.ts';
import { changeOf, merge, outputPace, promptCacheShare, successShare } from './totals.ts';

describe('11.2 figures of a period', () => {
  test('success is told of those whose client stayed, and of nothing where there was nothing', () => {
    expect(successShare(totals({ requests: 110, errors: 5, left: 10 }))).toBe(0.95);
    expect(successShare(totals({}))).toBeUndefined();
    expect(successShare(totals({ requests: 3, left: 3 }))).toBeUndefined();
  });

  test('the prompt cache’s share is that of all input', () => {
    const tokens = { inputUncached: 100, cacheRead: 800, cacheWrite: 90, inputAudio: 10 };
    expect(promptCacheShare(totals({ tokens }))).toBe(0.8);
    expect(promptCacheShare(totals({}))).toBeUndefined();
  });

  test('output speed counts all output and all the time that requests took', () => {
    const tokens = { outputText: 700, outputReasoning: 300 };
    expect(outputPace(totals({ tokens, duration: { count: 10, meanMs: 2_000 } }))).toBe(50);
    expect(outputPace(totals({ tokens }))).toBeUndefined();
  });

  test('put together, counts and money are added, means weighed, and percentiles left out', () => {
    const sum = merge(
      totals({ requests: 1, costNanoUsd: 5, duration: { count: 1, meanMs: 100, p50Ms: 100 } }),
      totals({ requests: 3, costNanoUsd: 7, duration: { count: 3, meanMs: 500, p50Ms: 480 } }),
    );
    expect(sum).toMatchObject({ requests: 4, costNanoUsd: 12, duration: { count: 4, meanMs: 400 } });
    expect(sum.duration.p50Ms).toBeUndefined();
  });

  test('putting nothing to something keeps its percentiles', () => {
    const sum = merge(totals({}), totals({ duration: { count: 3, meanMs: 500, p50Ms: 480 } }));
    expect(sum.duration.p50Ms).toBe(480);
  });
});

describe('the comparison with the period before', () => {
  const compared = { hadData: true, better: 'less' } as const;

  test('says whether up or down is good, by what the figure is', () => {
    expect(changeOf(150, 100, compared)).toEqual({ kind: 'up', by: 0.5, good: false });
    expect(changeOf(50, 100, { ...compared, better: 'more' })).toEqual({
      kind: 'down',
      by: 0.5,
      good: false,
    });
    expect(changeOf(50, 100, { ...compared, better: 'neither' })).toEqual({
      kind: 'down',
      by: 0.5,
      good: undefined,
    });
  });

  test('never tells an infinite share', () => {
    expect(changeOf(3, 0, compared)).toEqual({ kind: 'new', good: false });
    expect(changeOf(3, 0, { ...compared, hadData: false })).toEqual({ kind: 'no-data' });
    expect(changeOf(3, undefined, compared)).toEqual({ kind: 'no-data' });
    expect(changeOf(0, 0, compared)).toEqual({ kind: 'same' });
  });

  test('of two shares tells the difference, and nothing of what nobody would see', () => {
    const shares = { hadData: true, better: 'more', asPoints: true } as const;
    const change = changeOf(0.9, 0.95, shares);
    expect(change).toMatchObject({ kind: 'down', good: false });
    expect('by' in change ? change.by : 0).toBeCloseTo(0.05, 9);
    expect(changeOf(0.950_1, 0.95, shares)).toEqual({ kind: 'same' });
  });
});
