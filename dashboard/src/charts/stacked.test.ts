import { expect, test } from 'vitest';
import { lonely, stacked, sumOf } from './stacked.ts';

test('each series stands on those before it; what is missing has no height', () => {
  expect(
    stacked([
      [1, 2, undefined],
      [10, undefined, 30],
      [100, 200, 300],
    ]),
  ).toEqual([
    [1, 2, 0],
    [11, 2, 30],
    [111, 202, 330],
  ]);
  expect(stacked([])).toEqual([]);
});

test('only values without neighbours need a dot', () => {
  expect(lonely([1, null, 2, 3, undefined, 4])).toEqual([0, 5]);
  expect(lonely([null, null])).toEqual([]);
  expect(lonely([7])).toEqual([0]);
});

test('the sum of a bucket leaves out what is not known', () => {
  expect(sumOf([[1], [undefined], [3]], 0)).toBe(4);
});
