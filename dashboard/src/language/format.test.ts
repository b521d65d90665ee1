import { describe, expect, test } from 'vitest';
import { formatOf, UNKNOWN } from './format.ts';
import { languageOf } from './language.ts';

const format = formatOf('en', 'en-US');

describe('values as people read them', () => {
  test('what is not known is a dash, never nought', () => {
    expect([format.integer(undefined), format.money(undefined), format.duration(undefined)]).toEqual([
      UNKNOWN,
      UNKNOWN,
      UNKNOWN,
    ]);
    expect(format.percent(Number.NaN)).toBe(UNKNOWN);
    expect(format.money(0)).toBe('$0');
  });

  test('small sums keep their digits, great ones lose their cents', () => {
    expect(format.money(1_234_000)).toBe('$0.0012');
    expect(format.money(12_345)).toBe('$0.000012');
    expect(format.money(1_230_000_000)).toBe('$1.23');
    expect(format.money(12_345_678_000_000)).toBe('$12,346');
  });

  test('durations go from milliseconds to days', () => {
    expect(format.duration(3.25)).toBe('3.3 ms');
    expect(format.duration(850)).toBe('850 ms');
    expect(format.duration(1_234)).toBe('1.23 s');
    expect(format.duration(65_000)).toBe('1 min 5 s');
    expect(format.duration(7_200_000)).toBe('2 h');
    expect(format.duration(90_000_000)).toBe('1 d 1 h');
  });

  test('sizes are told in units of 1,024', () => {
    expect(format.bytes(1_023)).toBe('1,023 B');
    expect(format.bytes(1_536)).toBe('1.5 KiB');
    expect(format.bytes(300 * 1024 * 1024)).toBe('300 MiB');
  });

  test('digits follow the region, words the language', () => {
    const german = formatOf('en', 'de-DE');
    expect(german.integer(12_345)).toBe('12.345');
    expect(german.ago(0, 120_000)).toBe('2 minutes ago');
    expect(formatOf('zh', 'zh-CN').ago(0, 120_000)).toBe('2分钟前');
  });

  test('11.11 the language is the first of the browser’s that the page speaks', () => {
    expect(languageOf(['de-DE', 'zh-CN', 'en'])).toBe('zh');
    expect(languageOf(['fr'])).toBe('en');
    expect(languageOf([])).toBe('en');
  });
});
