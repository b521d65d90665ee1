import { describe, expect, test } from 'vitest';
import type { News } from './limits-port.ts';
import { readNews, writeNews } from './news-text.ts';

const ALL: readonly News[] = [
  { kind: 'standing', place: 'key\none\nk1', untilMs: 5, text: '{}' },
  { kind: 'freed', place: 'key\none\nk1', atMs: 5, untilMs: 4 },
  { kind: 'freed', place: 'key\none\nk1', atMs: 5, untilMs: undefined },
  {
    kind: 'reported',
    place: 'lane\none\nk1\nm',
    counts: {
      requests: { limit: 10, remaining: 0, resetMs: 60_000 },
      tokens: undefined,
      requestsPerDay: undefined,
      tokensPerDay: undefined,
    },
  },
];

describe('news between gateways', () => {
  test.each(ALL)('16.7 are read as they were written: $kind', (news) => {
    expect(readNews(writeNews(news, 'me'), 'you')).toEqual(news);
  });

  test('16.7 of oneself are none', () => {
    for (const news of ALL) expect(readNews(writeNews(news, 'me'), 'me')).toBeUndefined();
  });

  test.each([
    '',
    '[]',
    '{"kind":"standing"}',
    '{"kind":"standing","place":"p","untilMs":"soon","text":"{}"}',
    '{"kind":"freed","place":"p"}',
    '{"kind":"reported","place":"p"}',
    '{"kind":"other","place":"p"}',
    '{"kind":"freed","place":5,"atMs":5}',
  ])('what makes no sense is passed over: %s', (text) => {
    expect(readNews(text, 'you')).toBeUndefined();
  });
});
