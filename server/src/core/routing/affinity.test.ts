import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Affinity } from './affinity.ts';

const HOUR_MS = 3_600_000;

describe('Affinity', () => {
  test('5.4 a conversation is found where it was kept last', () => {
    const affinity = new Affinity();
    expect(affinity.find('talk', 0, HOUR_MS)).toBeUndefined();
    affinity.keep('talk', 'key 1', 0);
    affinity.keep('other', 'key 2', 0);
    expect(affinity.find('talk', 1, HOUR_MS)).toBe('key 1');
    affinity.keep('talk', 'key 3', 2);
    expect(affinity.find('talk', 3, HOUR_MS)).toBe('key 3');
    expect(affinity.find('other', 3, HOUR_MS)).toBe('key 2');
  });

  test('5.4 it is forgotten when it was silent for longer than its time, and each turn begins that time anew', () => {
    const affinity = new Affinity();
    affinity.keep('talk', 'key', 0);
    expect(affinity.find('talk', HOUR_MS, HOUR_MS)).toBe('key');
    expect(affinity.find('talk', HOUR_MS + 1, HOUR_MS)).toBeUndefined();
    affinity.keep('talk', 'key', HOUR_MS);
    expect(affinity.find('talk', 2 * HOUR_MS, HOUR_MS)).toBe('key');
  });

  test('a conversation that goes on survives any number of others', () => {
    const affinity = new Affinity(100);
    affinity.keep('long', 'key', 0);
    for (let other = 0; other < 10_000; other++) {
      affinity.keep(`short ${other}`, 'another', other);
      if (other % 40 !== 0) continue;
      expect(affinity.find('long', other, HOUR_MS)).toBe('key');
      affinity.keep('long', 'key', other);
    }
  });

  test('a later note is found although an earlier one is still held by the older generation', () => {
    const affinity = new Affinity(4);
    affinity.keep('talk', 'key 1', 0);
    affinity.keep('b', 'x', 0);
    affinity.keep('c', 'x', 0);
    affinity.keep('talk', 'key 2', 1);
    expect(affinity.find('talk', 1, HOUR_MS)).toBe('key 2');
  });

  test('16.7 it is news when a conversation begins or moves, and again after a while', () => {
    const affinity = new Affinity();
    const keep = (candidate: string, nowMs: number): boolean => affinity.keep('talk', candidate, nowMs, 100);
    expect([keep('key 1', 0), keep('key 1', 99), keep('key 1', 100), keep('key 1', 199)]).toEqual([
      true,
      false,
      true,
      false,
    ]);
    expect([keep('key 2', 200), keep('key 2', 201)]).toEqual([true, false]);
    expect(affinity.keep('talk', 'key 2', HOUR_MS)).toBe(false);
  });

  test('it finds only what was kept, holds at most `max` and at least the latest half as many', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 20 }),
        fc.array(fc.tuple(fc.nat({ max: 60 }), fc.nat({ max: 5 })), { maxLength: 200 }),
        (max, notes) => {
          const affinity = new Affinity(max);
          const model = new Map<string, string>();
          for (const [conversation, candidate] of notes) {
            affinity.keep(`c${conversation}`, `k${candidate}`, 0);
            model.delete(`c${conversation}`);
            model.set(`c${conversation}`, `k${candidate}`);
          }
          const latest = [...model.keys()].reverse();
          const held = latest.filter((conversation) => affinity.find(conversation, 0, 0) !== undefined);
          expect(held.length).toBeLessThanOrEqual(max);
          for (const conversation of held)
            expect(affinity.find(conversation, 0, 0)).toBe(model.get(conversation));
          const certain = latest.slice(0, Math.floor(max / 2));
          expect(held).toEqual(expect.arrayContaining(certain));
        },
      ),
    );
  });
});
