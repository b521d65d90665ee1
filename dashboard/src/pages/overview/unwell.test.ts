import { describe, expect, test } from 'vitest';
import type { AccountView, KeyView, StandingView, Status } from '../../../../server/src/admin/contract.ts';
import { findingsOf } from './unwell.ts';

const key = (standings: readonly StandingView[], more: Partial<KeyView> = {}): KeyView => {
  return {
    upstreamId: 'acme',
    keyId: 'k_1',
    name: 'team',
    last4: '1234',
    disabled: false,
    standings,
    inFlight: 0,
    use: [],
    ...more,
  };
};

const standing = (state: StandingView['state'], more: Partial<StandingView> = {}): StandingView => {
  return {
    scope: 'key',
    state,
    reason: 'rate-limited',
    why: 'The rate limit is reached.',
    sinceAtMs: 0,
    ...more,
  };
};

const status: Status = {
  service: 'sluice',
  version: '1',
  node: 'v20',
  startedAtMs: 0,
  uptimeMs: 0,
  demo: false,
  ready: true,
  file: null,
  notices: [],
  inFlight: 0,
  waiting: 0,
  upstreams: 1,
  clients: 0,
  ledger: { waiting: 0, lost: 0 },
  storage: { rows: 1, bytes: 950, freeBytes: 100, summedPart: 1, oldestMs: 0, newestMs: 0 },
  cache: null,
  process: { rssBytes: 0, heapBytes: 0, cpuSeconds: 0, loopDelayMeanMs: 0, loopDelayP99Ms: 0 },
  parts: { archive: true },
};

const kinds = (looked: Parameters<typeof findingsOf>[0]): readonly string[] =>
  findingsOf(looked).map(({ kind, tone }) => `${tone} ${kind}`);

describe('what is unwell', () => {
  test('nothing is where everything is in use, also what failed a while ago', () => {
    expect(
      findingsOf({ status, keys: [key([standing('closed')])], problems: [], unpriced: { models: [] } }),
    ).toEqual([]);
    expect(findingsOf({})).toEqual([]);
  });

  test('each standing is told with its reason, the worst first', () => {
    const found = findingsOf({
      keys: [
        key([standing('cooling', { scope: 'model', model: 'gpt', untilAtMs: 9 })]),
        key([standing('quarantined')], { keyId: 'k_2', name: undefined }),
      ],
    });
    expect(found).toMatchObject([
      { tone: 'bad', upstream: 'acme', key: '…1234', why: 'The rate limit is reached.' },
      { tone: 'caution', upstream: 'acme', key: 'team', model: 'gpt', untilAtMs: 9 },
    ]);
  });

  test('the standing of an upstream is told once, not with each of its keys', () => {
    const both = [standing('open', { scope: 'upstream' })];
    const found = findingsOf({ keys: [key(both), key(both, { keyId: 'k_2' })] });
    expect(found).toHaveLength(1);
    expect(found[0]).toMatchObject({ upstream: 'acme', key: undefined });
  });

  test('a login that is lost is told once, with the command that mends it, and not as its key', () => {
    const account: AccountView = {
      upstream: 'acme',
      id: 'k_1',
      kind: 'codex',
      name: 'work',
      email: null,
      plan: null,
      state: 'invalid',
      note: 'The provider does not renew the login (status 401).',
      priority: 0,
      tokenEndsAt: null,
      spentUntil: null,
      ownProxy: false,
      remedy: 'sluice accounts login codex --upstream acme',
    };
    const refused = key([standing('quarantined')], { name: undefined, last4: '' });
    const other = key([standing('cooling')], { keyId: 'k_2', name: undefined, last4: '' });
    expect(findingsOf({ keys: [refused, other], accounts: [account] })).toMatchObject([
      { kind: 'account', tone: 'bad', account: 'work', remedy: account.remedy },
      { kind: 'standing', key: 'k_2' },
    ]);
    const ended = { ...account, state: 'expired', remedy: null } as const;
    expect(findingsOf({ accounts: [ended] })).toMatchObject([{ tone: 'caution', remedy: undefined }]);
    expect(findingsOf({ accounts: [{ ...account, state: 'disabled' }] })).toEqual([]);
  });

  test('a key that was switched off is no fault, an upstream of which all are is one', () => {
    const off = key([standing('open')], { disabled: true });
    expect(kinds({ keys: [off, key([], { keyId: 'k_2' })] })).toEqual([]);
    expect(kinds({ keys: [off] })).toEqual(['caution all-keys-off']);
    const none = key([], { disabled: true, keyId: 'k_none', last4: '' });
    expect(kinds({ keys: [none], upstreams: [{ id: 'acme', accounts: 'codex' }] })).toEqual([]);
    expect(kinds({ keys: [none] })).toEqual([]);
    expect(kinds({ keys: [none], upstreams: [{ id: 'acme' }] })).toEqual(['caution all-keys-off']);
  });

  test('the ledger: lost and waiting entries, and room that comes to its end', () => {
    expect(kinds({ status: { ...status, ledger: { waiting: 5_000, lost: 2 } } })).toEqual([
      'bad lost',
      'caution waiting',
    ]);
    expect(kinds({ status, storageLimit: 900 })).toEqual(['caution storage']);
    expect(kinds({ status, storageLimit: 1_000 })).toEqual([]);
    expect(kinds({ status: { ...status, storage: null } })).toEqual(['bad no-archive']);
    expect(kinds({ status: { ...status, storage: null, parts: {} } })).toEqual([]);
  });

  test('mistakes of the configuration are bad, warnings and notices are not; unpriced models are named', () => {
    expect(
      kinds({
        status: { ...status, ready: false, notices: ['Anybody may call.', 'Anybody may call.'] },
        problems: [
          { severity: 'warning', path: 'a', message: 'Odd.' },
          { severity: 'error', path: 'b', message: 'Wrong.' },
        ],
        unpriced: { models: [{ model: 'm', upstream: 'acme', requests: 3, tokens: 5 }] },
      }),
    ).toEqual(['bad not-ready', 'bad config', 'caution notice', 'caution config', 'caution unpriced']);
  });
});
