import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { chosen, contenders, type Named, plain, run } from '../../../test/kit/contenders.ts';
import { BARRED, FREE, type Grade, PROBE, SUSPECT } from './grade.ts';
import { ORDERS } from './policy.ts';

const idOf = (contender: Named | undefined): string | undefined => contender?.id;

describe('who comes first, whatever the order', () => {
  test.each(ORDERS)('6.1 priority comes first with %s', (order) => {
    const all = contenders({ a1: { priority: 1 }, b1: { priority: 2 }, c1: {}, d1: { priority: 2 } });
    for (const id of run(all, 12, { order })) expect(['b1', 'd1']).toContain(id);
  });

  test.each(ORDERS)(
    '6.1 of one priority the own format comes first with %s, where that is wanted',
    (order) => {
      const all = contenders({ a1: { native: false }, b1: {}, c1: { native: false, priority: -1 } });
      expect(idOf(chosen(all, { order }))).toBe('b1');
      const [a1, b1] = all;
      expect(idOf(chosen(all, { order, asked: b1 === undefined ? [] : [b1] }))).toBe('a1');
      if (a1 !== undefined) a1.grade = BARRED;
      expect(idOf(chosen(all, { order, asked: b1 === undefined ? [] : [b1] }))).toBe('c1');
    },
  );

  test('a converted candidate takes its place in the order where the own format is not preferred', () => {
    const all = contenders({ a1: { native: false }, b1: {} });
    expect(idOf(chosen(all, { preferNative: false }))).toBe('a1');
  });

  test.each(ORDERS)('a suspect is asked only when nothing else is there, with %s', (order) => {
    const all = contenders({ a1: { grade: SUSPECT, priority: 9 }, b1: {}, c1: { grade: SUSPECT } });
    expect(idOf(chosen(all, { order }))).toBe('b1');
    expect(idOf(chosen(all, { order, asked: all.slice(1, 2) }))).toBe('a1');
    expect(idOf(chosen(all, { order, asked: all.slice(0, 2) }))).toBe('c1');
  });

  test.each(ORDERS)('a barred one is never asked, with %s', (order) => {
    const all = contenders({ a1: { grade: BARRED, priority: 9 }, b1: { grade: BARRED } });
    expect(chosen(all, { order, favourite: all[0] })).toBeUndefined();
  });

  test('nobody is chosen among nobody', () => {
    expect(chosen([])).toBeUndefined();
  });
});

describe('probes', () => {
  test.each(ORDERS)(
    '5.8 a key whose rest is over gets one request although others are free, with %s',
    (order) => {
      const all = contenders({
        a1: {},
        b1: { grade: PROBE, weight: 1, price: 9, used: 5, ttftMs: 9_000 },
        c1: {},
      });
      expect(idOf(chosen(all, { order }))).toBe('b1');
      // While that one is on its way, its owner grades it worse for everybody else.
      const [, probed] = all;
      if (probed !== undefined) probed.grade = SUSPECT;
      expect(run(all, 20, { order })).not.toContain('b1');
    },
  );

  test('a probe of a higher priority comes before free ones of a lower', () => {
    expect(idOf(chosen(contenders({ a1: {}, b1: { grade: PROBE, priority: 1 } })))).toBe('b1');
  });

  test('a probe that would not be asked if it were free is not asked', () => {
    expect(idOf(chosen(contenders({ a1: { grade: PROBE }, b1: { priority: 1 } })))).toBe('b1');
    expect(idOf(chosen(contenders({ a1: { grade: PROBE, native: false }, b1: {} })))).toBe('b1');
  });

  test('when the probe has failed, the request goes on to a free one', () => {
    const all = contenders({ a1: { grade: PROBE }, b1: {} });
    expect(idOf(chosen(all, { asked: all.slice(0, 1) }))).toBe('b1');
  });
});

describe('the favourite of a conversation', () => {
  test.each(ORDERS)('5.4 it is asked while it is free, whatever %s would say', (order) => {
    const all = contenders({
      a1: { ttftMs: 10, price: 1 },
      b1: { ttftMs: 999, price: 99, used: 50, inFlight: 7, lastUsedMs: 999_000, weight: 0 },
      c1: { lastUsedMs: 999_999 },
    });
    for (let turn = 0; turn < 6; turn++)
      expect(idOf(chosen(all, { order, cursor: turn, favourite: all[1] }))).toBe('b1');
  });

  test('5.4 one that needs conversion is kept too: its prompt cache is worth more', () => {
    const all = contenders({ a1: {}, b1: { native: false } });
    expect(idOf(chosen(all, { favourite: all[1] }))).toBe('b1');
  });

  test('5.4 a probe of the same priority does not take a conversation away from it', () => {
    const all = contenders({ a1: { grade: PROBE }, b1: {} });
    expect(idOf(chosen(all, { favourite: all[1] }))).toBe('b1');
  });

  test.each([
    ['somebody of a higher priority is free', { a1: { priority: 1 }, b1: {} }, 'a1'],
    ['somebody of a higher priority can be probed', { a1: { priority: 1, grade: PROBE }, b1: {} }, 'a1'],
    ['it is suspect', { a1: {}, b1: { grade: SUSPECT } }, 'a1'],
    ['it is barred', { a1: { priority: -1 }, b1: { grade: BARRED } }, 'a1'],
    ['it is only as suspect as the others', { a1: { grade: SUSPECT }, b1: { grade: SUSPECT } }, 'a1'],
  ] as const)('5.4 it is left when %s', (_, facts, expected) => {
    const all = contenders(facts);
    expect(idOf(chosen(all, { favourite: all[1] }))).toBe(expected);
  });

  test('5.4 it stays when those of a higher priority rest', () => {
    const all = contenders({
      a1: { priority: 1, grade: SUSPECT },
      b1: {},
      c1: { priority: 1, grade: BARRED },
    });
    expect(idOf(chosen(all, { favourite: all[1] }))).toBe('b1');
  });

  test('one that was tried, or is not among the candidates any more, has no say', () => {
    const all = plain('a1', 'b1');
    expect(idOf(chosen(all, { favourite: all[1], asked: all.slice(1) }))).toBe('a1');
    expect(idOf(chosen(all, { favourite: plain('z1')[0] }))).toBe('a1');
  });
});

