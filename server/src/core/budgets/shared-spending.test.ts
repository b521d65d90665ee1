import { describe, expect, test } from 'vitest';
import type { Budget } from './budget.ts';
import { SharedSpending } from './shared-spending.ts';

const NOON = Date.parse('2026-11-21T12:00:00Z');
const DAY_MS = 86_400_000;
const day = (nanoUsd: number): Budget => ({ period: 'day', nanoUsd, warnAt: 0.8, status: 429 });
const TWO = { fellows: 2, rank: 1 };
const wish = (worstNanoUsd: number, bounded = true) => ({ worstNanoUsd, bounded });

function known(spent: number): SharedSpending {
  const spending = new SharedSpending();
  spending.periods('UTC', NOON);
  spending.hear([spent, spent, spent, spent]);
  return spending;
}

describe('the money of a client while the store is silent', () => {
  test('P5 is parted among the gateways, after what was spent and held before', () => {
    expect(known(40).shortfall([day(100)], wish(30), TWO)).toBeUndefined();
    expect(known(40).shortfall([day(100)], wish(31), TWO)).toMatchObject({
      why: 'too-dear',
      leftNanoUsd: 30,
    });
    const holding = known(40);
    holding.hold('a', 20, false);
    expect(holding.shortfall([day(100)], wish(21), TWO)?.leftNanoUsd).toBe(20);
    expect(known(100).shortfall([day(100)], wish(1), TWO)?.why).toBe('spent');
    expect(known(100).shortfall([day(100)], wish(0), TWO)).toBeUndefined();
  });

  test('P5 what is held and spent meanwhile counts', () => {
    const spending = known(0);
    spending.hold('a', 30, true);
    expect(spending.shortfall([day(100)], wish(21), TWO)?.why).toBe('held');
    expect(spending.settle('a', 10)).toBe(false);
    expect(spending.shortfall([day(100)], wish(40), TWO)).toBeUndefined();
    expect(spending.shortfall([day(100)], wish(41), TWO)?.why).toBe('too-dear');
  });

  test('P5 what names no maximum gets it alone, from the first gateway', () => {
    expect(known(0).shortfall([day(100)], wish(1_000, false), TWO)?.why).toBe('held');
    const first = known(0);
    expect(first.shortfall([day(100)], wish(1_000, false), { fellows: 2, rank: 0 })).toBeUndefined();
    first.hold('a', 1_000, true);
    expect(first.shortfall([day(100)], wish(1_000, false), { fellows: 2, rank: 0 })).toBeDefined();
  });

  test('tells the store what was spent and is held without it, and what it knew, once', () => {
    const spending = known(40);
    spending.hold('told', 5, false);
    spending.hold('a', 30, true);
    spending.hold('b', 7, true);
    spending.settle('a', 12);
    expect(spending.untold(false)).toEqual({
      floors: [40, 40, 40, 40],
      spentNanoUsd: [12, 12, 12, 12],
      holds: [{ id: 'b', nanoUsd: 7 }],
    });
    expect(spending.untold(true).holds).toHaveLength(2);
    spending.told();
    expect(spending.untold(false)).toEqual({
      floors: [52, 52, 52, 52],
      spentNanoUsd: [0, 0, 0, 0],
      holds: [],
    });
    expect(spending.settle('b', 3)).toBe(true);
    expect(spending.settle('b', 3)).toBe(false);
  });

  test('believes what is known otherwise only where that is more, and begins anew with a period', () => {
    const spending = known(40);
    spending.know([30, 90, 0, 0], 'UTC', NOON);
    expect(spending.untold(false).floors).toEqual([40, 90, 40, 40]);
    spending.periods('UTC', NOON + DAY_MS);
    expect(spending.untold(false).floors[0]).toBe(0);
    expect(spending.untold(false).floors[3]).toBe(40);
  });
});
