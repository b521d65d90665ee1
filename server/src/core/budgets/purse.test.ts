import { describe, expect, test } from 'vitest';
import type { Budget } from './budget.ts';
import { type Hold, Purse, type Shortfall, type Wish } from './purse.ts';

const NOON = Date.parse('2026-11-21T12:00:00Z');
const MIDNIGHT = Date.parse('2026-11-22T00:00:00Z');
const DAY_MS = 86_400_000;
const day = (nanoUsd: number): Budget => ({ period: 'day', nanoUsd, warnAt: 0.8, status: 429 });
const wish = (worstNanoUsd: number, bounded = true): Wish => ({ worstNanoUsd, bounded });

const reserved = (purse: Purse, budgets: readonly Budget[], asked: Wish, epochMs = NOON): Hold => {
  const hold = purse.reserve(budgets, asked, 'UTC', epochMs);
  if ('why' in hold) throw new Error(`refused: ${hold.why}`);
  return hold;
};
const refused = (purse: Purse, budgets: readonly Budget[], asked: Wish, epochMs = NOON): Shortfall => {
  const short = purse.reserve(budgets, asked, 'UTC', epochMs);
  if (!('why' in short)) throw new Error('not refused');
  return short;
};
const spentOf = (purse: Purse, budget: Budget, epochMs = NOON): number =>
  purse.look([budget], 'UTC', epochMs)[0]?.spentNanoUsd ?? -1;

