import { describe, expect, test } from 'vitest';
import { Window } from './window.ts';

describe('sliding window', () => {
  test('what was added is there for a whole minute and gone at most half a second later', () => {
    for (const addedAt of [0, 1, 499, 500, 12_345, 59_999.5]) {
      const window = new Window('sliding');
      window.add(7, addedAt);
      window.advance(addedAt + 60_000);
      expect([window.requests, window.tokens]).toEqual([1, 7]);
      window.advance(addedAt + 60_500);
      expect([window.requests, window.tokens]).toEqual([0, 0]);
    }
  });

  test('it tells to the millisecond when enough will be gone', () => {
    const window = new Window('sliding');
    window.add(10, 100);
    window.add(20, 700);
    window.add(30, 1_200);
    expect(window.goneInMs('tokens', 0, 1_300)).toBe(0);
    for (const amount of [1, 10, 11, 30, 31, 60]) {
      const wait = window.goneInMs('tokens', amount, 1_300);
      const before = new Window('sliding');
      const after = new Window('sliding');
      for (const copy of [before, after]) {
        copy.add(10, 100);
        copy.add(20, 700);
        copy.add(30, 1_200);
      }
      before.advance(1_300 + wait - 1);
      after.advance(1_300 + wait);
      expect(before.tokens).toBeGreaterThan(60 - amount);
      expect(after.tokens).toBeLessThanOrEqual(60 - amount);
    }
  });

  test('a change reaches the moment it is about, and nothing where that is forgotten', () => {
    const window = new Window('sliding');
    window.add(100, 0);
    window.add(100, 30_000);
    window.change(-1, -40, 0);
    expect([window.requests, window.tokens]).toEqual([1, 160]);
    window.advance(61_000);
    expect([window.requests, window.tokens]).toEqual([1, 100]);
    window.change(-1, -100, 0);
    window.change(0, 50, 0);
    expect([window.requests, window.tokens]).toEqual([1, 100]);
  });

  test('a change never takes more out of a moment than went in', () => {
    const window = new Window('sliding');
    window.add(5, 1_000);
    window.add(5, 9_000);
    window.change(-9, -900, 1_000);
    expect([window.requests, window.tokens]).toEqual([1, 5]);
  });

  test('time that seems to run backwards brings nothing back', () => {
    const window = new Window('sliding');
    window.add(1, 100_000);
    window.advance(10_000);
    expect(window.requests).toBe(1);
    window.add(1, 10_000);
    window.advance(160_000);
    expect(window.requests).toBe(2);
    window.advance(160_500);
    expect(window.requests).toBe(0);
  });
});

describe('fixed window', () => {
  test('7.6 a minute of the clock is forgotten when the next one begins, also after exactly one hour of silence', () => {
    const window = new Window('fixed');
    const minute = 29_000_000 * 60_000;
    window.add(3, minute + 59_999);
    expect(window.goneInMs('requests', 1, minute + 59_999)).toBe(1);
    window.advance(minute + 60_000);
    expect(window.requests).toBe(0);
    window.add(3, minute + 60_000);
    window.advance(minute + 60_000 + 3_600_000);
    expect([window.requests, window.tokens]).toEqual([0, 0]);
  });
});
