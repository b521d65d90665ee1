import { describe, expect, test } from 'vitest';
import { type Budget, beganAtMs, paceOf } from './budget-pace.ts';

const at = (text: string): number => Date.parse(text);
const USD = 1_000_000_000;

const budget = (more: Partial<Budget> = {}): Budget => ({
  per: 'day',
  limitNanoUsd: 10 * USD,
  spentNanoUsd: 2 * USD,
  reservedNanoUsd: 0,
  resetsAtMs: at('2026-05-02T00:00Z'),
  ...more,
});

describe('The period of a budget', () => {
  test('began a day, a week or a calendar month before it begins anew', () => {
    const began = (per: string, resets: string): string =>
      new Date(beganAtMs({ per, resetsAtMs: at(resets) }) ?? 0).toISOString();
    expect(began('day', '2026-05-02T00:00Z')).toBe('2026-05-01T00:00:00.000Z');
    expect(began('week', '2026-05-04T00:00Z')).toBe('2026-04-27T00:00:00.000Z');
    expect(began('month', '2026-03-01T00:00Z')).toBe('2026-02-01T00:00:00.000Z');
    expect(began('month', '2024-03-01T00:00Z')).toBe('2024-02-01T00:00:00.000Z');
    // The first of May in Berlin, and in Honolulu.
    expect(began('month', '2026-04-30T22:00Z')).toBe('2026-03-31T22:00:00.000Z');
    expect(began('month', '2026-05-01T10:00Z')).toBe('2026-04-01T10:00:00.000Z');
  });

  test('has no beginning where it never begins anew', () => {
    expect(beganAtMs({ per: 'total', resetsAtMs: null })).toBeUndefined();
  });
});

describe('The pace of a budget', () => {
  test('tells when it is used up, where that is before it begins anew', () => {
    // A fifth in two hours: the other four fifths in eight.
    expect(paceOf(budget(), at('2026-05-01T02:00Z'))).toEqual({
      is: 'runsOut',
      atMs: at('2026-05-01T10:00Z'),
    });
  });

  test('tells what will have been spent, where it lasts', () => {
    expect(paceOf(budget(), at('2026-05-01T12:00Z'))).toEqual({ is: 'lasts', byEndNanoUsd: 4 * USD });
  });

  test('is not guessed from the first minutes, nor from nothing', () => {
    expect(paceOf(budget(), at('2026-05-01T00:30Z'))).toEqual({ is: 'early' });
    expect(paceOf(budget({ spentNanoUsd: 0 }), at('2026-05-01T12:00Z'))).toEqual({ is: 'idle' });
  });

  test('is over when nothing is left', () => {
    expect(paceOf(budget({ spentNanoUsd: 10 * USD }), at('2026-05-01T12:00Z'))).toEqual({ is: 'over' });
    expect(paceOf(budget({ limitNanoUsd: 0, spentNanoUsd: 0 }), at('2026-05-01T12:00Z'))).toEqual({
      is: 'over',
    });
  });

  test('of one that never begins anew is that of the last while', () => {
    const total = budget({ per: 'total', resetsAtMs: null });
    const now = at('2026-05-01T00:00Z');
    const day = 86_400_000;
    expect(paceOf(total, now)).toEqual({ is: 'early' });
    expect(paceOf(total, now, { costNanoUsd: USD, lengthMs: day })).toEqual({
      is: 'runsOut',
      atMs: now + 8 * day,
    });
    expect(paceOf(total, now, { costNanoUsd: 1, lengthMs: day })).toEqual({ is: 'long' });
    expect(paceOf(total, now, { costNanoUsd: 0, lengthMs: day })).toEqual({ is: 'idle' });
  });
});
