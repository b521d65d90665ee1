import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Credit } from './credit.ts';

describe('Credit', () => {
  test('each request earns its share of one call, and the first call is free', () => {
    const credit = new Credit();
    expect([credit.spend(0.1), credit.spend(0.1)]).toEqual([true, false]);
    for (let request = 1; request <= 20; request++) credit.earn();
    expect([credit.spend(0.1), credit.spend(0.1), credit.spend(0.1)]).toEqual([true, true, false]);
  });

  test('of what is not spent only so many calls are kept', () => {
    const credit = new Credit(3);
    for (let request = 1; request <= 10_000; request++) credit.earn();
    const spent = [1, 2, 3, 4].map(() => credit.spend(0.5));
    expect(spent).toEqual([true, true, true, false]);
  });

  test('a share of nothing allows the first call alone', () => {
    const credit = new Credit();
    expect(credit.spend(0)).toBe(true);
    for (let request = 1; request <= 10_000; request++) credit.earn();
    expect(credit.spend(0)).toBe(false);
  });

  test('whenever calls are wanted, they never exceed their share of the requests by more than one', () => {
    fc.assert(
      fc.property(
        fc.array(fc.boolean(), { maxLength: 400 }),
        fc.constantFrom(0.05, 0.07, 0.5),
        (wanted, share) => {
          const credit = new Credit();
          let spent = 0;
          for (const [requests, wants] of wanted.entries()) {
            credit.earn();
            if (wants && credit.spend(share)) spent++;
            expect(spent).toBeLessThanOrEqual((requests + 1) * share + 1 + 1e-9);
          }
        },
      ),
    );
  });
});
