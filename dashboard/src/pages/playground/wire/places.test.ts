import { describe, expect, test } from 'vitest';
import { marksOf, placesIn, segmentsOf } from './places.ts';

const BODY = `{
  "model": "m",
  "tools": [
    { "name": "a" },
    {
      "name": "b", "strict": true
    }
  ],
  "metadata": { "a.b": 1 }
}`;

const loss = (path: string, severity: string, note = 'Gone.') => ({
  path,
  severity,
  note,
  feature: 'x',
  action: 'dropped',
});

describe('places of losses in a body', () => {
  test('a path is names and numbers', () => {
    expect(segmentsOf('tools[2].function.strict')).toEqual(['tools', 2, 'function', 'strict']);
    expect(segmentsOf('metadata["a.b"]')).toEqual(['metadata', 'a.b']);
  });

  test('a place is the member with its name; where it is missing, the nearest one around it', () => {
    const places = placesIn(BODY);
    const at = (path: string): string | undefined => {
      const found = places.stretchOf(path);
      return found === undefined ? undefined : BODY.slice(found.from, found.to);
    };
    expect(at('tools[1].strict')).toBe('"strict": true');
    expect(at('metadata["a.b"]')).toBe('"a.b": 1');
    expect(at('tools[0].input_schema.type')).toBe('{ "name": "a" }');
    expect(at('max_tokens')).toBeUndefined();
    expect(placesIn('no json').stretchOf('model')).toBeUndefined();
  });

  test('11.10 lines at which something is lost are marked, each with the worst of it', () => {
    const marks = marksOf(BODY, [
      loss('tools[1].strict', 'hint', 'One.'),
      loss('tools[1].name', 'semantic', 'Two.'),
      loss('model', 'quality'),
      loss('max_tokens', 'hint'),
    ]);
    expect(marks).toEqual([
      { line: 2, severity: 'quality', notes: ['model: Gone.'] },
      { line: 6, severity: 'semantic', notes: ['tools[1].strict: One.', 'tools[1].name: Two.'] },
    ]);
  });
});
