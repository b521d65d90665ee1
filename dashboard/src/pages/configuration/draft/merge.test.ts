// Two changes of one configuration, one on top of the other.

import { expect, test } from 'vitest';
import { mergeOnTop } from './merge.ts';

const base = {
  server: { port: 1 },
  retry: { maxAttempts: 3 },
  upstreams: [
    { id: 'one', keys: ['••••1'] },
    { id: 'two', keys: ['••••2'], priority: 1 },
  ],
};

test('changes of different places are both there', () => {
  const merged = mergeOnTop(
    base,
    { ...base, retry: { maxAttempts: 5 } },
    { ...base, server: { port: 2, drainMs: 7 } },
  );
  expect(merged).toEqual({
    ok: true,
    value: { ...base, retry: { maxAttempts: 5 }, server: { port: 2, drainMs: 7 } },
  });
});

test('where both have changed a place, mine is on top', () => {
  const merged = mergeOnTop(base, { ...base, server: { port: 3 } }, { ...base, server: { port: 2 } });
  expect(merged).toMatchObject({ value: { server: { port: 3 } } });
});

test('what I took out stays out, and what they took out stays out where I did not touch it', () => {
  const { retry: _retry, ...mine } = base;
  const { server: _server, ...theirs } = base;
  expect(mergeOnTop(base, mine, theirs)).toEqual({ ok: true, value: { upstreams: base.upstreams } });
});

test('hidden secrets are followed by where they stand, not by their number', () => {
  const mine = {
    ...base,
    upstreams: [base.upstreams[0], { id: 'two', keys: ['••••2', 'fresh'], priority: 1 }],
  };
  const theirs = {
    ...base,
    upstreams: [
      { id: 'new', keys: ['••••1'] },
      { id: 'one', keys: ['••••2'] },
      { id: 'two', keys: ['••••3'], priority: 1 },
    ],
  };
  expect(mergeOnTop(base, mine, theirs)).toMatchObject({
    ok: true,
    value: {
      upstreams: [
        { id: 'new', keys: ['••••1'] },
        { id: 'one', keys: ['••••2'] },
        { id: 'two', keys: ['••••3', 'fresh'] },
      ],
    },
  });
});

test('a change that leans on a secret which is gone cannot be put on top', () => {
  const mine = { ...base, upstreams: [base.upstreams[0], { id: 'two', keys: ['••••2', 'fresh'] }] };
  const theirs = { ...base, upstreams: [{ id: 'one', keys: ['••••1'] }] };
  expect(mergeOnTop(base, mine, theirs)).toEqual({ ok: false });
});
