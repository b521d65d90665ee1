import { describe, expect, test } from 'vitest';
import { NOT_AN_OBJECT, type ObjectScan, scanObject, stringAt, validate, type Wanted } from './scan.ts';

const WANTED: readonly Wanted[] = [
  ['model'],
  ['stream'],
  ['stream_options'],
  ['stream_options', 'include_usage'],
];

function scanned(text: string, wanted: readonly Wanted[] = WANTED): ObjectScan {
  const scan = scanObject(Buffer.from(text), wanted);
  if (!scan.ok) throw new Error(`${scan.reason} at ${scan.at}`);
  return scan;
}

function failure(text: string | Uint8Array, wanted: readonly Wanted[] = WANTED): string {
  const scan = scanObject(Buffer.from(text), wanted);
  return scan.ok ? 'ok' : `${scan.reason} @${scan.at}`;
}

/** The same text, too long for the byte-by-byte path, with the interesting part at any alignment. */
function padded(text: string): string[] {
  return [0, 1, 2, 3].map((shift) => `{"${'p'.repeat(300 + shift)}":0,${text.slice(1)}`);
}

describe('scanObject', () => {
  test('finds wanted members at the top level and deeper, with their spans and kinds', () => {
    const text = ' {"model" : "gpt", "stream":true,"stream_options":{"x":[1],"include_usage":false}} ';
    const scan = scanned(text);
    const slices = scan.found.map((found) => found && [found.kind, text.slice(found.start, found.end)]);
    expect(slices).toEqual([
      ['string', '"gpt"'],
      ['true', 'true'],
      ['object', '{"x":[1],"include_usage":false}'],
      ['false', 'false'],
    ]);
    expect([text[scan.start], text[scan.end], scan.start, scan.end]).toEqual(['{', '}', 1, text.length - 2]);
    expect(scan.empty).toBe(false);
  });

  test('leaves absent members undefined and does not confuse members of other objects', () => {
    const scan = scanned(
      '{"a":{"model":"x","include_usage":1},"models":"y","mode":"z","stream_options":null}',
    );
    expect(scan.found.map((found) => found?.kind)).toEqual([undefined, undefined, 'null', undefined]);
  });

  test('sees that an object is empty, white space or not', () => {
    expect(scanned('{}')).toMatchObject({ empty: true, start: 0, end: 1 });
    expect(scanned(' { \n } ')).toMatchObject({ empty: true, start: 1, end: 5 });
  });

  test('recognises a name spelled with escapes', () => {
    const text = '{"mod\\u0065l":"m","\\u0073tream":true,"mod\\u0065ls":1,"mo\\/del":2}';
    const [model, stream] = scanned(text).found;
    expect(model && stringAt(Buffer.from(text), model)).toBe('m');
    expect(stream?.kind).toBe('true');
  });

  test('refuses a repeated wanted member, escaped or not, and at depth', () => {
    expect(failure('{"model":"a","model":"b"}')).toBe("duplicate member 'model' @13");
    expect(failure('{"model":"a","mod\\u0065l":"b"}')).toBe("duplicate member 'model' @13");
    expect(failure('{"stream_options":{},"stream_options":{}}')).toBe(
      "duplicate member 'stream_options' @21",
    );
    expect(failure('{"stream_options":{"include_usage":true,"include_usage":true}}')).toBe(
      "duplicate member 'stream_options.include_usage' @40",
    );
    expect(failure('{"other":1,"other":2}')).toBe('ok');
  });

  test('allows the same wanted name at different levels', () => {
    const wanted: readonly Wanted[] = [['model'], ['response', 'model'], ['response', 'usage']];
    const scan = scanned('{"response":{"model":"b"},"model":"a"}', wanted);
    expect(scan.found.map((found) => found?.start)).toEqual([34, 21, undefined]);
  });

  test('names the place and the reason of a failure', () => {
    expect(failure('')).toBe('the text is empty @0');
    expect(failure('\ufeff{}')).toBe('the text starts with a byte order mark @0');
    expect(failure('{"a":1,}')).toBe('member name expected @7');
    expect(failure('{"a":1 "b":2}')).toBe("',' or '}' expected @7");
    expect(failure('{"a":[1,]}')).toBe('value expected @8');
    expect(failure('{"a" 1}')).toBe("':' expected @5");
    expect(failure('{"a":01}')).toBe('number with a leading zero @5');
    expect(failure('{"a":1.}')).toBe('digit expected @7');
    expect(failure('{"a":tru}')).toBe('value expected @5');
    expect(failure('{"a":1')).toBe('unexpected end @6');
    expect(failure('{} {}')).toBe('more text after the end of the value @3');
  });

  test.each(['[1]', '"text"', '1', 'null'])('refuses %s, because its top level is not an object', (text) => {
    expect(failure(text)).toBe(`${NOT_AN_OBJECT} @0`);
  });

  test('reports broken JSON as broken even when its top level is not an object', () => {
    expect(failure('[1')).toBe('unexpected end @2');
  });

  test.each([
    ['an unterminated string', '{"a":"bcd', 'unterminated string'],
    ['a raw line break in a string', '{"a":"b\nc"}', 'control character in a string'],
    ['a raw NUL in a string', '{"a":"b\u0000c"}', 'control character in a string'],
    ['an unknown escape', '{"a":"b\\xc"}', 'invalid escape in a string'],
    ['a short \\u escape', '{"a":"\\u12g4"}', 'invalid \\u escape in a string'],
    ['an escape cut off by the end', '{"a":"\\', 'unterminated string'],
    ['a \\u escape cut off by the end', '{"a":"\\u00', 'unterminated string'],
  ])('refuses %s in small and large texts alike', (_, text, reason) => {
    for (const variant of [text, ...padded(text)]) expect(failure(variant)).toContain(reason);
  });

  test('accepts nesting of 256 and refuses 257, arrays and objects alike', () => {
    const arrays = (depth: number) => `{"a":${'['.repeat(depth - 1)}${']'.repeat(depth - 1)}}`;
    const objects = (depth: number) => `${'{"a":'.repeat(depth)}0${'}'.repeat(depth)}`;
    expect([failure(arrays(256)), failure(objects(256))]).toEqual(['ok', 'ok']);
    expect(failure(arrays(257))).toContain('nesting deeper than 256');
    expect(failure(objects(257))).toContain('nesting deeper than 256');
  });

  test('reads a text at every alignment of its memory, up to its last byte', () => {
    const text = `{"a":"${'x'.repeat(250)}\\n","model":"${'é'.repeat(40)}"}`;
    for (let shift = 0; shift < 8; shift++) {
      for (let cut = 0; cut < 4; cut++) {
        const spaced = `${text}${' '.repeat(cut)}`;
        const memory = Buffer.alloc(shift + Buffer.byteLength(spaced));
        memory.write(spaced, shift);
        const body = memory.subarray(shift);
        const scan = scanObject(body, WANTED);
        const model = scan.ok ? scan.found[0] : undefined;
        expect(model && stringAt(body, model)).toBe('é'.repeat(40));
        expect(scanObject(memory.subarray(shift, shift + text.length - 10), WANTED).ok).toBe(false);
      }
    }
  });

  test('finds a control character wherever it stands in a long string', () => {
    for (let at = 0; at < 40; at++) {
      const text = `{"pad":"${'x'.repeat(300)}","a":"${'y'.repeat(at)}\u001f${'y'.repeat(40 - at)}"}`;
      expect(failure(text)).toBe(`control character in a string @${text.indexOf('\u001f')}`);
    }
  });

  test('refuses to look for more members than it has bits for', () => {
    const wanted = Array.from({ length: 32 }, (_, index) => [`m${index}`]);
    expect(() => scanObject(Buffer.from('{}'), wanted)).toThrow(RangeError);
    expect(scanned('{"m30":1}', wanted.slice(0, 31)).found[30]?.kind).toBe('number');
  });

  test('reads a mebibyte of hostile text in linear time', () => {
    const size = 2 ** 20;
    const fill = (start: string, part: string, end: string) => start + part.repeat(size / part.length) + end;
    const texts: [string, boolean][] = [
      [fill('{"a":"', '\\\\', '"}'), true],
      [fill('{"a":"', '\\"', '"}'), true],
      [fill('{"a":"', '\\', ''), false],
      [fill('', '"', ''), false],
      [fill('', '[', ''), false],
      [fill('{"a":[', '1,', '1]}'), true],
      [fill('{"a":', '7', '}'), true],
      [fill('{', '"":1,  ', '"b":1}'), true],
      [fill('{', '"\\u006d":1,', '"b":1}'), true],
      [fill('{"a":[', '[[[]]], ', '0]}'), true],
    ];
    const started = performance.now();
    for (const [text, ok] of texts) expect(scanObject(Buffer.from(text), WANTED).ok).toBe(ok);
    // A quadratic reader takes minutes; a linear one some 50 ms, test machinery included.
    expect(performance.now() - started).toBeLessThan(5_000);
  });
});

describe('validate', () => {
  test.each(['0', '-0.5e+10', '"x"', 'true', 'false', 'null', '[]', ' {"a":[{}]} ', '[1,"2",null]'])(
    'accepts %s',
    (text) => {
      expect(validate(Buffer.from(text))).toBeUndefined();
    },
  );

  test.each(['', ' ', '-', '+1', '.5', '1e', '0x1', 'NaN', 'nul', '[1,,2]', '{"a":1}}', "'x'", '\u00a01'])(
    'refuses %j',
    (text) => {
      expect(validate(Buffer.from(text))?.ok).toBe(false);
    },
  );
});

describe('stringAt', () => {
  test('unescapes a string and gives nothing for other kinds', () => {
    const body = Buffer.from('"a\\u00e9\\n\ud83d\ude00"');
    expect(stringAt(body, { start: 0, end: body.length, kind: 'string' })).toBe('aé\n\ud83d\ude00');
    expect(stringAt(Buffer.from('12'), { start: 0, end: 2, kind: 'number' })).toBe('');
  });
});
