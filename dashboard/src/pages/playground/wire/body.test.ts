import { describe, expect, test } from 'vitest';
import { faultOf, laidOut, modelIn, streamIn, withMember } from './body.ts';
import { DIALECTS, FORMATS, formatOf } from './formats.ts';
import { readHeaderLines } from './header-lines.ts';
import { starterBody } from './starters.ts';

describe('bodies that are written by hand', () => {
  test('a member is changed and everything else stays as it was written', () => {
    const body = '{ "seed": 12345678901234567890,\n\t"model":"a" }';
    expect(withMember(body, 'model', 'b')).toBe('{ "seed": 12345678901234567890,\n\t"model":"b" }');
    expect(withMember('[1]', 'model', 'b')).toBe('[1]');
    expect(streamIn(withMember('{}', 'stream', true))).toBe(true);
    expect(withMember('{"stream_options":{}}', 'stream_options', undefined)).toBe('{}');
  });

  test('what is no JSON is said with its place', () => {
    expect(faultOf('{\n  "a": 1,\n  // no\n}')).toEqual({ line: 3, column: 3 });
    expect(faultOf('{"a": 1}')).toBeUndefined();
    expect(faultOf('')).toEqual({ line: 1, column: 1 });
  });

  test('laying out keeps every digit', () => {
    expect(laidOut('{"a":10000000000000000001}')).toBe('{\n  "a": 10000000000000000001\n}');
  });

  test('headers are read line by line, and a faulty line is named', () => {
    expect(readHeaderLines('X-Sluice-Lossy: allow\n\nanthropic-beta:a, b')).toEqual({
      headers: [
        ['x-sluice-lossy', 'allow'],
        ['anthropic-beta', 'a, b'],
      ],
    });
    expect(readHeaderLines('a: 1\nno header').faultyLine).toBe(2);
    expect(readHeaderLines('a: 汉').faultyLine).toBe(1);
  });
});

describe('11.10 the four formats', () => {
  test.each(DIALECTS)('%s begins with a request that names its model and asks for a stream', (dialect) => {
    const body = starterBody(dialect, 'some/model');
    const path = FORMATS[dialect].path('some/model', true);
    expect(faultOf(body)).toBeUndefined();
    if (FORMATS[dialect].modelIn === 'body') {
      expect(modelIn(body)).toBe('some/model');
      expect(streamIn(body)).toBe(true);
    } else {
      expect(path).toBe('/v1beta/models/some/model:streamGenerateContent?alt=sse');
    }
  });

  test('each sends its key in the header of its own libraries', () => {
    expect(DIALECTS.map((dialect) => FORMATS[dialect].key('k'))).toEqual([
      ['authorization', 'Bearer k'],
      ['authorization', 'Bearer k'],
      ['x-api-key', 'k'],
      ['x-goog-api-key', 'k'],
    ]);
  });

  test('the form is sent in Chat Completions', () => {
    expect([formatOf('chat'), formatOf('gemini')]).toEqual(['openai-chat', 'gemini']);
  });
});
