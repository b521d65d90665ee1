import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { unwrapInput, unwrappedInput } from './input-unwrapper.ts';

/** Cuts text at arbitrary places, also inside of escapes and surrogate pairs. */
function pieces(text: string, cuts: readonly number[]): string[] {
  const places = [...new Set(cuts.map((cut) => cut % (text.length + 1)))].sort((a, b) => a - b);
  return [0, ...places].map((from, at) => text.slice(from, places[at] ?? text.length));
}

function streamed(text: string, cuts: readonly number[]): string[] {
  const unwrapper = unwrapInput();
  return [...pieces(text, cuts).map((piece) => unwrapper.push(piece)), unwrapper.end()];
}

const anyCuts = fc.array(fc.nat(200), { maxLength: 40 });
const anyInput = fc.string({ unit: 'binary', maxLength: 60 });

/** JSON text with every character of its strings escaped, as some models write it. */
function escapedAll(text: string): string {
  return [...Array(text.length).keys()]
    .map((at) => `\\u${text.charCodeAt(at).toString(16).padStart(4, '0')}`)
    .join('');
}

describe('the input inside of arguments', () => {
  test('under any chunking it equals what JSON.parse gives', () => {
    fc.assert(
      fc.property(anyInput, anyCuts, (input, cuts) => {
        expect(streamed(JSON.stringify({ input }), cuts).join('')).toBe(input);
      }),
    );
  });

  test('escapes of all characters are read, surrogate pairs included', () => {
    fc.assert(
      fc.property(anyInput, anyCuts, (input, cuts) => {
        const wrapped = `{ "\\u0069nput" : "${escapedAll(input)}" }`;
        expect(streamed(wrapped, cuts).join('')).toBe(input);
      }),
    );
  });

  test('other members before and after it are passed over, whatever they hold', () => {
    const others = fc.dictionary(
      fc.string({ maxLength: 5 }).filter((name) => name !== 'input' && name !== '__proto__'),
      fc.jsonValue(),
      { maxKeys: 3 },
    );
    fc.assert(
      fc.property(others, anyInput, others, anyCuts, (before, input, after, cuts) => {
        const wrapped = JSON.stringify({ ...before, input, ...after }, null, 1);
        expect(streamed(wrapped, cuts).join('')).toBe(input);
      }),
    );
  });

  test('any text gives the same under any chunking', () => {
    const almost = fc
      .array(
        fc.constantFrom('{', '}', '"', '"input"', ':', ',', '[', ']', '\\', '\\u00', 'a', ' ', '1', '😀'),
      )
      .map((tokens) => tokens.join(''));
    fc.assert(
      fc.property(almost, anyCuts, (text, cuts) => {
        expect(streamed(text, cuts).join('')).toBe(unwrappedInput(text));
      }),
    );
  });

  test('no piece ends in the middle of a character', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 30 }), anyCuts, (input, cuts) => {
        for (const piece of streamed(JSON.stringify({ input }), cuts))
          expect(piece).not.toMatch(/\p{Surrogate}/u);
      }),
    );
  });

  test('it is given out as it comes', () => {
    const unwrapper = unwrapInput();
    expect(unwrapper.push('{"in')).toBe('');
    expect(unwrapper.push('put": "*** Be')).toBe('*** Be');
    expect(unwrapper.push('gin\\')).toBe('gin');
    expect(unwrapper.push('n+a')).toBe('\n+a');
    expect(unwrapper.push('"}')).toBe('');
    expect(unwrapper.end()).toBe('');
  });

  test.each(['', '  ', '{}', ' { } '])('%j holds no input', (wrapped) => {
    expect(unwrappedInput(wrapped)).toBe('');
  });

  test.each([
    '*** Begin Patch',
    '{"patch":"x"}',
    '{"input":5}',
    '{"input":null}',
    '{"patch":"x"',
    '["input"]',
    '"text"',
    'function() { return "input" }',
  ])('%j is not the expected object and itself the input', (wrapped) => {
    expect(unwrappedInput(wrapped)).toBe(wrapped);
  });

  test('raw text is given out at once, not at the end', () => {
    const unwrapper = unwrapInput();
    expect(unwrapper.push('*** Begin')).toBe('*** Begin');
    expect(unwrapper.push(' Patch')).toBe(' Patch');
  });

  test('what was given out stays although the arguments break off', () => {
    expect(unwrappedInput('{"input":"half of i')).toBe('half of i');
  });

  test('line ends that should have been escaped are kept', () => {
    expect(unwrappedInput('{"input":"a\nb\\qc"}')).toBe('a\nb\\qc');
  });
});
