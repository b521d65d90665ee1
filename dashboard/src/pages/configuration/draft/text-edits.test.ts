// Single changes in a text.

import { parse } from 'jsonc-parser';
import { expect, test } from 'vitest';
import { withEdits } from './text-edits.ts';

const text = `// Mine
{
  "retry": { "maxAttempts": 5 }, // patience
  "log": {
    "level": "info" // quiet
  },
}
`;

test('a value that stands there is changed in its place, and nothing around it', () => {
  expect(withEdits(text, [{ path: ['retry', 'maxAttempts'], value: 4 }])).toBe(text.replace('5', '4'));
});

test('a new member comes behind the others, and comments stay with theirs', () => {
  const changed = withEdits(text, [
    { path: ['log', 'file'], value: 'x' },
    { path: ['queue', 'maxSize'], value: 7 },
  ]);
  expect(changed).toBe(`// Mine
{
  "retry": { "maxAttempts": 5 }, // patience
  "log": {
    "level": "info", // quiet
    "file": "x"
  },
  "queue": { "maxSize": 7 },
}
`);
});

test('an object on one line stays on one line', () => {
  expect(withEdits(text, [{ path: ['retry', 'budget'], value: 0.5 }])).toBe(
    text.replace('5 }', '5, "budget": 0.5 }'),
  );
});

test('whatever the layout, the values are those of the changes', () => {
  const texts = [
    '{}',
    '{"a":1}',
    '{ "a": { } }',
    '{\r\n\t"a": [1, 2],\r\n}',
    '{ "a": [] /* x */ }',
    '{"a": 1,}',
  ];
  for (const before of texts) {
    const changed = withEdits(before, [
      { path: ['b', 'c'], value: [1, { d: null }] },
      { path: ['e'], value: 'f' },
      { path: ['a'] },
    ]);
    expect(parse(changed, [], { allowTrailingComma: true })).toEqual({ b: { c: [1, { d: null }] }, e: 'f' });
  }
});
