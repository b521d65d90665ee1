import { describe, expect, test } from 'vitest';
import { usageWith } from '../../../test/kit/usages.ts';
import { costOf, sumCosts, worstNanoUsd } from './cost-of.ts';
import type { Price, Rates } from './price.ts';

function priceOf(rates: Rates, more: Partial<Price> = {}): Price {
  return { id: 'test', rates, tiers: [], serviceTiers: {}, ...more };
}

/** $3 in, $15 out, as Claude Sonnet: cached reads a tenth, writes 1.25 and 2 times. */
const SONNET = priceOf({
  input: 3_000_000,
  output: 15_000_000,
  cacheRead: 300_000,
  cacheWrite5m: 3_750_000,
  cacheWrite1h: 6_000_000,
  webSearch: 10_000_000_000,
});

describe('9.4 every kind of token has its own price', () => {
  test('parts are charged apart and sum to the total', () => {
    const usage = usageWith({
      uncached: 1_000,
      cacheRead: 10_000,
      cacheWrite5m: 2_000,
      cacheWrite1h: 300,
      cacheWriteOther: 40,
      text: 500,
      reasoning: 70,
      extras: { webSearches: 2 },
    });
    const cost = costOf(usage, SONNET, false);
    expect(cost).toEqual({
      // Of one write nobody told the lifetime, while others were long-lived.
      state: 'estimated',
      priceRow: 'test',
      parts: {
        inputUncached: 1_000 * 3_000,
        cacheRead: 10_000 * 300,
        cacheWrite: 2_040 * 3_750 + 300 * 6_000,
        inputAudio: 0,
        outputText: 500 * 15_000,
        outputReasoning: 70 * 15_000,
        outputAudio: 0,
        other: 2 * 10_000_000,
      },
      totalNanoUsd: 3_000_000 + 3_000_000 + 7_650_000 + 1_800_000 + 7_500_000 + 1_050_000 + 20_000_000,
    });
  });

  test('a fraction of a nanodollar is rounded once, halves up', () => {
    // 0.5 nano each: one token makes 1, three make 2 (1.5), and two kinds of writes are one part.
    const price = priceOf({ input: 500, output: 499, cacheWrite5m: 250, cacheWrite1h: 250 });
    expect(costOf(usageWith({ uncached: 1 }), price, false).totalNanoUsd).toBe(1);
    expect(costOf(usageWith({ uncached: 3 }), price, false).totalNanoUsd).toBe(2);
    expect(costOf(usageWith({ text: 1 }), price, false).totalNanoUsd).toBe(0);
    expect(costOf(usageWith({ cacheWrite5m: 1, cacheWrite1h: 1 }), price, false).totalNanoUsd).toBe(1);
  });

  test('a thousand million tokens are counted to the nanodollar', () => {
    const price = priceOf({ input: 600_000_001, output: 0 });
    expect(costOf(usageWith({ uncached: 1e9 }), price, false).totalNanoUsd).toBe(600_000_001_000_000);
  });

  test('what has no rate of its own costs what the nearest thing does', () => {
    const price = priceOf({ input: 1_000, output: 2_000 });
    const usage = usageWith({
      uncached: 1,
      cacheRead: 1,
      cacheWrite5m: 1,
      cacheWriteOther: 1,
      text: 1,
      reasoning: 1,
    });
    expect(costOf(usage, price, false)).toMatchObject({ state: 'exact', totalNanoUsd: 8 });
  });

  test.each([
    ['sound in', { audioIn: 1 }],
    ['sound out', { audioOut: 1 }],
    ['a picture', { extras: { outputImageTokens: 1 } }],
    ['a search', { extras: { webSearches: 1 } }],
    ['a long-lived write where only short-lived ones have a rate', { cacheWrite1h: 1 }],
    ['a number that was impossible', { uncached: 1, clamped: true }],
  ])('%s without a rate makes the cost an estimate', (_, buckets) => {
    const price = priceOf({ input: 1_000, output: 2_000, cacheWrite5m: 1_250 });
    expect(costOf(usageWith({ text: 1 }), price, false).state).toBe('exact');
    expect(costOf(usageWith(buckets), price, false).state).toBe('estimated');
  });

  test('charges that nobody tells make every cost an estimate', () => {
    const price = priceOf({ input: 1_000, output: 0, request: 5_000_000_000 }, { lacks: 'fees' });
    expect(costOf(usageWith({ uncached: 1 }), price, false)).toMatchObject({
      state: 'estimated',
      parts: { other: 5_000_000 },
    });
    const outputless = priceOf({ input: 1_000, output: 0 }, { lacks: 'output' });
    expect(costOf(usageWith({ uncached: 1 }), outputless, false).state).toBe('exact');
    expect(costOf(usageWith({ uncached: 1, text: 1 }), outputless, false).state).toBe('estimated');
  });
});

