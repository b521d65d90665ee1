// Properties of costs: parts sum to the total, nothing is lost to rounding, sums do not depend on their order, and no
// usage costs more than the worst case of its size.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { totalTokens, type Usage } from '../../src/core/model/usage.ts';
import { costOf, sumCosts, worstNanoUsd } from '../../src/core/pricing/cost-of.ts';
import type { Price, Rates } from '../../src/core/pricing/price.ts';
import { usageWith } from '../kit/usages.ts';

const tokens = fc.oneof(fc.nat(20), fc.nat(1_000_000), fc.nat(100_000_000));
/** Up to $1,000 for a million tokens. */
const rate = fc.oneof(fc.nat(2_000), fc.nat(100_000_000), fc.nat(1_000_000_000));
const optional = fc.option(rate, { nil: undefined });

const rates: fc.Arbitrary<Rates> = fc
  .record({
    input: rate,
    output: rate,
    cacheRead: optional,
    cacheWrite5m: optional,
    cacheWrite1h: optional,
    inputAudio: optional,
    reasoning: optional,
    outputAudio: optional,
    outputImage: optional,
    request: fc.option(fc.nat(10_000_000_000), { nil: undefined }),
  })
  .map((all) => Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)) as never);

const prices: fc.Arbitrary<Price> = fc.record({
  id: fc.constant('any'),
  rates,
  tiers: fc
    .array(fc.record({ aboveInputTokens: tokens, rates, whole: fc.boolean() }), { maxLength: 3 })
    .map((tiers) => tiers.toSorted((a, b) => a.aboveInputTokens - b.aboveInputTokens)),
  serviceTiers: fc.dictionary(fc.constantFrom('flex', 'priority'), rates),
});

const usages: fc.Arbitrary<Usage> = fc
  .record({
    uncached: tokens,
    cacheRead: tokens,
    cacheWrite5m: tokens,
    cacheWrite1h: tokens,
    cacheWriteOther: tokens,
    audioIn: tokens,
    text: tokens,
    reasoning: tokens,
    audioOut: tokens,
    extras: fc.record({
      serviceTier: fc.constantFrom('default', 'flex', 'priority', 'unheard-of'),
      outputImageTokens: tokens,
    }),
  })
  .map(usageWith);

function inputOf({ input }: Usage): number {
  return Object.values(input).reduce((sum, count) => sum + count, 0);
}

describe('9.5 costs are integers', () => {
  test('parts sum to the total, and every amount is a whole number from 0', () => {
    fc.assert(
      fc.property(usages, prices, (usage, price) => {
        const { parts, totalNanoUsd } = costOf(usage, price, false);
        const amounts = Object.values(parts) as number[];
        expect(amounts.every((amount) => Number.isSafeInteger(amount) && amount >= 0)).toBe(true);
        expect(amounts.reduce((sum, amount) => sum + amount, 0)).toBe(totalNanoUsd);
        expect(Number.isSafeInteger(totalNanoUsd)).toBe(true);
      }),
    );
  });

  test('a part is what exact arithmetic says, rounded once', () => {
    fc.assert(
      fc.property(fc.nat(1_000_000_000), fc.nat(900_000_000), (count, picoUsd) => {
        const price: Price = { id: 'p', rates: { input: picoUsd, output: 0 }, tiers: [], serviceTiers: {} };
        const exact = (BigInt(count) * BigInt(picoUsd) + 500n) / 1_000n;
        expect(BigInt(costOf(usageWith({ uncached: count }), price, false).totalNanoUsd)).toBe(exact);
      }),
    );
  });

  test('sums do not depend on the order, and keep every part', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(usages, prices), { minLength: 1, maxLength: 4 }), (pairs) => {
        const costs = pairs.map(([usage, price]) => costOf(usage, price, false));
        const sum = sumCosts(costs);
        expect(sum?.totalNanoUsd).toBe(costs.reduce((all, { totalNanoUsd }) => all + totalNanoUsd, 0));
        expect(sumCosts(costs.toReversed())?.parts).toEqual(sum?.parts);
        expect(sumCosts(costs.toReversed())?.state).toBe(sum?.state);
      }),
    );
  });

  test('no usage costs more than the worst case of as many tokens', () => {
    fc.assert(
      fc.property(usages, prices, (usage, price) => {
        const input = inputOf(usage);
        const output = (totalTokens(usage) ?? 0) - input;
        expect(costOf(usage, price, false).totalNanoUsd).toBeLessThanOrEqual(
          worstNanoUsd(price, input, output),
        );
      }),
      { numRuns: 300 },
    );
  });

  test('what is free stays free, and what is not is never 0 for enough tokens', () => {
    fc.assert(
      fc.property(usages, fc.integer({ min: 1, max: 1e9 }), (usage, picoUsd) => {
        const price: Price = {
          id: 'p',
          rates: { input: picoUsd, output: picoUsd },
          tiers: [],
          serviceTiers: {},
        };
        const many = usageWith({ uncached: 1_000 + usage.input.uncached });
        expect(costOf(many, price, false).totalNanoUsd).toBeGreaterThan(0);
        const free: Price = { ...price, rates: { input: 0, output: 0 } };
        expect(costOf(usage, free, false).totalNanoUsd).toBe(0);
      }),
    );
  });
});
