import { describe, expect, test } from 'vitest';
import { rowAfter } from './row-keys.ts';

describe('Keys that go from row to row', () => {
  test('j begins at the first row and goes down, k goes up', () => {
    expect(rowAfter('j', undefined, 3)).toBe(0);
    expect(rowAfter('j', 0, 3)).toBe(1);
    expect(rowAfter('k', 1, 3)).toBe(0);
  });

  test('they stop at both ends', () => {
    expect(rowAfter('j', 2, 3)).toBe(2);
    expect(rowAfter('k', 0, 3)).toBe(0);
  });

  test('arrows scroll the page until a row has the focus', () => {
    expect(rowAfter('ArrowDown', undefined, 3)).toBeUndefined();
    expect(rowAfter('ArrowDown', 1, 3)).toBe(2);
    expect(rowAfter('ArrowUp', 1, 3)).toBe(0);
  });

  test('other keys and empty tables mean nothing', () => {
    expect(rowAfter('x', 1, 3)).toBeUndefined();
    expect(rowAfter('j', undefined, 0)).toBeUndefined();
  });
});
