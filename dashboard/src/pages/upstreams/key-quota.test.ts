import { describe, expect, test } from 'vitest';
import type { KeyView } from '../../../../server/src/admin/contract.ts';
import { quotasOf, shownOf } from './key-quota.tsx';

const key: KeyView = {
  upstreamId: 'up',
  keyId: 'k',
  last4: '1234',
  disabled: false,
  standings: [],
  inFlight: 0,
  use: [
    { kind: 'rpm', level: 'key', limit: 100, remaining: 50, resetInMs: 1_000 },
    { kind: 'concurrency', level: 'upstream', limit: 4, remaining: 4, resetInMs: null },
  ],
  reported: [
    { kind: 'rpm', model: 'm', limit: 500, remaining: 0, saidAtMs: 1, resetInMs: 5_000 },
    { kind: 'tpm', model: 'm', limit: 800, remaining: 8, saidAtMs: 1, resetInMs: 5_000 },
    { kind: 'rpd', model: 'm', remaining: 3, saidAtMs: 1, resetInMs: 5_000 },
  ],
};

describe('the limits of a key', () => {
  test('11.7 our own count and the provider’s words stand side by side, the scarcest first', () => {
    const told = quotasOf(key, 'all keys').map(({ kind, byProvider, of }) => [kind, byProvider, of]);
    expect(told).toEqual([
      ['rpm', true, 'm'],
      ['tpm', true, 'm'],
      ['rpm', false, undefined],
      ['concurrency', false, 'all keys'],
      ['rpd', true, 'm'],
    ]);
  });

  test('where there is little room, each of the two has its say', () => {
    const shown = shownOf(quotasOf(key, 'all keys'), 2);
    expect(shown.map(({ kind, byProvider }) => [kind, byProvider])).toEqual([
      ['rpm', true],
      ['rpm', false],
    ]);
    const { reported: _none, ...own } = key;
    expect(shownOf(quotasOf(own, 'all keys'), 2)).toHaveLength(2);
    expect(shownOf([], 2)).toEqual([]);
  });
});
