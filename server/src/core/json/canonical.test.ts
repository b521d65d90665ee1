import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { canonicalJson, canonicalText } from './canonical.ts';

/** The same value with the members of all objects in reverse. */
function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== 'object' || value === null) return value;
  const turned: Record<string, unknown> = Object.create(null);
  for (const [name, member] of Object.entries(value).reverse()) turned[name] = reversed(member);
  return turned;
}

describe('canonical JSON', () => {
  test('is the same whatever the order of members', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(canonicalText(reversed(value))).toBe(canonicalText(value));
      }),
    );
  });

  test('says the same as the value, and different things of different values', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (one, other) => {
        expect(JSON.parse(canonicalText(one))).toEqual(JSON.parse(JSON.stringify(one)));
        const alike = canonicalText(one) === canonicalText(other);
        if (alike) expect(JSON.parse(JSON.stringify(one))).toEqual(JSON.parse(JSON.stringify(other)));
      }),
    );
  });

  test('leaves lists in their order, and text that is no JSON alone', () => {
    expect(canonicalText([2, 1])).toBe('[2,1]');
    expect(canonicalJson('{"b":1, "a":2}')).toBe('{"a":2,"b":1}');
    expect(canonicalJson('{"b":')).toBe('{"b":');
  });

  test('keeps a member that is called __proto__', () => {
    expect(canonicalJson('{"b":1,"__proto__":{"a":1}}')).toBe('{"__proto__":{"a":1},"b":1}');
  });
});
