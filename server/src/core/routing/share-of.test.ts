import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { shareOf } from './share-of.ts';

describe('parts of what is left', () => {
  test('P5 the parts of all gateways make up exactly what there is', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 50 }), fc.nat(10_000), (fellows, room) => {
        const parts = Array.from({ length: fellows }, (_, rank) => shareOf(room, { fellows, rank }));
        expect(parts.reduce((sum, part) => sum + part, 0)).toBe(room);
        expect(Math.max(...parts) - Math.min(...parts)).toBeLessThanOrEqual(1);
      }),
    );
  });

  test('P5 of a limit of 1 and three gateways the first has 1, and who does not know which it is has nothing', () => {
    expect([0, 1, 2].map((rank) => shareOf(1, { fellows: 3, rank }))).toEqual([1, 0, 0]);
    expect(shareOf(1, { fellows: 3, rank: undefined })).toBe(0);
    expect(shareOf(7, { fellows: 3, rank: undefined })).toBe(2);
    expect(shareOf(7, { fellows: 1, rank: undefined })).toBe(7);
  });

  test('nothing is left of less than nothing', () => {
    expect(shareOf(-5, { fellows: 2, rank: 0 })).toBe(0);
    expect(shareOf(2.9, { fellows: 1, rank: 0 })).toBe(2);
  });
});
