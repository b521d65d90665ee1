import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { resolveAlias } from './alias.ts';

describe('resolveAlias', () => {
  const aliases = { fast: 'a', 'fast*': 'b', 'fas*': 'c', '*': 'd' };

  it.each([
    ['fast', 'a'],
    ['faster', 'b'],
    ['fasx', 'c'],
    ['other', 'd'],
    ['', 'd'],
  ])('%s stands for %s: exact, then longest prefix, then *', (model, target) => {
    expect(resolveAlias(aliases, model)).toBe(target);
  });

  it('knows no alias that nobody wrote', () => {
    expect(resolveAlias({ a: 'b' }, 'c')).toBeUndefined();
    for (const name of ['constructor', '__proto__', 'toString'])
      expect(resolveAlias({ a: 'b' }, name)).toBeUndefined();
  });

  it('takes targets literally and does not follow chains', () => {
    expect(resolveAlias({ 'a*': 'x*', 'x*': 'y' }, 'ab')).toBe('x*');
  });

  it('prefers any exact name to any prefix, and a longer prefix to a shorter, in any order of the keys', () => {
    const name = fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 5 });
    fc.assert(
      fc.property(name, fc.uniqueArray(name, { maxLength: 6 }), fc.boolean(), (model, prefixes, exact) => {
        const keys = [...prefixes.map((prefix) => `${prefix}*`), ...(exact ? [model] : [])];
        const resolved = resolveAlias(Object.fromEntries(keys.map((key) => [key, key])), model);
        const longest = prefixes
          .filter((prefix) => model.startsWith(prefix))
          .sort((a, b) => b.length - a.length)[0];
        expect(resolved).toBe(exact ? model : longest === undefined ? undefined : `${longest}*`);
      }),
    );
  });
});
