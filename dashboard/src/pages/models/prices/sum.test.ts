import { describe, expect, test } from 'vitest';
import { picoOf, sumOf } from './sum.ts';

describe('11.8 prices as text', () => {
  test('are read to the last digit, and rounded where the gateway rounds', () => {
    expect(picoOf('0.075')).toBe(75_000n);
    expect(picoOf(' 15 ')).toBe(15_000_000n);
    expect(picoOf('.5')).toBe(500_000n);
    expect(picoOf('3.')).toBe(3_000_000n);
    expect(picoOf('0.0000004')).toBe(0n);
    expect(picoOf('0.0000005')).toBe(1n);
    expect(picoOf('1000000')).toBe(1_000_000_000_000n);
  });

  test('are no prices where they are words, negative, too high, or written with a comma', () => {
    for (const text of ['', '.', 'free', '-1', '1,5', '1e3', '1000000.01', 'Infinity'])
      expect(picoOf(text), text).toBeUndefined();
  });
});

describe('11.8 the sum of an example', () => {
  const rates = { input: '3', output: '15', cacheRead: '0.3' };

  test('is exact in thousand-millionths of a dollar', () => {
    expect(sumOf(rates, { input: 1_000, cached: 0, output: 500 })).toEqual({
      inputNanoUsd: 3_000_000,
      cachedNanoUsd: 0,
      outputNanoUsd: 7_500_000,
      totalNanoUsd: 10_500_000,
    });
    // 0.1 + 0.2 of a dollar for a million, a token each: no float in between.
    expect(
      sumOf({ input: '0.1', output: '0.2', cacheRead: '' }, { input: 1, cached: 0, output: 1 }),
    ).toMatchObject({
      totalNanoUsd: 300,
    });
  });

  test('rounds each part once, halves up, so that the parts are the total', () => {
    const sum = sumOf(
      { input: '0.0005', output: '0.0005', cacheRead: '0.0005' },
      { input: 2, cached: 1, output: 1 },
    );
    expect(sum).toEqual({ inputNanoUsd: 1, cachedNanoUsd: 1, outputNanoUsd: 1, totalNanoUsd: 3 });
  });

  test('takes what is read from the cache as input where it has no rate of its own', () => {
    const whole = sumOf({ ...rates, cacheRead: '' }, { input: 1_000, cached: 900, output: 0 });
    const cached = sumOf(rates, { input: 1_000, cached: 900, output: 0 });
    expect([whole?.totalNanoUsd, cached?.totalNanoUsd]).toEqual([3_000_000, 570_000]);
  });

  test('takes the rates of long requests above their threshold, the highest that is passed', () => {
    const long = [
      { aboveInputTokens: 200_000, input: '6', output: '22.5', cacheRead: '' },
      { aboveInputTokens: 400_000, input: '9', output: '30', cacheRead: '' },
    ];
    const at = (input: number): number | undefined =>
      sumOf(rates, { input, cached: 0, output: 0 }, long)?.totalNanoUsd;
    expect(at(200_000)).toBe(600_000_000);
    expect(at(200_001)).toBe(1_200_006_000);
    expect(at(500_000)).toBe(4_500_000_000);
  });

  test('is not told where a rate is missing or no price', () => {
    expect(sumOf({ ...rates, output: '' }, { input: 1, cached: 0, output: 1 })).toBeUndefined();
    expect(sumOf({ ...rates, cacheRead: 'x' }, { input: 1, cached: 0, output: 1 })).toBeUndefined();
  });
});
