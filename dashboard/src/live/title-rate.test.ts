import { expect, test } from 'vitest';
import { formatOf } from '../language/format.ts';
import { rateWords } from './title-rate.ts';

const format = formatOf('en', 'en-US');
const rate = { input: 12_340, output: 45.4 };

test('10.8 the title tells the rate split, combined or both, and nothing when it is switched off', () => {
  expect(rateWords(rate, 'split', format)).toBe('↑12.3K ↓45 tok/s');
  expect(rateWords(rate, 'combined', format)).toBe('12.4K tok/s');
  expect(rateWords(rate, 'both', format)).toBe('12.4K (↑12.3K ↓45) tok/s');
  expect(rateWords(rate, 'off', format)).toBe('');
});

test('the title says nothing while nothing is known, or nothing flows', () => {
  for (const mode of ['split', 'combined', 'both'] as const) {
    expect(rateWords(undefined, mode, format)).toBe('');
    expect(rateWords({ input: 0.2, output: 0.1 }, mode, format)).toBe('');
    expect(rateWords({ input: 0, output: 1 }, mode, format)).not.toBe('');
  }
});
