import { expect, test } from 'vitest';
import { groupRows } from './groups.ts';
import { overviewMessages } from './messages.ts';
import { filterOf, type Known, namingOf } from './naming.ts';
import { totals } from './totals.fixture.ts';

const text = overviewMessages.en;
const known: Known = {
  upstreams: [
    { id: 'a', provider: 'acme', providerName: 'Acme' },
    { id: 'b', provider: 'acme', providerName: 'Acme' },
    { id: 'c', provider: 'other', providerName: 'Other' },
  ],
  keys: [{ upstreamId: 'a', keyId: 'k_1', name: 'team', last4: '1234' }],
};
const period = { fromMs: 0, toMs: 1 };

test('11.3 providers are the sums of their upstreams; what was taken away keeps its name', () => {
  const groups = ['a', 'b', 'c', 'gone', '', null].map((name, index) => {
    return { name, totals: totals({ requests: 10 * (index + 1), costNanoUsd: 1 }) };
  });
  const rows = groupRows({ period, groups }, namingOf('provider', known, text), 'None');
  expect(rows.map(({ label, totals: { requests } }) => [label, requests])).toEqual([
    ['gone', 40],
    ['Acme', 30],
    ['Other', 30],
    ['None', 110],
  ]);
  expect(rows.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 9);
});

test('keys are called by their upstream and the name that people gave them', () => {
  const naming = namingOf('key', known, text);
  expect(naming.labelOf('k_1')).toBe('a / team');
  expect(naming.labelOf('k_9')).toBe('k_9');
});

test('a group leads to the requests that it is made of', () => {
  expect(filterOf('provider', 'acme', known)).toEqual({ upstream: ['a', 'b'] });
  expect(filterOf('provider', 'gone', known)).toEqual({ upstream: ['gone'] });
  expect(filterOf('client', 'alice', known)).toEqual({ client: ['alice'] });
});

test('nothing asked makes no rows', () => {
  expect(groupRows({ period, groups: [] }, namingOf('model', known, text), 'None')).toEqual([]);
});
