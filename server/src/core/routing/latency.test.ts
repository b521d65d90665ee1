import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Latency } from './latency.ts';

describe('Latency', () => {
  test('nothing is known before the first answer', () => {
    const latency = new Latency();
    expect(latency.decayedMs).toBeUndefined();
    expect(latency.p95Ms()).toBeUndefined();
  });

  test('the mean begins with the first answer and follows newer ones', () => {
    const latency = new Latency();
    latency.note(1_000, 0);
    expect(latency.decayedMs).toBe(1_000);
    latency.note(500, 10);
    expect(latency.decayedMs).toBe(900);
    for (let answer = 0; answer < 30; answer++) latency.note(500, 20 + answer);
    expect(latency.decayedMs).toBeCloseTo(500, 0);
  });

  test('after a silence a new answer counts for more than what was before', () => {
    const latency = new Latency();
    for (let answer = 0; answer < 10; answer++) latency.note(10_000, answer);
    latency.note(100, 600_000);
    expect(latency.decayedMs).toBeLessThan(1_100);
  });

  test('the mean stays between the fastest and the slowest answer', () => {
    const note = fc.tuple(fc.double({ min: 1, max: 1e6, noNaN: true }), fc.nat({ max: 100_000 }));
    fc.assert(
      fc.property(fc.array(note, { minLength: 1 }), (notes) => {
        const latency = new Latency();
        let nowMs = 0;
        for (const [ttftMs, passedMs] of notes) {
          nowMs += passedMs;
          latency.note(ttftMs, nowMs);
        }
        const all = notes.map(([ttftMs]) => ttftMs);
        expect(latency.decayedMs).toBeGreaterThanOrEqual(Math.min(...all) * 0.999999);
        expect(latency.decayedMs).toBeLessThanOrEqual(Math.max(...all) * 1.000001);
      }),
    );
  });

  test('the percentile needs twenty answers', () => {
    const latency = new Latency();
    for (let answer = 1; answer < 20; answer++) latency.note(answer, answer);
    expect(latency.p95Ms()).toBeUndefined();
    latency.note(20, 20);
    expect(latency.p95Ms()).toBe(19);
  });

  test('the percentile forgets answers that were long before the newest', () => {
    const latency = new Latency();
    for (let answer = 0; answer < 50; answer++) latency.note(9_000, 0);
    for (let answer = 0; answer < 19; answer++) latency.note(100, 700_000);
    expect(latency.p95Ms()).toBeUndefined();
    latency.note(100, 700_000);
    expect(latency.p95Ms()).toBe(100);
  });

  test('the percentile is that of the last hundred answers of ten minutes, by nearest rank', () => {
    const note = fc.tuple(fc.integer({ min: 0, max: 50 }), fc.constantFrom(0, 1, 1_000, 20_000));
    fc.assert(
      fc.property(fc.array(note, { minLength: 1, maxLength: 400 }), (notes) => {
        const latency = new Latency();
        const seen: { ttftMs: number; atMs: number }[] = [];
        let nowMs = 0;
        for (const [ttftMs, passedMs] of notes) {
          nowMs += passedMs;
          latency.note(ttftMs, nowMs);
          seen.push({ ttftMs, atMs: nowMs });
        }
        const late = seen.slice(-100).filter(({ atMs }) => nowMs - atMs <= 600_000);
        const sorted = late.map(({ ttftMs }) => ttftMs).sort((a, b) => a - b);
        const expected = sorted.length < 20 ? undefined : sorted[Math.ceil(0.95 * sorted.length) - 1];
        expect(latency.p95Ms()).toBe(expected);
      }),
    );
  });
});
