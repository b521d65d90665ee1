import { describe, expect, test } from 'vitest';
import { nanoUsdOf, usdText } from './money.ts';

describe('amounts', () => {
  test('are written with at least two places and without an exponent', () => {
    expect([0, 1, 123_000, 10_000_000_000, 1_234_567_890, 500_000_000].map(usdText)).toEqual([
      '0.00',
      '0.000000001',
      '0.000123',
      '10.00',
      '1.23456789',
      '0.50',
    ]);
    expect(usdText(-5)).toBe('0.00');
    expect(usdText(1e15)).toBe('1000000.00');
  });

  test('of US dollars are whole nano-US-dollars', () => {
    expect([0.1, 0.3, 29.99, 1_000_000].map(nanoUsdOf)).toEqual([1e8, 3e8, 29_990_000_000, 1e15]);
  });
});
