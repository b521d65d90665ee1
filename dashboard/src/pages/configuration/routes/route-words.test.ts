// Routes in words, and their order.

import { expect, test } from 'vitest';
import { moved, routeWords } from './route-words.ts';

test('a route is told as what it is for and what it does', () => {
  const written = {
    id: 'agents',
    models: ['claude-*'],
    upstreams: ['one'],
    retry: { maxAttempts: 2, backoff: { maxMs: 5 } },
    cache: true,
  };
  expect(routeWords({ id: 'agents', inFile: true, written })).toEqual({
    models: ['claude-*'],
    clients: [],
    upstreams: ['one'],
    says: [
      ['retry.maxAttempts', '2'],
      ['retry.backoff.maxMs', '5'],
      ['cache', 'true'],
    ],
  });
});

test('a route moves by one place, and not over the ends', () => {
  const ids = ['a', 'b', 'c'];
  expect(moved(ids, 'b', -1)).toEqual(['b', 'a', 'c']);
  expect(moved(ids, 'b', 1)).toEqual(['a', 'c', 'b']);
  expect(moved(ids, 'a', -1)).toBe(ids);
  expect(moved(ids, 'c', 1)).toBe(ids);
  expect(moved(ids, 'x', 1)).toBe(ids);
});
