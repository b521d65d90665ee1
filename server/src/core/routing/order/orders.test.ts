// What each order chooses, as a table of situations.

import { describe, expect, test } from 'vitest';
import { chosen, contenders, type Named, plain, run, tally } from '../../../../test/kit/contenders.ts';
import { BARRED } from '../grade.ts';
import type { Order } from '../policy.ts';

type Facts = Readonly<Record<string, Partial<Named>>>;

/** Now is 1,000,000 ms; all have the same priority and format. */
const SITUATIONS: Readonly<Record<Exclude<Order, 'random'>, readonly (readonly [string, Facts, string])[]>> =
  {
    fill_first: [
      ['the first of the list', { a1: {}, b1: {} }, 'a1'],
      ['the first, however busy it is', { a1: { inFlight: 90, used: 9 }, b1: {} }, 'a1'],
      ['the second while the first rests', { a1: { grade: BARRED }, b1: {}, c1: {} }, 'b1'],
      ['the place in the configuration, not in the list', { a1: { place: 2 }, b1: { place: 1 } }, 'b1'],
    ],
    round_robin: [
      ['the first at the first turn', { a1: {}, b1: {} }, 'a1'],
      ['whose turn it is, however busy it is', { a1: { inFlight: 9, used: 90 }, b1: {} }, 'a1'],
      ['nobody that rests', { a1: { grade: BARRED }, b1: {}, c1: {} }, 'b1'],
    ],
    sticky: [
      ['the first of the list when nobody was used yet', { a1: {}, b1: {} }, 'a1'],
      ['the one used last', { a1: { lastUsedMs: 5 }, b1: { lastUsedMs: 7 }, c1: { lastUsedMs: 6 } }, 'b1'],
      [
        'when that one rests, the one used longest ago',
        { a1: { lastUsedMs: 5 }, b1: { lastUsedMs: 7, grade: BARRED }, c1: { lastUsedMs: 3 } },
        'c1',
      ],
      [
        'who has taken over in the same moment',
        { a1: { lastUsedMs: 7, grade: BARRED }, b1: { lastUsedMs: 1 }, c1: { lastUsedMs: 7 } },
        'c1',
      ],
    ],
    lru: [
      [
        'the one used longest ago',
        { a1: { lastUsedMs: 5 }, b1: { lastUsedMs: 3 }, c1: { lastUsedMs: 4 } },
        'b1',
      ],
      ['one that was never used before any other', { a1: { lastUsedMs: 5 }, b1: {} }, 'b1'],
      [
        'of two used in the same moment the one with less to do',
        { a1: { lastUsedMs: 5, inFlight: 2 }, b1: { lastUsedMs: 5, inFlight: 1 } },
        'b1',
      ],
    ],
    least_used: [
      ['whoever served the fewest', { a1: { used: 3 }, b1: { used: 1 }, c1: { used: 2 } }, 'b1'],
      [
        'of equals the one used longest ago',
        { a1: { used: 1, lastUsedMs: 9 }, b1: { used: 1, lastUsedMs: 8 } },
        'b1',
      ],
    ],
    least_in_flight: [
      [
        'whoever has the least to do',
        { a1: { inFlight: 3 }, b1: { inFlight: 1 }, c1: { inFlight: 2 } },
        'b1',
      ],
      ['of idle ones the one used longest ago', { a1: { lastUsedMs: 9 }, b1: { lastUsedMs: 8 } }, 'b1'],
    ],
    lowest_latency: [
      [
        'the fastest',
        { a1: { ttftMs: 300, lastUsedMs: 999_000 }, b1: { ttftMs: 200, lastUsedMs: 999_000 } },
        'b1',
      ],
      ['one of which nothing is known', { a1: { ttftMs: 300, lastUsedMs: 999_000 }, b1: {} }, 'b1'],
      [
        'not the unknown one that a request is finding out about',
        { a1: { ttftMs: 300, lastUsedMs: 999_000 }, b1: { inFlight: 1, used: 1, lastUsedMs: 900_000 } },
        'a1',
      ],
      [
        'not the unknown one that has just been asked and has not told',
        { a1: { ttftMs: 300, lastUsedMs: 999_000 }, b1: { used: 1, lastUsedMs: 999_900 } },
        'a1',
      ],
      [
        'the unknown one again after a while',
        { a1: { ttftMs: 300, lastUsedMs: 999_000 }, b1: { used: 1, lastUsedMs: 980_000 } },
        'b1',
      ],
      [
        'of several that are being found out about the one with less to do',
        {
          a1: { inFlight: 2, used: 2, lastUsedMs: 999_000 },
          b1: { inFlight: 1, used: 1, lastUsedMs: 999_900 },
        },
        'b1',
      ],
      [
        'a slow one that has not been asked for long',
        { a1: { ttftMs: 300, lastUsedMs: 999_000 }, b1: { ttftMs: 2_000, lastUsedMs: 100_000 } },
        'b1',
      ],
    ],
    weighted: [
      ['the heavier', { a1: { weight: 1 }, b1: { weight: 3 } }, 'b1'],
      ['nobody of weight 0', { a1: { weight: 0, credit: 99 }, b1: { weight: 0.1 } }, 'b1'],
      ['one of weight 0 when nobody else is there', { a1: { grade: BARRED }, b1: { weight: 0 } }, 'b1'],
    ],
    cheapest: [
      ['the lowest price', { a1: { price: 3 }, b1: { price: 0.5 }, c1: { price: 1 } }, 'b1'],
      ['one that is free of charge', { a1: { price: 0.1 }, b1: { price: 0 } }, 'b1'],
      ['one without a price last', { a1: {}, b1: { price: 99 } }, 'b1'],
      ['one without a price when no other is left', { a1: { price: 1, grade: BARRED }, b1: {} }, 'b1'],
    ],
  };

