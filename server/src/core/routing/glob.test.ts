import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isExactName, matchesAny, matchesGlob } from './glob.ts';

/** The plainest definition of a glob, slow but obviously right. */
function naive(pattern: string, text: string): boolean {
  if (pattern === '') return text === '';
  const rest = pattern.slice(1);
  if (pattern.startsWith('*')) return naive(rest, text) || (text !== '' && naive(pattern, text.slice(1)));
  return text !== '' && (pattern.startsWith('?') || pattern[0] === text[0]) && naive(rest, text.slice(1));
}

describe('matchesGlob', () => {
  it.each([
    ['gpt-*', 'gpt-5', true],
    ['gpt-*', 'gpt-', true],
    ['gpt-*', 'xgpt-5', false],
    ['*', '', true],
    ['', '', true],
    ['', 'a', false],
    ['*/*', 'a/b/c', true],
    ['*/*', 'ab', false],
    ['gpt-?', 'gpt-5', true],
    ['gpt-?', 'gpt-', false],
    ['GPT-*', 'gpt-5', false],
    ['a.c', 'abc', false],
    ['*-mini', 'gpt-mini-mini', true],
    ['[a]', '[a]', true],
  ])('%s against %s is %s', (pattern, text, expected) => {
    expect(matchesGlob(pattern, text)).toBe(expected);
  });

  it('agrees with a naive matcher', () => {
    const pattern = fc.string({ unit: fc.constantFrom('a', 'b', '*', '?'), maxLength: 8 });
    const text = fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 10 });
    fc.assert(
      fc.property(pattern, text, (one, two) => {
        expect(matchesGlob(one, two)).toBe(naive(one, two));
      }),
      { numRuns: 2000 },
    );
  });

  it('is done at once with a pattern that would keep a backtracking matcher busy for ever', () => {
    expect(matchesGlob(`${'*a'.repeat(50)}b`, 'a'.repeat(20_000))).toBe(false);
  });

  it('knows patterns from exact names', () => {
    expect(isExactName('gpt-5')).toBe(true);
    expect(isExactName('gpt-*')).toBe(false);
    expect(matchesAny(['a', 'b*'], 'bc')).toBe(true);
    expect(matchesAny([], 'bc')).toBe(false);
  });
});
