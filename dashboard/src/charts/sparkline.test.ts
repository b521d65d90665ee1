import { expect, test } from 'vitest';
import { pathOf } from './sparkline.tsx';

test('a gap interrupts the line, and is bridged where that is wanted', () => {
  const values = [1, 2, undefined, 2, 1];
  expect(pathOf(values).match(/M/g)).toHaveLength(2);
  expect(pathOf(values, true).match(/M/g)).toHaveLength(1);
  expect(pathOf([undefined, 5, undefined], true)).toMatch(/^M[\d.]+ [\d.]+h0$/);
});

test('nothing makes no line, and noughts lie on the floor', () => {
  expect(pathOf([undefined, undefined])).toBe('');
  expect(pathOf([0, 0])).toBe('M0.0 26.0h0L120.0 26.0');
});
