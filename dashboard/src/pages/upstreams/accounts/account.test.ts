import { describe, expect, test } from 'vitest';
import type { AccountQuotaView, AccountView } from '../../../../../server/src/admin/contract.ts';
import {
  accountLabel,
  accountsOf,
  needsLogin,
  shownAccounts,
  storingCommands,
  windowName,
  windowsOf,
} from './account.ts';

const account = (id: string, more: Partial<AccountView> = {}): AccountView => {
  return {
    upstream: 'codex',
    id,
    kind: 'codex',
    name: null,
    email: null,
    plan: null,
    state: 'active',
    note: null,
    priority: 0,
    tokenEndsAt: null,
    spentUntil: null,
    ownProxy: false,
    remedy: null,
    ...more,
  };
};

const LOST = { state: 'invalid', remedy: 'sluice accounts login codex' } as const;

describe('accounts', () => {
  test('are called by their name, else by whose they are, else by their id', () => {
    expect(accountLabel(account('k_1', { name: 'work', email: 'a@b.c' }))).toBe('work');
    expect(accountLabel(account('k_1', { email: 'a@b.c' }))).toBe('a@b.c');
    expect(accountLabel(account('k_1'))).toBe('k_1');
  });

  test('of an upstream stand in the order in which they are used', () => {
    const all = [
      account('a'),
      account('b', { priority: 5 }),
      account('c', { upstream: 'kiro' }),
      account('d'),
    ];
    expect(accountsOf(all, 'codex').map(({ id }) => id)).toEqual(['b', 'a', 'd']);
  });

  test('that need a person are shown where there is room for few', () => {
    const all = [account('a'), account('b'), account('c', LOST)];
    expect(shownAccounts(all, 2).map(({ id }) => id)).toEqual(['a', 'c']);
    expect(shownAccounts(all, 3)).toEqual(all);
  });

  test('that are taken out of use ask for nothing', () => {
    expect(needsLogin(account('a', LOST))).toBe(true);
    expect(needsLogin(account('a', { ...LOST, state: 'disabled' }))).toBe(false);
    expect(needsLogin(account('a', { state: 'expired' }))).toBe(false);
  });

  test('are stored by commands that name the upstream where it is not that of the provider', () => {
    expect(storingCommands('codex', 'codex')).toEqual([
      'sluice accounts login codex',
      'sluice accounts import codex',
    ]);
    expect(storingCommands('kiro', 'mine')).toEqual(['sluice accounts import kiro --upstream mine']);
  });
});

describe('what is left of an account', () => {
  test('has names that are said in the language of the page, or the vendor’s own', () => {
    expect(windowName('5 hours')).toEqual({ unit: 'hours', count: 5 });
    expect(windowName('week')).toEqual({ unit: 'week' });
    expect(windowName('Credits')).toEqual({ unit: 'other', name: 'Credits' });
    expect(windowName('constructor')).toEqual({ unit: 'other', name: 'constructor' });
  });

  test('is shown as the provider tells it, the fullest where there is room for few, and not after its reset', () => {
    const at = (ms: number): string => new Date(ms).toISOString();
    const limit = { used: null, limit: null };
    const quota: AccountQuotaView = {
      upstream: 'codex',
      id: 'k_1',
      plan: 'plus',
      fault: null,
      askedAt: at(0),
      windows: [
        { ...limit, name: '5 hours', usedPercent: 12, resetsAt: at(1_000) },
        { ...limit, name: 'week', usedPercent: 30, resetsAt: at(9_000) },
        { ...limit, name: 'month', usedPercent: 1, resetsAt: null },
      ],
    };
    expect(windowsOf(quota, 5_000)).toMatchObject([
      { window: { name: '5 hours' }, resetsAtMs: 1_000, isOver: true },
      { window: { name: 'week' }, resetsAtMs: 9_000, isOver: false },
      { window: { name: 'month' }, resetsAtMs: undefined, isOver: false },
    ]);
    expect(windowsOf(quota, 0, 1)).toMatchObject([{ window: { name: 'week' } }]);
    expect(windowsOf(undefined, 0)).toEqual([]);
  });
});
