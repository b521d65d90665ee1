import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { chosen, contenders, type Named, run, tally } from '../../../../test/kit/contenders.ts';
import { BARRED, FREE } from '../grade.ts';

const order = 'weighted';

/** Keys with these weights. */
function weighing(...weights: readonly number[]): Named[] {
  return contenders(Object.fromEntries(weights.map((weight, place) => [`k${place}`, { weight }])));
}

describe('weighted', () => {
  test('6.1 weights of 3 and 1 give 3 to 1, evenly mixed', () => {
    expect(run(weighing(3, 1), 8, { order }).join(' ')).toBe('k0 k0 k1 k0 k0 k0 k1 k0');
  });

  test('6.1 over each sum of the weights everybody gets exactly its weight', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1, maxLength: 12 }),
        fc.integer({ min: 1, max: 3 }),
        (weights, rounds) => {
          const sum = weights.reduce((total, weight) => total + weight, 0);
          const counts = tally(run(weighing(...weights), sum * rounds, { order }));
          for (const [place, weight] of weights.entries()) expect(counts[`k${place}`]).toBe(weight * rounds);
        },
      ),
    );
  });

  test('6.1 while a key rests the others share by their weights, and it neither catches up nor is shunned after', () => {
    const all = weighing(2, 1, 1);
    const [heavy] = all;
    run(all, 5, { order });
    if (heavy !== undefined) heavy.grade = BARRED;
    expect(tally(run(all, 100, { order }))).toEqual({ k1: 50, k2: 50 });
    if (heavy !== undefined) heavy.grade = FREE;
    const counts = tally(run(all, 400, { order }));
    expect(Math.abs((counts['k0'] ?? 0) - 200)).toBeLessThanOrEqual(2);
    expect(Math.abs((counts['k1'] ?? 0) - 100)).toBeLessThanOrEqual(2);
  });

  test('6.1 what a key owed in a large company does not keep it away from a small one', () => {
    const all = weighing(1, 1, 1_000);
    const [first] = all;
    if (first !== undefined) first.credit = -1_001;
    const [, , heavy] = all;
    if (heavy !== undefined) heavy.grade = BARRED;
    const counts = tally(run(all, 100, { order }));
    expect(counts['k0']).toBeGreaterThanOrEqual(48);
    expect(counts['k1']).toBeGreaterThanOrEqual(48);
  });

  test('6.1 keys of weight 0 only stand in, and take turns then', () => {
    const all = weighing(0, 5, 0);
    expect(tally(run(all, 20, { order }))).toEqual({ k1: 20 });
    const asked = all.filter(({ weight }) => weight > 0);
    const standIns = [0, 1, 2, 3].map((cursor) => chosen(all, { order, cursor, asked })?.id ?? '');
    expect(tally(standIns)).toEqual({ k0: 2, k2: 2 });
  });

  test('a rehearsal tells who would be chosen and changes nothing', () => {
    const all = weighing(3, 1);
    for (let request = 0; request < 12; request++) {
      const foreseen = chosen(all, { order, rehearsal: true });
      expect(chosen(all, { order, rehearsal: true })).toBe(foreseen);
      expect(chosen(all, { order })).toBe(foreseen);
    }
  });
});
