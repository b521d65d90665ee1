import { describe, expect, test } from 'vitest';
import { periodAt } from './period.ts';

const at = (text: string): number => Date.parse(text);
const bounds = (period: 'day' | 'week' | 'month', zone: string, text: string): string[] => {
  const { startMs, endMs } = periodAt(period, zone, at(text));
  return [startMs, endMs].map((ms) => new Date(ms).toISOString());
};

describe('periods of a budget', () => {
  test('9.11 a month runs from its first moment in the zone to that of the next month', () => {
    expect(bounds('month', 'UTC', '2026-11-21T12:00:00Z')).toEqual([
      '2026-11-01T00:00:00.000Z',
      '2026-12-01T00:00:00.000Z',
    ]);
    expect(bounds('month', 'America/New_York', '2026-12-01T04:59:59.999Z')).toEqual([
      '2026-11-01T04:00:00.000Z',
      '2026-12-01T05:00:00.000Z',
    ]);
  });

  test('9.11 a month in which clocks change is an hour shorter or longer', () => {
    expect(bounds('month', 'Europe/Berlin', '2026-10-05T00:00:00Z')).toEqual([
      '2026-09-30T22:00:00.000Z',
      '2026-10-31T23:00:00.000Z',
    ]);
    expect(bounds('month', 'Europe/Berlin', '2026-03-31T21:59:59Z')).toEqual([
      '2026-02-28T23:00:00.000Z',
      '2026-03-31T22:00:00.000Z',
    ]);
  });

  test('9.11 a week begins on Monday, also where it lies in two years', () => {
    expect(bounds('week', 'UTC', '2026-11-21T12:00:00Z')).toEqual([
      '2026-11-16T00:00:00.000Z',
      '2026-11-23T00:00:00.000Z',
    ]);
    expect(bounds('week', 'Europe/Berlin', '2027-01-01T12:00:00Z')).toEqual([
      '2026-12-27T23:00:00.000Z',
      '2027-01-03T23:00:00.000Z',
    ]);
    expect(bounds('week', 'UTC', '2026-11-16T00:00:00.000Z')[0]).toBe('2026-11-16T00:00:00.000Z');
    expect(bounds('week', 'UTC', '2026-11-15T23:59:59.999Z')[1]).toBe('2026-11-16T00:00:00.000Z');
  });

  test('9.11 a day is that of the zone', () => {
    expect(bounds('day', 'Asia/Tokyo', '2026-11-21T16:00:00Z')).toEqual([
      '2026-11-21T15:00:00.000Z',
      '2026-11-22T15:00:00.000Z',
    ]);
  });

  test('9.11 periods follow each other without a gap through ten years of a zone', () => {
    for (const zone of ['UTC', 'Europe/London', 'Australia/Lord_Howe', 'America/Sao_Paulo'])
      for (const period of ['week', 'month'] as const) {
        let { startMs, endMs } = periodAt(period, zone, at('2016-01-15T00:00:00Z'));
        for (let step = 0; step < 120; step++) {
          const next = periodAt(period, zone, endMs);
          expect(next.startMs).toBe(endMs);
          expect(next.endMs).toBeGreaterThan(next.startMs);
          expect(periodAt(period, zone, next.endMs - 1)).toEqual(next);
          expect(endMs).toBeGreaterThan(startMs);
          ({ startMs, endMs } = next);
        }
      }
  });

  test('9.11 `total` never ends', () => {
    expect(periodAt('total', 'UTC', 0)).toEqual({
      startMs: Number.NEGATIVE_INFINITY,
      endMs: Number.POSITIVE_INFINITY,
    });
  });
});