describe('18.26 requests at the same time do not disturb each other', () => {
  test('18.26 the attempts of many requests, in any mixture, never move the turn of another', () => {
    const names = ['a1', 'a2', 'b1', 'b2', 'c1', 'c2'];
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 19 }), { maxLength: 60 }), (steps) => {
        const all = plain(...names);
        const asked: Named[][] = Array.from({ length: 20 }, () => []);
        for (const request of steps) {
          const mine = asked[request] ?? [];
          const next = chosen(all, { order: 'round_robin', cursor: request, asked: mine });
          if (next !== undefined) mine.push(next);
        }
        for (const [request, mine] of asked.entries()) {
          const alone = chosen(all, { order: 'round_robin', cursor: request });
          if (mine.length > 0) expect(mine[0]).toBe(alone);
          expect(new Set(mine).size).toBe(mine.length);
        }
      }),
    );
  });
});

const arbitraryContenders: fc.Arbitrary<Named[]> = fc
  .array(
    fc.record({
      priority: fc.integer({ min: 0, max: 2 }),
      native: fc.boolean(),
      weight: fc.constantFrom(0, 1, 3, 0.5),
      price: fc.option(fc.constantFrom(0, 1, 2.5), { nil: undefined }),
      groupPlace: fc.nat({ max: 90 }),
      inFlight: fc.nat({ max: 3 }),
      used: fc.nat({ max: 3 }),
      lastUsedMs: fc.constantFrom(Number.NEGATIVE_INFINITY, 0, 5, 999_999, 1_000_000),
      ttftMs: fc.option(fc.integer({ min: 1, max: 900 }), { nil: undefined }),
      credit: fc.constantFrom(0, 5, -1_000),
      grade: fc.constantFrom<Grade>(FREE, FREE, PROBE, SUSPECT, BARRED),
    }),
    { maxLength: 30 },
  )
  .map((facts) => facts.map((fact, place) => ({ ...fact, id: `k${place}`, place })));

describe('pick', () => {
  test('it answers with somebody when anybody is left, and never with one that was tried or is barred', () => {
    fc.assert(
      fc.property(
        arbitraryContenders,
        fc.constantFrom(...ORDERS),
        fc.record({
          preferNative: fc.boolean(),
          cursor: fc.nat(),
          random: fc.double({ min: 0, max: 1, noNaN: true }),
          asked: fc.array(fc.nat({ max: 29 }), { maxLength: 8 }),
          favourite: fc.nat({ max: 35 }),
          rehearsal: fc.boolean(),
          settling: fc.boolean(),
        }),
        (all, order, { asked: places, favourite, random, ...given }) => {
          const asked = places.flatMap((place) => all[place] ?? []);
          const before = structuredClone(all);
          const one = chosen(all, {
            ...given,
            order,
            asked,
            random: () => random,
            favourite: all[favourite],
          });
          const left = all.filter((contender) => contender.grade !== BARRED && !asked.includes(contender));
          if (left.length === 0) expect(one).toBeUndefined();
          else expect(left).toContain(one);
          if (one?.grade === SUSPECT) expect(left.every(({ grade }) => grade === SUSPECT)).toBe(true);
          if (one !== undefined && one.grade <= PROBE) {
            const usable = left.filter(({ grade }) => grade <= PROBE);
            expect(one.priority).toBe(Math.max(...usable.map(({ priority }) => priority)));
          }
          if (given.rehearsal || order !== 'weighted') expect(all).toEqual(before);
        },
      ),
      { numRuns: 2_000 },
    );
  });

  test('it asks for the grade of each contender at most once', () => {
    fc.assert(
      fc.property(arbitraryContenders, fc.constantFrom(...ORDERS), (all, order) => {
        const graded: Named[] = [];
        const grade = (contender: Named): Grade => {
          graded.push(contender);
          return contender.grade;
        };
        chosen(all, { order, grade, favourite: all[3] });
        expect(new Set(graded).size).toBe(graded.length);
      }),
    );
  });

  test('thousands of contenders, and places of upstreams far apart, are no trouble', () => {
    const names = Array.from({ length: 5_000 }, (_, place) => `k${place}`);
    const all = contenders(Object.fromEntries(names.map((id, place) => [id, { groupPlace: place * 3 }])));
    expect(run(all, 3, { order: 'round_robin', cursor: 4_998 })).toEqual(['k4998', 'k4999', 'k0']);
  });
});
