import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { jsonLines, readableBody } from './lines.ts';
import { differencesOf, lossesByLine } from './marks.ts';

const texts = (source: string, cut = false): readonly string[] | undefined =>
  jsonLines(source, cut)?.map(({ text }) => text);

describe('A captured body as lines', () => {
  test('keeps numbers and texts as they were written', () => {
    expect(texts('{"a":12345678901234567890,"b":[1.0,"\\u0041",{}],"c":[],"d":{"e":null}}')).toEqual([
      '{',
      '  "a": 12345678901234567890,',
      '  "b": [',
      '    1.0,',
      '    "\\u0041",',
      '    {}',
      '  ],',
      '  "c": [],',
      '  "d": {',
      '    "e": null',
      '  }',
      '}',
    ]);
  });

  test('says of each line where it stands', () => {
    const paths = jsonLines('{"tools":[{"strict":true}],"odd name":1}')?.map(({ path }) => path);
    expect(paths).toEqual(['', 'tools', 'tools[0]', 'tools[0].strict', '', '', '["odd name"]', '']);
  });

  test('shows the beginning of JSON that was cut, and takes nothing else for JSON', () => {
    expect(texts('{"a":1,"b":"unfini')).toBeUndefined();
    expect(texts('{"a":1,"b":"unfini', true)?.slice(0, 2)).toEqual(['{', '  "a": 1,']);
    expect(texts('{not json}')).toBeUndefined();
    expect(jsonLines('['.repeat(200_000))).toBeUndefined();
  });

  test('means the same as the body, whatever JSON it is', () => {
    fc.assert(
      fc.property(fc.jsonValue({ noUnicodeString: false }), (value) => {
        const source = JSON.stringify(value);
        expect(JSON.parse(texts(source)?.join('\n') ?? '')).toEqual(JSON.parse(source));
      }),
    );
  });

  test('of a stream has a line for each event', () => {
    const text = 'event: message_start\ndata: {"a":1}\n\n: ping\n\ndata: one\ndata: two\n\ndata: [DONE]\n\n';
    const body = { bytes: text.length, encoding: 'utf8', text, cut: false } as const;
    expect(readableBody(body, [['Content-Type', 'text/event-stream']])).toEqual({
      kind: 'stream',
      lines: [
        { text: '{"a":1}', event: 'message_start' },
        { text: ': ping' },
        { text: 'one\ntwo' },
        { text: '[DONE]' },
      ],
    });
  });

  test('that is no text has no lines', () => {
    const body = { bytes: 3, encoding: 'base64', text: 'AAEC', cut: false } as const;
    expect(readableBody(body, [])).toEqual({ kind: 'binary', lines: [] });
  });
});

const lines = (...all: readonly string[]) => all.map((text) => ({ text }));

describe('Marks', () => {
  test('stand at lines that only one side has; indentation and commas do not count', () => {
    const { left, right } = differencesOf(
      lines('{', '  "model": "smart",', '  "stream": true', '}'),
      lines('{', '"model": "claude",', '"stream": true,', '"max_tokens": 5', '}'),
    );
    expect([...left]).toEqual([1]);
    expect([...right]).toEqual([1, 3]);
  });

  test('leave the same lines in the same order on both sides, also in bodies that are too large for an exact comparison', () => {
    const some = fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { maxLength: 12 });
    fc.assert(
      fc.property(some, some, (one, other) => {
        const { left, right } = differencesOf(lines(...one), lines(...other));
        const common = one.filter((_, index) => !left.has(index));
        expect(common).toEqual(other.filter((_, index) => !right.has(index)));
      }),
    );
    const many = Array.from({ length: 2_500 }, (_, index) => `line ${index}`);
    const { left, right } = differencesOf(lines('x', ...many, 'y'), lines('p', ...many, 'q'));
    expect([[...left], [...right]]).toEqual([
      [0, 2_501],
      [0, 2_501],
    ]);
  });

  test('of losses stand at their path, or at the nearest thing around it', () => {
    const body = jsonLines('{"tools":[{"strict":true,"name":"x"}],"seed":1}') ?? [];
    const marked = lossesByLine(body, [
      { path: 'tools[0].strict', note: 'one' },
      { path: 'tools[0].parameters.deep', note: 'two' },
      { path: 'seed', note: 'three' },
      { path: 'nowhere', note: 'four' },
      { note: 'five' },
    ]);
    expect([...marked].map(([place, [loss]]) => [body[place]?.path, loss?.note])).toEqual([
      ['tools[0].strict', 'one'],
      ['tools[0]', 'two'],
      ['seed', 'three'],
    ]);
  });
});
