import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { chosen, contenders, type Named, plain, run, tally } from '../../../../test/kit/contenders.ts';
import { BARRED, FREE } from '../grade.ts';

const order = 'round_robin';

/** Keys of up to five upstreams, some of them at rest. */
const arbitrary = fc
  .uniqueArray(
    fc.record({
      id: fc
        .tuple(fc.constantFrom('a', 'b', 'c', 'd', 'e'), fc.nat({ max: 9 }))
        .map(([letter, key]) => `${letter}${key}`),
      grade: fc.constantFrom(FREE, FREE, BARRED),
    }),
    { selector: ({ id }) => id, minLength: 1, maxLength: 30 },
  )
  .map((facts) => contenders(Object.fromEntries(facts.map(({ id, grade }) => [id, { grade }]))));

/** The attempts of one request, until nobody is left. */
function attempts(all: readonly Named[], cursor: number): string[] {
  const asked: Named[] = [];
  for (;;) {
    const next = chosen(all, { order, cursor, asked });
    if (next === undefined) return asked.map(({ id }) => id);
    asked.push(next);
  }
}

describe('round_robin', () => {
  test('6.1 turns go over upstreams first, then over their keys', () => {
    expect(run(plain('a1', 'a2', 'a3', 'b1', 'b2', 'c1'), 7, { order })).toEqual([
      'a1',
      'b1',
      'c1',
      'a2',
      'b2',
      'a3',
      'a1',
    ]);
  });

  test('6.1 it does not skew: everybody who is there gets exactly its share, and nobody that of a cooling key', () => {
    fc.assert(
      fc.property(
        arbitrary,
        fc.nat({ max: 1_000_000 }),
        fc.integer({ min: 1, max: 4 }),
        (all, from, rounds) => {
          const healthy = all.filter(({ grade }) => grade === FREE);
          const counts = tally(run(all, healthy.length * rounds, { order, cursor: from }));
          expect(counts).toEqual(Object.fromEntries(healthy.map(({ id }) => [id, rounds])));
        },
      ),
    );
  });

  test('6.1 the order in which keys are listed does not matter for their shares', () => {
    fc.assert(
      fc.property(arbitrary, fc.nat({ max: 999 }), (all, seed) => {
        const mixed = [...all].sort((a, b) => ((a.place * 7 + seed) % 5) - ((b.place * 7 + seed) % 5));
        const healthy = all.filter(({ grade }) => grade === FREE);
        expect(Object.values(tally(run(mixed, healthy.length, { order })))).toEqual(healthy.map(() => 1));
      }),
    );
  });

  test('6.1 when a key begins to rest, its share is spread over the others', () => {
    const all = plain('a1', 'a2', 'b1', 'b2');
    const [, a2] = all;
    if (a2 !== undefined) a2.grade = BARRED;
    expect(tally(run(all, 300, { order }))).toEqual({ a1: 100, b1: 100, b2: 100 });
  });

  test('6.1 a second attempt meets another upstream as long as there is one', () => {
    fc.assert(
      fc.property(arbitrary, fc.nat({ max: 1_000 }), (all, cursor) => {
        const upstreams = new Set(all.flatMap(({ id, grade }) => (grade === FREE ? [id.slice(0, 1)] : [])));
        const first = attempts(all, cursor).slice(0, upstreams.size);
        expect(new Set(first.map((id) => id.slice(0, 1))).size).toBeGreaterThanOrEqual(
          Math.min(2, upstreams.size),
        );
        if (upstreams.size > 0) expect(new Set(first.map((id) => id.slice(0, 1)))).toEqual(upstreams);
      }),
    );
  });

  test('6.1 one request asks everybody who is there once', () => {
    fc.assert(
      fc.property(arbitrary, fc.nat({ max: 1_000 }), (all, cursor) => {
        const healthy = all.filter(({ grade }) => grade === FREE).map(({ id }) => id);
        expect(attempts(all, cursor).sort()).toEqual(healthy.sort());
      }),
    );
  });

  test('6.1 second attempts are spread as well, so that no key is flooded by the failures of another', () => {
    const all = plain('a1', 'a2', 'b1', 'b2', 'c1', 'c2');
    const seconds = Array.from({ length: 600 }, (_, cursor) => attempts(all, cursor)[1] ?? '');
    for (const count of Object.values(tally(seconds))) expect(count).toBe(100);
  });

  test('a large turn counts like a small one', () => {
    const all = plain('a1', 'b1', 'c1');
    expect(run(all, 3, { order, cursor: 9_007_199_254_740_000 }).sort()).toEqual(['a1', 'b1', 'c1']);
  });

  test('5.4 a conversation settles with whoever has the least to do, in turn where several have', () => {
    const all = contenders({ a1: { inFlight: 2 }, a2: {}, b1: { inFlight: 1 }, c1: {} });
    const settled = [0, 1, 2, 3].map((cursor) => chosen(all, { order, cursor, settling: true })?.id ?? '');
    expect(tally(settled)).toEqual({ a2: 2, c1: 2 });
    const asked = all.filter(({ inFlight }) => inFlight === 0);
    expect(chosen(all, { order, settling: true, asked })?.id).toBe('b1');
  });
});
