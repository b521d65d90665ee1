import fc from 'fast-check';
import { parse } from 'jsonc-parser';
import { describe, expect, test } from 'vitest';
import { changeText, type Edit } from './change-text.ts';

const FILE = `// mine
{
  "upstreams": [
    // the good one
    { "id": "a", "provider": "ollama" }, // local
    {
      "id": "b", // second
      "provider": "openai",
      "keys": ["\${K}"], // from the environment
    },
    // { "id": "c" },
  ],
  /* names */ "aliases": { "fast": "small" },
}
`;

function changed(text: string, ...edits: readonly Edit[]): string {
  const result = changeText(text, edits);
  if (!result.ok) throw new Error(result.message);
  return result.text;
}

describe('a change to the text', () => {
  test('replaces one value and leaves every other character', () => {
    const text = changed(FILE, { path: ['upstreams', 1, 'keys'], value: ['${L}'] });
    expect(text).toBe(FILE.replace('${K}', '${L}'));
  });

  test('adds a member on a line of its own, behind the comment of the one before', () => {
    const text = changed(FILE, { path: ['upstreams', 1, 'priority'], value: 7 });
    expect(text).toContain(`"keys": ["\${K}"], // from the environment\n      "priority": 7,\n    },`);
  });

  test('adds to an object on one line', () => {
    const text = changed(FILE, { path: ['upstreams', 0, 'enabled'], value: false });
    expect(text).toContain('{ "id": "a", "provider": "ollama", "enabled": false }, // local');
  });

  test('appends an entry before the comments that end the list', () => {
    const text = changed(FILE, { path: ['upstreams', 2], value: { id: 'z', provider: 'groq' } });
    expect(text).toContain(`    },\n    { "id": "z", "provider": "groq" },\n    // { "id": "c" },`);
  });

  test('makes the objects on the way', () => {
    expect(parse(changed('{}', { path: ['server', 'cors', 'origins'], value: ['x'] }))).toEqual({
      server: { cors: { origins: ['x'] } },
    });
  });

  test('puts the first entry above the comments of an empty list', () => {
    const text = changed('{\n  "upstreams": [\n    // example\n  ],\n}\n', {
      path: ['upstreams', 0],
      value: { id: 'a' },
    });
    expect(text).toBe('{\n  "upstreams": [\n    { "id": "a" },\n    // example\n  ],\n}\n');
  });

  test('takes an entry out with the comment behind it, and keeps the others', () => {
    const text = changed(FILE, { path: ['upstreams', 0], value: undefined });
    expect(text).toBe(FILE.replace('    { "id": "a", "provider": "ollama" }, // local\n', ''));
  });

  test('takes the last member out without leaving a comma where there was none', () => {
    expect(changed('{ "a": 1, "b": 2 }', { path: ['b'], value: undefined })).toBe('{ "a": 1 }');
    expect(changed('[\n  1,\n  2\n]', { path: [1], value: undefined })).toBe('[\n  1\n]');
    expect(parse(changed('{ "a": 1, }', { path: ['a'], value: undefined }))).toEqual({});
  });

  test('exchanges entries and leaves the comments between them', () => {
    const text = changed('[\n  1, // one\n  2,\n  3\n]', { path: [], order: [2, 0, 1] });
    expect(text).toBe('[\n  3, // one\n  1,\n  2\n]');
  });

  test('of a text with mistakes is refused', () => {
    expect(changeText('{ "a": }', [{ path: ['a'], value: 1 }]).ok).toBe(false);
    expect(changeText('{ "a": 1 }', [{ path: ['a', 'b'], value: 1 }]).ok).toBe(false);
    expect(changeText('[1]', [{ path: [5], value: 1 }]).ok).toBe(false);
  });

  test('gives the value that was asked for, keeps all others and every comment, whatever the layout', () => {
    const member = fc.constantFrom('a', 'b', 'c', 'd');
    const value = fc.oneof(fc.integer(), fc.string(), fc.array(fc.integer(), { maxLength: 3 }));
    const object = fc.dictionary(member, value, { maxKeys: 4, noNullPrototype: true });
    fc.assert(
      fc.property(
        object,
        fc.array(fc.tuple(member, fc.option(value, { nil: undefined })), { maxLength: 6 }),
        fc.boolean(),
        fc.boolean(),
        (start, edits, lines, trailing) => {
          const items = Object.entries(start).map(
            ([name, item]) => `${JSON.stringify(name)}: ${JSON.stringify(item)}`,
          );
          const comma = trailing && items.length > 0 ? ',' : '';
          const text = lines
            ? `{\n${items.map((item, i) => `  // before ${i}\n  ${item}${i < items.length - 1 ? ',' : comma}\n`).join('')}  // end\n}`
            : `{ ${items.join(', ')}${comma} }`;
          const after = changed(text, ...edits.map(([name, item]) => ({ path: [name], value: item })));
          const wanted: Record<string, unknown> = { ...start };
          for (const [name, item] of edits) {
            if (item === undefined) delete wanted[name];
            else wanted[name] = item;
          }
          const errors: never[] = [];
          expect(parse(after, errors, { allowTrailingComma: true })).toEqual(wanted);
          expect(errors).toEqual([]);
          if (lines) for (const comment of text.match(/\/\/ .*/g) ?? []) expect(after).toContain(comment);
        },
      ),
      { numRuns: 500 },
    );
  });
});
