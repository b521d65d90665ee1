import { describe, expect, test } from 'vitest';
import { roundsNumbers } from './big-number.ts';

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