describe('a purse', () => {
  test('9.11 lets in what fits, and takes what it cost instead of what it might have', () => {
    const purse = new Purse();
    const first = reserved(purse, [day(100)], wish(60));
    expect(refused(purse, [day(100)], wish(41))).toMatchObject({ why: 'held', leftNanoUsd: 100 });
    purse.settle(first, 10);
    reserved(purse, [day(100)], wish(90));
    expect(purse.look([day(100)], 'UTC', NOON)).toEqual([
      {
        budget: day(100),
        spentNanoUsd: 10,
        heldNanoUsd: 90,
        leftNanoUsd: 90,
        resetAtMs: MIDNIGHT,
      },
    ]);
  });

  test('9.11 refuses what names a maximum and may cost more than is left, and says when there is more', () => {
    const purse = new Purse();
    purse.settle(reserved(purse, [day(100)], wish(50)), 50);
    expect(refused(purse, [day(100)], wish(51))).toEqual({
      why: 'too-dear',
      budget: day(100),
      leftNanoUsd: 50,
      resetAtMs: MIDNIGHT,
    });
  });

  test('9.11 lets in what names no maximum as long as anything is left, alone', () => {
    const purse = new Purse();
    const alone = reserved(purse, [day(100)], wish(1_000, false));
    expect(refused(purse, [day(100)], wish(1, false)).why).toBe('held');
    expect(refused(purse, [day(100)], wish(1)).why).toBe('held');
    purse.settle(alone, 99);
    purse.settle(reserved(purse, [day(100)], wish(1_000, false)), 1_000);
    expect(refused(purse, [day(100)], wish(1_000, false)).why).toBe('spent');
    expect(refused(purse, [day(100)], wish(1)).why).toBe('spent');
  });

  test('9.11 lets in what costs nothing, whatever is left', () => {
    const purse = new Purse();
    reserved(purse, [day(0)], wish(0));
    expect(refused(purse, [day(0)], wish(1, false)).why).toBe('spent');
  });

  test('9.11 tells of the budget that lasts longest, and of a request in flight only where nothing else is short', () => {
    const month: Budget = { ...day(10), period: 'month' };
    const purse = new Purse();
    purse.settle(reserved(purse, [], wish(10)), 10);
    expect(refused(purse, [day(10), month], wish(1)).budget.period).toBe('month');
    const held = new Purse();
    held.settle(reserved(held, [], wish(10)), 10);
    reserved(held, [], wish(90));
    expect(refused(held, [day(10), { ...month, nanoUsd: 100 }], wish(1)).budget.period).toBe('day');
  });

  test('9.11 starts anew with the next day, and what was reserved before midnight is settled before midnight', () => {
    const purse = new Purse();
    const over = reserved(purse, [day(100)], wish(100), MIDNIGHT - 1);
    expect(refused(purse, [day(100)], wish(1), MIDNIGHT - 1).why).toBe('held');
    reserved(purse, [day(100)], wish(100), MIDNIGHT);
    purse.settle(over, 70);
    expect(purse.look([day(100)], 'UTC', MIDNIGHT)[0]).toMatchObject({ spentNanoUsd: 0, heldNanoUsd: 100 });
    // The month is the same one.
    expect(spentOf(purse, { ...day(0), period: 'month' }, MIDNIGHT)).toBe(70);
  });

  test('9.11 counts a changed limit from the beginning of the period', () => {
    const purse = new Purse();
    purse.settle(reserved(purse, [day(100)], wish(60)), 60);
    expect(refused(purse, [day(50)], wish(1)).why).toBe('spent');
    reserved(purse, [day(200)], wish(140));
    expect(refused(purse, [{ ...day(60), period: 'week' }], wish(1)).why).toBe('spent');
  });

  test('9.11 a clock that is put back does not bring money back, nor keep a wrong day for ever', () => {
    const purse = new Purse();
    purse.settle(reserved(purse, [day(100)], wish(60), MIDNIGHT), 60);
    purse.inform([], []);
    expect(spentOf(purse, day(100), NOON)).toBe(60);
    expect(purse.informed).toBe(false);
    expect(spentOf(purse, day(100), MIDNIGHT)).toBe(0);
    const year = new Purse();
    year.settle(reserved(year, [day(100)], wish(60), NOON + 365 * DAY_MS), 60);
    expect(spentOf(year, day(100), NOON)).toBe(60);
    expect(spentOf(year, day(100), NOON + DAY_MS)).toBe(0);
  });

  test('9.11 keeps what was spent over a restart, until the period ends', () => {
    const purse = new Purse();
    purse.settle(reserved(purse, [day(100)], wish(60)), 60);
    const text = purse.save() ?? '';
    const later = new Purse();
    later.restore(text, 'UTC', NOON + 1_000);
    expect(spentOf(later, day(100))).toBe(60);
    const tomorrow = new Purse();
    tomorrow.restore(text, 'UTC', MIDNIGHT);
    expect(spentOf(tomorrow, day(100), MIDNIGHT)).toBe(0);
    expect(spentOf(tomorrow, { ...day(0), period: 'total' }, MIDNIGHT)).toBe(60);
    expect(new Purse().save()).toBeUndefined();
  });

  test('9.11 what was in flight when the process died counts as spent', () => {
    const purse = new Purse();
    reserved(purse, [day(100)], wish(60));
    const later = new Purse();
    later.restore(purse.save() ?? '', 'UTC', NOON);
    expect(spentOf(later, day(100))).toBe(60);
  });

  test('9.11 believes the ledger where it knows of more', () => {
    const purse = new Purse();
    purse.settle(reserved(purse, [], wish(60)), 60);
    const starts = purse.begins('UTC', NOON);
    purse.inform(starts, [50, 70, 500, 1_000]);
    expect(
      purse.look([day(100), { ...day(0), period: 'week' }], 'UTC', NOON).map((one) => one.spentNanoUsd),
    ).toEqual([60, 70]);
    // An answer about yesterday says nothing of today.
    purse.look([], 'UTC', MIDNIGHT);
    purse.inform(starts, [90, 0, 0, 0]);
    expect(spentOf(purse, day(100), MIDNIGHT)).toBe(0);
  });

  test('9.11 counts what was spent while the ledger made up its mind besides', () => {
    const purse = new Purse();
    purse.settle(reserved(purse, [], wish(10)), 10);
    const starts = purse.begins('UTC', NOON);
    purse.settle(reserved(purse, [], wish(5)), 5);
    purse.inform(starts, [70, 70, 70, 10]);
    expect(spentOf(purse, day(100))).toBe(75);
    expect(spentOf(purse, { ...day(0), period: 'total' })).toBe(15);
    // It knows of that already, and of nothing else.
    const late = purse.begins('UTC', NOON);
    purse.settle(reserved(purse, [], wish(5)), 5);
    purse.inform(late, [80, 80, 80, 20]);
    expect(spentOf(purse, day(100))).toBe(80);
    expect(spentOf(purse, { ...day(0), period: 'total' })).toBe(20);
  });

  test.each([
    '',
    '[]',
    '{"day":5}',
    '{"day":{"nanoUsd":-1,"untilAt":1e15}}',
    '{"day":{"nanoUsd":1e300,"untilAt":1e15}}',
  ])('passes over saved text that makes no sense: %s', (text) => {
    const purse = new Purse();
    purse.restore(text, 'UTC', NOON);
    expect(spentOf(purse, day(1))).toBe(0);
  });

  test('9.11 reckons with whole amounts from 0, whatever it is told', () => {
    const purse = new Purse();
    purse.settle(reserved(purse, [day(100)], wish(0.2)), Number.NaN);
    expect(spentOf(purse, day(100))).toBe(0);
    purse.settle(reserved(purse, [day(100)], wish(1)), 0.5);
    expect(spentOf(purse, day(100))).toBe(1);
  });
});