describe('9.6 without a price', () => {
  test('the state says so, and no amount is taken for a cost', () => {
    const cost = costOf(usageWith({ uncached: 5, text: 5 }), undefined, false);
    expect(cost).toMatchObject({ state: 'unpriced', totalNanoUsd: 0, priceRow: '' });
  });
});

describe('9.8 tiers', () => {
  const long: Rates = { input: 6_000_000, output: 22_500_000, cacheRead: 600_000 };
  const tiered = priceOf(
    { input: 3_000_000, output: 15_000_000, cacheRead: 300_000 },
    { tiers: [{ aboveInputTokens: 200_000, rates: long, whole: true }] },
  );

  test('cached tokens count towards the threshold, and the whole request changes its rates', () => {
    const at = usageWith({ uncached: 100_000, cacheRead: 100_000, text: 10 });
    const above = usageWith({ uncached: 100_001, cacheRead: 100_000, text: 10 });
    expect(costOf(at, tiered, false).totalNanoUsd).toBe(100_000 * 3_000 + 100_000 * 300 + 10 * 15_000);
    expect(costOf(above, tiered, false).totalNanoUsd).toBe(100_001 * 6_000 + 100_000 * 600 + 10 * 22_500);
  });

  test('a tier for what is above only leaves what is below, from the beginning of the prompt, as it is', () => {
    const price = priceOf(
      { input: 1_000_000, output: 2_000_000, cacheRead: 100_000 },
      { tiers: [{ aboveInputTokens: 100, rates: { input: 5_000_000, output: 9_000_000 }, whole: false }] },
    );
    const cost = costOf(usageWith({ cacheRead: 60, uncached: 60, text: 1 }), price, false);
    expect(cost.parts).toMatchObject({
      cacheRead: 60 * 100,
      inputUncached: 40 * 1_000 + 20 * 5_000,
      outputText: 2_000,
    });
  });

  test('a service tier has its own rates, whatever the letter case', () => {
    const price = priceOf(
      { input: 2_000, output: 8_000 },
      { serviceTiers: { flex: { input: 1_000, output: 4_000 } } },
    );
    const flex = usageWith({ uncached: 1, text: 1, extras: { serviceTier: 'FLEX' } });
    expect(costOf(flex, price, false)).toMatchObject({ state: 'exact', totalNanoUsd: 5 });
  });

  test.each(['default', 'standard', 'on_demand', 'auto', ''])(
    'the tier "%s" is the ordinary one',
    (serviceTier) => {
      const price = priceOf({ input: 2_000, output: 8_000 });
      const cost = costOf(usageWith({ uncached: 1, extras: { serviceTier } }), price, false);
      expect(cost).toMatchObject({ state: 'exact', totalNanoUsd: 2 });
    },
  );

  test('a service tier of unknown price is an estimate and never passes for the ordinary one', () => {
    const cost = costOf(usageWith({ uncached: 1, extras: { serviceTier: 'priority' } }), SONNET, false);
    expect(cost).toMatchObject({ state: 'estimated', totalNanoUsd: 3_000 });
  });

  test('a long request in a service tier is dearer by as much as it is without, and an estimate', () => {
    const price = {
      ...tiered,
      serviceTiers: { flex: { input: 1_500_000, output: 7_500_000, cacheRead: 150_000 } },
    };
    const usage = usageWith({ uncached: 200_001, text: 10, extras: { serviceTier: 'flex' } });
    expect(costOf(usage, price, false)).toMatchObject({
      state: 'estimated',
      totalNanoUsd: 200_001 * 3_000 + 10 * 11_250,
    });
  });
});

describe('9.10 sums', () => {
  const one = costOf(usageWith({ uncached: 10 }), SONNET, false);
  const guess = costOf(usageWith({ text: 10 }), SONNET, true);
  const unknown = costOf(usageWith({ text: 10 }), undefined, false);

  test('are nothing where there is nothing, and the cost itself where there is one', () => {
    expect(sumCosts([])).toBeUndefined();
    expect(sumCosts([one])).toBe(one);
  });

  test('keep the amounts that are known and the worst of the states', () => {
    expect(sumCosts([one, guess])).toMatchObject({
      state: 'estimated',
      totalNanoUsd: 180_000,
      priceRow: 'test',
    });
    expect(sumCosts([one, unknown, guess])).toMatchObject({
      state: 'unpriced',
      totalNanoUsd: 180_000,
      priceRow: 'test',
    });
  });
});

describe('the worst case', () => {
  test('is all input written to the dearest cache and all output in the dearest kind', () => {
    expect(worstNanoUsd(SONNET, 1_000, 100)).toBe(1_000 * 6_000 + 100 * 15_000 + 8);
  });

  test('is nothing for what is free', () => {
    expect(worstNanoUsd(priceOf({ input: 0, output: 0 }), 1e6, 1e6)).toBe(0);
  });
});
