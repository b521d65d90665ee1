import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { editDistance, nearest } from './near.ts';

/** Recursive textbook distance. */
function textbook(a: string, b: string): number {
  if (a === '' || b === '') return a.length + b.length;
  const same = a[0] === b[0] ? 0 : 1;
  const swapped = a.length > 1 && b.length > 1 && a[0] === b[1] && a[1] === b[0];
  return Math.min(
    swapped ? textbook(a.slice(2), b.slice(2)) + 1 : Number.POSITIVE_INFINITY,
    textbook(a.slice(1), b.slice(1)) + same,
    textbook(a.slice(1), b) + 1,
    textbook(a, b.slice(1)) + 1,
  );
}

describe('nearest', () => {
  it('names what was probably meant, nearest first', () => {
    const names = ['gpt-5-mini', 'gpt-5', 'claude-sonnet-5', 'gpt-5.1'];
    expect(nearest('gpt5', names)).toEqual(['gpt-5']);
    expect(nearest('gpt-5-mni', names)[0]).toBe('gpt-5-mini');
    expect(nearest('Claude-Sonnet-5', names)).toEqual(['claude-sonnet-5']);
    expect(nearest('llama', names)).toEqual([]);
  });

  it('gives at most as many as asked for, and none for empty or endless names', () => {
    const names = ['model-1', 'model-2', 'model-3', 'model-4'];
    expect(nearest('model-0', names)).toEqual(['model-1', 'model-2', 'model-3']);
    expect(nearest('model-0', names, 1)).toEqual(['model-1']);
    expect(nearest('', names)).toEqual([]);
    expect(nearest('m'.repeat(100_000), names)).toEqual([]);
  });

  it('measures the edit distance, cut off above the limit', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 5 });
    fc.assert(
      fc.property(text, text, fc.integer({ min: 0, max: 6 }), (a, b, limit) => {
        expect(editDistance(a, b, limit)).toBe(Math.min(textbook(a, b), limit + 1));
      }),
    );
  });
});
