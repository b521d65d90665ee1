// The scanner against JSON.parse: the same texts are accepted, and the same members found.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { scanObject, validate, type Wanted } from '../../src/core/json/scan.ts';

const WANTED: readonly Wanted[] = [
  ['model'],
  ['stream'],
  ['stream_options'],
  ['stream_options', 'include_usage'],
  ['response', 'model'],
  ['a', 'b', 'c'],
];
const NAMES = ['model', 'stream', 'stream_options', 'include_usage', 'response', 'a', 'b', 'c', 'x'];

function parses(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** Characters that matter to a JSON reader, and some that do not. */
const fragment = fc.constantFrom(
  ...'{}[],:"\\/ \n\t\r0123456789-+.eEtrufalsn',
  ...[
    '\\u0041',
    '\\"',
    '\\\\',
    '\\n',
    '"a"',
    'true',
    'null',
    '{"a":1}',
    '[1]',
    'é',
    '\u2028',
    '\u0000',
    '\u001f',
    '\u007f',
    '\ufeff',
  ],
);
const jsonText = fc
  .tuple(fc.json({ maxDepth: 5, stringUnit: 'binary' }), fc.constantFrom('', ' ', 1, 2, '\t'))
  .map(([text, indent]) => (indent === '' ? text : JSON.stringify(JSON.parse(text), null, indent)));

/** Long enough to be read word by word. */
const spacing = fc
  .tuple(fc.integer({ min: 0, max: 7 }), fc.constantFrom(0, 300))
  .map(([some, many]) => ' '.repeat(some + many));

test('arbitrary JSON is accepted', () => {
  fc.assert(
    fc.property(spacing, jsonText, (space, text) => {
      expect(validate(Buffer.from(space + text))).toBeUndefined();
    }),
    { numRuns: 500 },
  );
});

test('text made of JSON fragments is accepted exactly when JSON.parse accepts it', () => {
  fc.assert(
    fc.property(spacing, fc.array(fragment, { maxLength: 12 }), (space, fragments) => {
      const text = space + fragments.join('');
      expect(validate(Buffer.from(text)) === undefined).toBe(parses(text));
    }),
    { numRuns: 5_000 },
  );
});

test('a string with arbitrary content between its quotes is accepted exactly when JSON.parse accepts it', () => {
  const unit = fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom('abcd', 'x', ' ', 'ü', '\ud83d\ude00') },
    { weight: 1, arbitrary: fragment },
  );
  fc.assert(
    fc.property(spacing, fc.array(unit, { maxLength: 40 }), (space, units) => {
      const text = `${space}["${units.join('')}"]`;
      expect(validate(Buffer.from(text)) === undefined).toBe(parses(text));
    }),
    { numRuns: 3_000 },
  );
});

test('mutated JSON is accepted exactly when JSON.parse accepts it', () => {
  fc.assert(
    fc.property(
      spacing,
      jsonText,
      fc.nat(),
      fc.nat(3),
      fragment,
      (space, text, position, removed, inserted) => {
        const at = position % (text.length + 1);
        const mutated = Buffer.from(
          space + text.slice(0, at) + inserted + text.slice(at + removed),
        ).toString();
        expect(validate(Buffer.from(mutated)) === undefined).toBe(parses(mutated));
      },
    ),
    { numRuns: 3_000 },
  );
});

test('random bytes are accepted exactly when JSON.parse accepts them', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 400 }), fc.boolean(), (bytes, quoted) => {
      const body = quoted
        ? Buffer.concat([Buffer.from('{"k":"'), bytes, Buffer.from('"}')])
        : Buffer.from(bytes);
      expect(validate(body) === undefined).toBe(parses(body.toString('utf8')));
    }),
    { numRuns: 2_000 },
  );
});

interface Member {
  readonly name: string;
  readonly value: unknown;
}

const value: fc.Arbitrary<unknown> = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom(true, false, null, 0, -1.5, '', 'x'),
    fc.string({ unit: 'binary' }),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom(...NAMES), tie('value'), { maxKeys: 5 }),
  ),
})).value;

function lookup(root: unknown, path: Wanted): { value: unknown } | undefined {
  let at = root;
  for (const name of path) {
    if (typeof at !== 'object' || at === null || Array.isArray(at) || !Object.hasOwn(at, name))
      return undefined;
    at = Reflect.get(at, name);
  }
  return { value: at };
}

/** Spells some letters as \u escapes, chosen by the bits of `seed`. */
function spell(name: string, seed: number): string {
  const letters = [...name].map((letter, index) =>
    ((seed >> (index % 16)) & 1) === 1 ? `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}` : letter,
  );
  return `"${letters.join('')}"`;
}

test('found members are those that JSON.parse finds, and their spans hold their values', () => {
  fc.assert(
    fc.property(
      fc.dictionary(fc.constantFrom(...NAMES), value, { maxKeys: 8 }),
      fc.constantFrom(0, 2),
      (object, indent) => {
        const body = Buffer.from(JSON.stringify(object, null, indent));
        const scan = scanObject(body, WANTED);
        if (!scan.ok) throw new Error(scan.reason);
        const reference: unknown = JSON.parse(body.toString());
        expect(scan.empty).toBe(Object.keys(object).length === 0);
        expect([scan.start, scan.end]).toEqual([0, body.length - 1]);
        WANTED.forEach((path, index) => {
          const found = scan.found[index];
          const slice = found && {
            value: JSON.parse(body.toString('utf8', found.start, found.end)) as unknown,
          };
          expect(slice).toEqual(lookup(reference, path));
        });
      },
    ),
    { numRuns: 1_000 },
  );
});

test('a repeated wanted member is refused however it is spelled, and only a wanted one', () => {
  const member: fc.Arbitrary<Member> = fc.record({
    name: fc.constantFrom(...NAMES),
    value: fc.constantFrom(1, {}, null),
  });
  const topLevel = new Set(WANTED.map((path) => path[0]));
  fc.assert(
    fc.property(fc.array(fc.tuple(member, fc.nat()), { maxLength: 6 }), (members) => {
      const body = Buffer.from(
        `{${members.map(([{ name, value }, seed]) => `${spell(name, seed)}:${JSON.stringify(value)}`).join(',')}}`,
      );
      const wanted = members.map(([{ name }]) => name).filter((name) => topLevel.has(name));
      const scan = scanObject(body, WANTED);
      expect(scan.ok).toBe(new Set(wanted).size === wanted.length);
      if (!scan.ok) expect(scan.reason).toMatch(/^duplicate member '/);
    }),
    { numRuns: 1_000 },
  );
});
