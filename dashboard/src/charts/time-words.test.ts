import { afterEach, expect, test, vi } from 'vitest';
import { timeWordsOf } from './time-words.ts';

afterEach(() => vi.unstubAllEnvs());

const words = timeWordsOf('en-GB');
const seconds = (text: string): number => new Date(text).getTime() / 1_000;

test('an axis names the day only where one begins', () => {
  const ticks = words.ticks(
    ['2026-05-01T18:00', '2026-05-01T21:00', '2026-05-02T00:00', '2026-05-02T03:00'].map(seconds),
    3 * 3_600,
  );
  expect(ticks).toEqual(['18:00\n1 May', '21:00', '00:00\n2 May', '03:00']);
  expect(words.ticks([seconds('2026-05-01T00:00')], 86_400)).toEqual(['1 May']);
});

test('a stretch tells its day once, both where they differ, and whole days without hours', () => {
  const stretch = (from: string, to: string): string =>
    // Versions of the region's data differ in a comma.
    words
      .stretch(new Date(from).getTime(), new Date(to).getTime())
      .replace('Fri,', 'Fri')
      .replace(/(Sat|Thu),/, '$1');
  expect(stretch('2026-05-01T14:30', '2026-05-01T15:00')).toBe('Fri 1 May, 14:30 – 15:00');
  expect(stretch('2026-05-01T23:30', '2026-05-02T00:30')).toBe('Fri 1 May, 23:30 – Sat 2 May, 00:30');
  expect(stretch('2026-05-01T00:00', '2026-05-02T00:00')).toBe('Fri 1 May');
  expect(stretch('2026-05-01T00:00', '2026-05-08T00:00')).toBe('Fri 1 May – Thu 7 May');
});

test('times are those of the viewer’s zone', () => {
  vi.stubEnv('TZ', 'Asia/Shanghai');
  expect(timeWordsOf('zh-CN').ticks([Date.UTC(2026, 4, 1, 12) / 1_000], 3_600)[0]).toMatch(/^20:00/);
});