describe.each(Object.entries(SITUATIONS))('19.5 order %s chooses', (order, situations) => {
  test.each(situations)(`5.3 ${order}: %s`, (_, facts, expected) => {
    expect(chosen(contenders(facts), { order: order as Order })?.id).toBe(expected);
  });
});

describe('5.3 orders over many requests', () => {
  const four = (): Named[] => plain('a1', 'a2', 'b1', 'c1');

  test('5.3 random gives everybody the same chance', () => {
    const steps = Array.from({ length: 400 }, (_, step) => step / 400);
    const counts = tally(
      steps.map((random) => chosen(four(), { order: 'random', random: () => random })?.id ?? ''),
    );
    expect(counts).toEqual({ a1: 100, a2: 100, b1: 100, c1: 100 });
  });

  test('5.3 random gives the share of a resting key to all others alike', () => {
    const all = contenders({ a1: {}, b1: { grade: BARRED }, c1: {}, d1: {} });
    const steps = Array.from({ length: 300 }, (_, step) => step / 300);
    const counts = tally(
      steps.map((random) => chosen(all, { order: 'random', random: () => random })?.id ?? ''),
    );
    expect(counts).toEqual({ a1: 100, c1: 100, d1: 100 });
  });

  test.each(['lru', 'least_used', 'least_in_flight'] as const)('5.3 %s spreads requests evenly', (order) => {
    expect(tally(run(four(), 40, { order }))).toEqual({ a1: 10, a2: 10, b1: 10, c1: 10 });
  });

  test.each(['lru', 'least_used', 'least_in_flight'] as const)(
    '5.3 %s spreads requests of the same millisecond evenly',
    (order) => {
      const all = four();
      const ids = Array.from({ length: 40 }, () => {
        const contender = chosen(all, { order });
        if (contender === undefined) return '';
        contender.used++;
        contender.inFlight++;
        contender.lastUsedMs = 1_000_000;
        return contender.id;
      });
      expect(tally(ids)).toEqual({ a1: 10, a2: 10, b1: 10, c1: 10 });
    },
  );

  test('5.3 sticky stays with one key until it rests, and does not go back when that is over', () => {
    const all = four();
    const [a1] = all;
    expect(tally(run(all, 10, { order: 'sticky' }))).toEqual({ a1: 10 });
    if (a1 !== undefined) a1.grade = BARRED;
    expect(tally(run(all, 10, { order: 'sticky', nowMs: 1_000_100 }))).toEqual({ a2: 10 });
    if (a1 !== undefined) a1.grade = 0;
    expect(tally(run(all, 10, { order: 'sticky', nowMs: 1_000_200 }))).toEqual({ a2: 10 });
  });

  test('5.3 sticky of a lower priority is not confused by the keys above that rest', () => {
    const all = contenders({
      a1: { priority: 1, grade: BARRED, lastUsedMs: 9 },
      b1: {},
      c1: { lastUsedMs: 4 },
    });
    expect(tally(run(all, 5, { order: 'sticky' }))).toEqual({ c1: 5 });
  });

  test('5.3 lowest_latency asks a slow key again after some minutes, with one request at a time', () => {
    const all = contenders({ a1: { ttftMs: 200 }, b1: { ttftMs: 1_000, lastUsedMs: 1_000_000 } });
    const retriedMs: number[] = [];
    for (let nowMs = 1_000_000; nowMs < 2_000_000; nowMs += 1_000) {
      const contender = chosen(all, { order: 'lowest_latency', nowMs });
      if (contender?.id === 'b1') retriedMs.push(nowMs - 1_000_000);
      if (contender !== undefined) contender.lastUsedMs = nowMs;
    }
    // Five times as slow: again when its figure is believed for a fifth, four minutes later.
    expect(retriedMs.length).toBeGreaterThanOrEqual(3);
    expect(retriedMs.length).toBeLessThanOrEqual(5);
    expect(retriedMs[0]).toBeGreaterThan(180_000);
    expect(retriedMs[0]).toBeLessThan(300_000);
  });

  test('5.3 lowest_latency goes over to a key that has become faster', () => {
    const all = contenders({ a1: { ttftMs: 200 }, b1: { ttftMs: 1_000, lastUsedMs: 1_000_000 } });
    const [, b1] = all;
    const late = chosen(all, { order: 'lowest_latency', nowMs: 1_900_000 });
    if (late !== undefined) late.lastUsedMs = 1_900_000;
    if (b1 !== undefined) Object.assign(b1, { ttftMs: 100, lastUsedMs: 1_900_000 });
    expect(tally(run(all, 10, { order: 'lowest_latency', nowMs: 1_900_001 }))).toEqual({ b1: 10 });
  });

  test('5.3 lowest_latency lets many requests at once explore several unknown keys, one each', () => {
    const all = contenders({ a1: { ttftMs: 300, lastUsedMs: 999_999, used: 1 }, b1: {}, c1: {} });
    const ids = Array.from({ length: 6 }, () => {
      const contender = chosen(all, { order: 'lowest_latency' });
      if (contender === undefined) return '';
      contender.inFlight++;
      contender.used++;
      contender.lastUsedMs = 1_000_000;
      return contender.id;
    });
    expect(tally(ids)).toEqual({ a1: 4, b1: 1, c1: 1 });
  });

  test('5.3 cheapest takes turns among those of the same price', () => {
    const all = contenders({ a1: { price: 1 }, b1: { price: 2 }, c1: { price: 1 }, d1: {} });
    expect(tally(run(all, 10, { order: 'cheapest' }))).toEqual({ a1: 5, c1: 5 });
    const asked = all.filter(({ price }) => price === 1);
    expect(chosen(all, { order: 'cheapest', asked })?.id).toBe('b1');
  });
});
