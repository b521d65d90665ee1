import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { backoffMs } from './backoff.ts';

describe('backoffMs', () => {
  const policy = { initialMs: 500, maxMs: 8000 };

  test('6.5 doubles its upper end up to the most', () => {
    const longest = [0, 1, 2, 3, 4, 5, 5000].map((n) => backoffMs(n, policy, () => 0.5) * 2);
    expect(longest).toEqual([500, 1000, 2000, 4000, 8000, 8000, 8000]);
  });

  test('6.5 may be anything from nothing to there', () => {
    fc.assert(
      fc.property(fc.nat(), fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (n, chance) => {
        const ms = backoffMs(n, policy, () => chance);
        expect(ms >= 0 && ms <= Math.min(8000, 500 * 2 ** Math.min(n, 10))).toBe(true);
      }),
    );
    expect(backoffMs(2, policy, () => 0)).toBe(0);
  });
});
