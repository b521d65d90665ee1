import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { isObject, parseJson } from '../../model/json.ts';
import { createEventParser, type Likeness } from './like-events.ts';

const likeness: Likeness = {
  locate(json) {
    const { delta } = json as { delta?: unknown };
    if (typeof delta === 'string') return { holder: json, member: 'delta' };
    return isObject(delta) && typeof delta['text'] === 'string'
      ? { holder: delta, member: 'text' }
      : undefined;
  },
  number: 'number',
  padding: 'padding',
};

/** What was parsed, without the members that nobody reads. */
function read(json: unknown): unknown {
  if (!isObject(json)) return json;
  const { number: _number, padding: _padding, ...rest } = json;
  return structuredClone(rest);
}

/** Reads a stream both ways; the parser must see what JSON.parse sees. Answers how many events were not parsed whole. */
function compare(stream: readonly string[], known: Likeness = likeness): number {
  const parse = createEventParser(known);
  const seen = new Set<unknown>();
  let again = 0;
  for (const data of stream) {
    const json = parse(data);
    if (isObject(json) && seen.has(json)) again++;
    seen.add(json);
    expect(read(json)).toEqual(read(parseJson(data)));
  }
  return again;
}

const event = (text: string, number: number, padding = 'aB3') =>
  JSON.stringify({ type: 'delta', number, id: 'msg_1', delta: text, logprobs: [], padding });

const literal = fc.oneof(
  fc.string({ unit: 'binary' }).map((text) => JSON.stringify(text)),
  fc.constantFrom(
    '"\\u00e9"',
    '"\\/"',
    '"\\ud800"',
    '"a\tb"',
    '"a"b"',
    '"\\x"',
    '"\\',
    '"',
    '',
    '""',
    '"padding":"x"',
    'null',
  ),
);
const piece = fc.oneof(
  literal,
  fc.constantFrom(
    '{',
    '}',
    ',',
    ':',
    ' ',
    '"delta"',
    '"text"',
    '"number"',
    '"padding"',
    '7',
    '07',
    '1.5',
    'true',
  ),
);
const whole = fc
  .tuple(
    fc.constantFrom(
      '{"number":#,"delta":$,"padding":"~"}',
      '{"delta":$,"number":#}',
      '{"delta":{"text":$},"padding": "~"}',
      '{"text":$,"delta":{"text":"fixed"}}',
      '{"delta":"first","delta":$}',
      '{"number":{"number":#},"delta":$}',
      '{"a":{"padding":"~"},"delta":$,"b":{"padding":"~"}}',
      '{"delta":$',
      '[$]',
      '$',
    ),
    literal,
    fc.constantFrom('0', '1', '12', '07', '1e3', '-1', '1.5', '"1"', ''),
    fc.constantFrom('', 'aB3', 'a"b', 'a\\"b', '"', 'é'),
  )
  .map(([form, text, number, padding]) =>
    form
      .replace('#', () => number)
      .replace('$', () => text)
      .replaceAll('~', () => padding),
  );

describe('createEventParser', () => {
  test('parses whole only what is not like an event before', () => {
    const stream = Array.from({ length: 50 }, (_, at) => event(`word ${at}`, at, `p${at}`));
    const parsing = vi.spyOn(JSON, 'parse');
    const parse = createEventParser(likeness);
    for (const data of stream) parse(data);
    const lengths = parsing.mock.calls.map(([text]) => text.length);
    parsing.mockRestore();
    expect(lengths.filter((length) => length > 60).length).toBeLessThan(5);
    // The first one is looked at, the second one is given in the object of the pattern, all others in the same.
    expect(compare(stream)).toBe(48);
  });

  test('reads strings with escapes, long ones and empty ones', () => {
    const texts = ['a', '', '"quoted"', '\\', 'line\nend', 'é😀\u2028', 'x'.repeat(100), '\u0000', '\ud800'];
    expect(compare(texts.map((text, at) => event(text, at)))).toBe(texts.length - 2);
  });

  test('sees every other difference', () => {
    const first = event('a', 1);
    compare([
      first,
      first.replace('msg_1', 'msg_2'),
      first.replace('[]', '[1]'),
      first.slice(0, -1),
      `${first} `,
    ]);
    compare([first, event('b', 2).replace('"number":2', '"number":02'), event('b', 2).replace(':2', ':2.5')]);
    compare([first, event('b', 2, 'a\\"b'), event('b', 2).replace('aB3', 'a"b'), `x${first}`]);
  });

  test('is not deceived by names and strings that stand elsewhere as well', () => {
    compare(['{"text":"a","delta":{"text":"a"}}', '{"text":"b","delta":{"text":"a"}}']);
    compare(['{"a":"\\"delta\\":\\"x\\"","delta":"x"}', '{"a":"\\"delta\\":\\"x\\"","delta":"y"}']);
    compare(['{"delta":"x","delta":"x"}', '{"delta":"y","delta":"x"}', '{"delta":"x","delta":"z"}']);
    compare(['{"delta":{"text":"\\u0078","x":"x"}}', '{"delta":{"text":"\\u0078","x":"y"}}']);
  });

  test('gives up comparing where no two events are alike', () => {
    const stream = Array.from({ length: 20 }, (_, at) => JSON.stringify({ at, delta: 'a' }));
    expect(compare(stream)).toBe(0);
  });

  test('agrees with JSON.parse on every sequence of events', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.oneof(
            whole,
            fc.array(piece, { maxLength: 6 }).map((pieces) => pieces.join('')),
          ),
          {
            maxLength: 12,
          },
        ),
        (stream) => {
          compare(stream);
          // Each event twice, so that a pattern can be met.
          compare(stream.flatMap((data) => [data, data]));
        },
      ),
      { numRuns: 3_000 },
    );
  });
});
