import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DecayedMean, UsualTime } from './latency.ts';

test('nothing is known before the first answer', () => {
  expect(new DecayedMean().ms).toBeUndefined();
  expect(new UsualTime().p95Ms()).toBeUndefined();
});

describe('DecayedMean', () => {
  test('the mean begins with the first answer and follows newer ones', () => {
    const mean = new DecayedMean();
    mean.note(1_000, 0);
    expect(mean.ms).toBe(1_000);
    mean.note(500, 10);
    expect(mean.ms).toBe(900);
    for (let answer = 0; answer < 30; answer++) mean.note(500, 20 + answer);
    expect(mean.ms).toBeCloseTo(500, 0);
  });

  test('after a silence a new answer counts for more than what was before', () => {
    const mean = new DecayedMean();
    for (let answer = 0; answer < 10; answer++) mean.note(10_000, answer);
    mean.note(100, 600_000);
    expect(mean.ms).toBeLessThan(1_100);
  });

  test('the mean stays between the fastest and the slowest answer', () => {
    const note = fc.tuple(fc.double({ min: 1, max: 1e6, noNaN: true }), fc.nat({ max: 100_000 }));
    fc.assert(
      fc.property(fc.array(note, { minLength: 1 }), (notes) => {
        const mean = new DecayedMean();
        let nowMs = 0;
        for (const [ttftMs, passedMs] of notes) {
          nowMs += passedMs;
          mean.note(ttftMs, nowMs);
        }
        const all = notes.map(([ttftMs]) => ttftMs);
        expect(mean.ms).toBeGreaterThanOrEqual(Math.min(...all) * 0.999999);
        expect(mean.ms).toBeLessThanOrEqual(Math.max(...all) * 1.000001);
      }),
    );
  });
});

describe('UsualTime', () => {
  test('the percentile needs twenty answers', () => {
    const time = new UsualTime();
    for (let answer = 1; answer < 20; answer++) time.note(answer, answer);
    expect(time.p95Ms()).toBeUndefined();
    time.note(20, 20);
    expect(time.p95Ms()).toBe(19);
  });

  test('the percentile forgets answers that were long before the newest', () => {
    const time = new UsualTime();
    for (let answer = 0; answer < 50; answer++) time.note(9_000, 0);
    for (let answer = 0; answer < 19; answer++) time.note(100, 700_000);
    expect(time.p95Ms()).toBeUndefined();
    time.note(100, 700_000);
    expect(time.p95Ms()).toBe(100);
  });

  test('the percentile is that of the last hundred answers of ten minutes, by nearest rank', () => {
    const note = fc.tuple(fc.integer({ min: 0, max: 50 }), fc.constantFrom(0, 1, 1_000, 20_000));
    fc.assert(
      fc.property(fc.array(note, { minLength: 1, maxLength: 400 }), (notes) => {
        const time = new UsualTime();
        const seen: { ttftMs: number; atMs: number }[] = [];
        let nowMs = 0;
        for (const [ttftMs, passedMs] of notes) {
          nowMs += passedMs;
          time.note(ttftMs, nowMs);
          seen.push({ ttftMs, atMs: nowMs });
        }
        const late = seen.slice(-100).filter(({ atMs }) => nowMs - atMs <= 600_000);
        const sorted = late.map(({ ttftMs }) => ttftMs).sort((a, b) => a - b);
        const expected = sorted.length < 20 ? undefined : sorted[Math.ceil(0.95 * sorted.length) - 1];
        expect(time.p95Ms()).toBe(expected);
      }),
    );
  });
});
