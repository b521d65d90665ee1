import { describe, expect, test } from 'vitest';
import type { ClosedEvent } from '../../../../server/src/admin/contract.ts';
import {
  belongs,
  chipsOf,
  listQuery,
  type RequestsSearch,
  requestsSearch,
  toggled,
  withoutChip,
  withoutFilters,
} from './search.ts';

const ended = (more: Partial<ClosedEvent> = {}): ClosedEvent => ({
  type: 'exchange',
  id: 'req_0123',
  receivedAtMs: 1_000,
  atMs: 2_000,
  route: 'messages',
  client: 'alice',
  modelAsked: 'smart',
  modelServed: 'claude-sonnet-4-5',
  upstream: 'steady',
  key: 'k_1',
  attempts: 1,
  status: 200,
  streamed: true,
  aborted: false,
  durationMs: 1_000,
  ...more,
});

describe('The address of the list', () => {
  test('says every filter, and leaves out what is none', () => {
    const raw = {
      last: '7d',
      model: ['a', 'b', 'a'],
      client: 'me',
      outcome: 'error',
      cache: 'cold',
      search: '',
      page: 3,
    };
    expect(requestsSearch(raw)).toEqual({ last: '7d', model: ['a', 'b'], client: ['me'], outcome: 'error' });
  });

  test('takes a number for the text that it was', () => {
    expect(requestsSearch({ search: 429, client: 7, key: [1, '', null] })).toEqual({
      search: '429',
      client: ['7'],
      key: ['1'],
    });
  });

  test('says nothing where somebody wrote nonsense', () => {
    expect(
      requestsSearch({ model: { a: 1 }, outcome: ['ok'], from: 'x', to: 2, conversation: null }),
    ).toEqual({});
  });
});

test('The admin API is asked with the filters and a period, and with nothing else', () => {
  expect(listQuery({ model: ['a'], outcome: 'ok' })).toEqual({ model: ['a'], outcome: 'ok', last: '24h' });
  expect(listQuery({ from: 1, to: 2, search: 'x' })).toEqual({ from: 1, to: 2, search: 'x' });
});

describe('Chips', () => {
  const search: RequestsSearch = {
    last: '7d',
    model: ['a', 'b'],
    outcome: 'error',
    conversation: 'run-1',
    search: 'words',
  };

  test('there is one for each name, and none for the period and the words, which have fields', () => {
    expect(chipsOf(search)).toEqual([
      { name: 'model', value: 'a' },
      { name: 'model', value: 'b' },
      { name: 'outcome', value: 'error' },
      { name: 'conversation', value: 'run-1' },
    ]);
    expect(chipsOf({ last: '1h', search: 'words' })).toEqual([]);
  });

  test('taking one away leaves the others, and the last name of a dimension takes the dimension along', () => {
    const one = withoutChip(search, { name: 'model', value: 'a' });
    expect(one).toEqual({ ...search, model: ['b'] });
    expect(withoutChip(one, { name: 'model', value: 'b' })).not.toHaveProperty('model');
    expect(withoutChip(search, { name: 'outcome', value: 'error' })).not.toHaveProperty('outcome');
  });

  test('a name is put in and taken out by the same act', () => {
    const twice = toggled(toggled({ client: ['x'] }, 'client', 'y'), 'client', 'x');
    expect(twice).toEqual({ client: ['y'] });
    expect(toggled(twice, 'client', 'y')).toEqual({});
  });

  test('clearing all keeps the period', () => {
    expect(withoutFilters(search)).toEqual({ last: '7d' });
    expect(withoutFilters({ from: 1, to: 2, key: ['k'] })).toEqual({ from: 1, to: 2 });
  });
});

describe('A request that has just ended', () => {
  test('belongs to a list without filters', () => {
    expect(belongs(ended(), {})).toBe(true);
  });

  test.each<[string, RequestsSearch, Partial<ClosedEvent>, boolean]>([
    ['its model is one of those', { model: ['x', 'claude-sonnet-4-5'] }, {}, true],
    ['its model is not', { model: ['smart'] }, {}, false],
    ['nobody has served it', { upstream: ['steady'] }, { upstream: undefined }, false],
    ['it failed, and errors are wanted', { outcome: 'error' }, { status: 500 }, true],
    ['its client left, and errors are wanted', { outcome: 'error' }, { status: 499, aborted: true }, false],
    ['its client left, and such are wanted', { outcome: 'left' }, { status: 499, aborted: true }, true],
    ['it went well, and errors are wanted', { outcome: 'error' }, {}, false],
    ['it came from the cache', { cache: 'hit' }, { cache: 'hit' }, true],
    ['the words begin the model that was asked for', { search: 'sma' }, {}, true],
    ['the words begin nothing', { search: 'onnet' }, {}, false],
    ['it is of another conversation', { conversation: 'a' }, { conversation: 'b' }, false],
    ['it is of the agent', { agent: 'explore' }, { agent: 'explore' }, true],
    ['the period is over', { from: 0, to: 9_000 }, {}, false],
  ])('belongs or not: %s', (_why, search, event, expected) => {
    expect(belongs(ended(event), search)).toBe(expected);
  });
});
