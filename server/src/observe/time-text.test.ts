import fc from 'fast-check';
import { expect, it } from 'vitest';
import { timeText } from './time-text.ts';

it('writes every moment as Date does', () => {
  const moments = fc.array(fc.integer({ min: 0, max: 4_102_444_800_000 }), { minLength: 1 });
  fc.assert(
    fc.property(moments, fc.nat(3000), (starts, step) => {
      for (const start of starts) {
        for (const moment of [start, start + step]) {
          expect(timeText(moment)).toBe(new Date(moment).toISOString());
        }
      }
    }),
  );
});
