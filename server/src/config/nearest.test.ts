import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { editDistance } from '../core/near.ts';
import { nearestName } from './nearest.ts';

const fields = [
  'id',
  'provider',
  'baseUrl',
  'dialects',
  'keys',
  'priority',
  'models',
  'aliases',
  'headers',
  'proxy',
];

describe('the nearest name', () => {
  it.each([
    ['base_url', 'baseUrl'],
    ['BASEURL', 'baseUrl'],
    ['basUrl', 'baseUrl'],
    ['key', 'keys'],
    ['model', 'models'],
    ['porxy', 'proxy'],
    ['dialect', 'dialects'],
  ])('to %s is %s', (word, name) => {
    expect(nearestName(word, fields)).toBe(name);
  });

  it('is none when no name is like the word', () => {
    for (const word of ['zebra', '', '___', 'x'.repeat(100)])
      expect(nearestName(word, fields)).toBeUndefined();
  });

  it('is measured symmetrically, and nothing is at distance 0 but the same', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 12 }), fc.string({ maxLength: 12 }), (left, right) => {
        const distance = editDistance(left, right, 1000);
        expect(distance).toBe(editDistance(right, left, 1000));
        expect(distance === 0).toBe(left === right);
        expect(distance).toBeLessThanOrEqual(Math.max(left.length, right.length));
      }),
    );
  });
});
