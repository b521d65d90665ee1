import { describe, expect, test } from 'vitest';
import { NO_WISHES, wishesOf } from './wishes.ts';

describe('the wishes of a request', () => {
  test('are none without headers', () => {
    expect(wishesOf(undefined, undefined, undefined)).toBe(NO_WISHES);
  });

  test.each([
    ['no-store', { bypass: true }],
    ['No-Cache', { refresh: true }],
    ['max-age=0', { refresh: true, maxAgeMs: 0 }],
    ['max-age=90', { maxAgeMs: 90_000 }],
    ['max-age="90"', { maxAgeMs: 90_000 }],
    ['private, max-age=5 , only-if-cached', { maxAgeMs: 5_000, onlyCached: true }],
    ['max-age=-1', {}],
    ['max-age=1e3', {}],
    ['max-age', {}],
    ['s-maxage=0, must-revalidate', {}],
    ['', {}],
  ])('are read from Cache-Control: %s', (control, expected) => {
    expect(wishesOf(control, undefined, undefined)).toEqual({ ...NO_WISHES, ...expected });
  });

  test('are read from the header of our own', () => {
    expect(wishesOf(undefined, ' Bypass ', undefined).bypass).toBe(true);
    expect(wishesOf(undefined, 'refresh', undefined)).toEqual({ ...NO_WISHES, refresh: true });
    expect(wishesOf(undefined, 'whatever', undefined)).toEqual(NO_WISHES);
  });

  test('name how long an answer is fresh, up to a week', () => {
    expect(wishesOf(undefined, undefined, '30').ttlMs).toBe(30_000);
    expect(wishesOf(undefined, undefined, '9999999999').ttlMs).toBe(604_800_000);
    expect(wishesOf(undefined, undefined, 'long').ttlMs).toBeUndefined();
  });
});
