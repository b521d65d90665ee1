import { describe, expect, test } from 'vitest';
import { keepDigits, parseExactly, readExactly, roundsNumbers, writeExactly } from './exact-numbers.ts';

describe('exact numbers', () => {
  test.each([
    '{"id":9007199254740993}',
    '{"a":[1,[-9007199254740993,{"b":12345678901234567890}]],"c":"12345678901234567890"}',
    '{"__proto__":9007199254740993}',
    '{"id":9007199254740993,"\\ue000":"\ue0019007199254740993"}',
  ])('%s survives being read and written', (text) => {
    const value = parseExactly(text);
    expect(value).toEqual(JSON.parse(text));
    expect(JSON.parse(writeExactly(value as object))).toEqual(value);
    expect(writeExactly(value as object)).toBe(text.replaceAll('\\ue000', '\ue000'));
  });

  test('members that are moved within other objects keep their digits, and changed ones do not get them back', () => {
    const inner = parseExactly('{"id":9007199254740993,"n":1}') as { id: number };
    expect(writeExactly({ args: inner, list: [inner] })).toBe(
      '{"args":{"id":9007199254740993,"n":1},"list":[{"id":9007199254740993,"n":1}]}',
    );
    const copy = { ...inner };
    expect(writeExactly(copy)).toBe('{"id":9007199254740992,"n":1}');
    keepDigits(inner, copy);
    expect(writeExactly(copy)).toBe('{"id":9007199254740993,"n":1}');
    inner.id = 5;
    expect(writeExactly(inner)).toBe('{"id":5,"n":1}');
  });

  test('what is no JSON is none, and ordinary text is read as ever', () => {
    expect(readExactly('{"id":9007199254740993')).toBeUndefined();
    expect(() => parseExactly('{"id":}')).toThrow(SyntaxError);
    expect(readExactly('{"a":[1.5e300,"x"]}')).toEqual({ a: [1.5e300, 'x'] });
    expect(writeExactly({ a: 1.5e300, b: 1e21 })).toBe('{"a":1.5e+300,"b":1e+21}');
  });
});

describe('roundsNumbers', () => {
  test.each([
    ['{"id":12345678901234567890}', true],
    ['{"id":-9007199254740993}', true],
    ['[1,[9007199254740993]]', true],
    [`{"id":${'9'.repeat(400)}}`, true],
    ['{"a":"\\"","id":9007199254740993}', true],
    ['{"id":9007199254740991}', false],
    ['{"id":1000000000000000000000}', false],
    ['{"id":"12345678901234567890"}', false],
    ['{"id":"a \\" 12345678901234567890"}', false],
    ['{"pi":3.14159265358979323846}', false],
    ['{"n":1}', false],
  ])('%s: %s', (text, rounded) => {
    expect(roundsNumbers(text)).toBe(rounded);
  });
});
