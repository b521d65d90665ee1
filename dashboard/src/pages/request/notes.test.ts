import { describe, expect, test } from 'vitest';
import type { ExchangeRow } from '../../../../server/src/admin/contract.ts';
import { mergedLosses, toldLosses } from './losses.ts';
import { standingOf } from './outcome.ts';
import { cacheFindingOf } from './prompt-cache.ts';

describe('What the ledger notes', () => {
  test('of losses is read: pairs, and how many there was no room for', () => {
    expect(toldLosses('top-k=dropped, stop-sequences=emulated, +2 more')).toEqual({
      rows: [
        { feature: 'top-k', action: 'dropped' },
        { feature: 'stop-sequences', action: 'emulated' },
      ],
      more: 2,
    });
    expect(toldLosses('+3 more')).toEqual({ rows: [], more: 3 });
    expect(toldLosses('')).toEqual({ rows: [], more: 0 });
    expect(toldLosses('seed=dropped, logpro')).toEqual({
      rows: [{ feature: 'seed', action: 'dropped' }],
      more: 1,
    });
    expect(toldLosses('seed=dropped, n=emul')).toMatchObject({ more: 1 });
  });

  test('of losses gives way to the words of the conversion, without saying anything twice', () => {
    const full = [
      { path: 'top_k', feature: 'top-k', action: 'dropped', severity: 'quality', note: 'No such thing.' },
      { path: 'user', feature: 'user', action: 'dropped', severity: 'hint', note: 'Only metadata.' },
      { path: 'seed', feature: 'seed', action: 'dropped', severity: 'quality', note: 'No such thing.' },
    ];
    const { rows, more } = mergedLosses(toldLosses('top-k=dropped, n=emulated, +1 more'), full);
    expect(rows.map(({ feature }) => feature)).toEqual(['top-k', 'user', 'seed', 'n']);
    expect(more).toBe(0);
  });

  test('of a prompt cache is read: the cause, the place and the tokens', () => {
    expect(cacheFindingOf('turn: messages[3] changed at byte 1822 (12345 tokens)')).toEqual({
      cause: 'turn',
      what: 'messages[3] changed at byte 1822',
      lostTokens: 12_345,
    });
    expect(cacheFindingOf('upstream: upstream changed: one, now two (7 tokens)')).toMatchObject({
      cause: 'upstream',
      what: 'upstream changed: one, now two',
    });
    expect(cacheFindingOf('expired')).toEqual({ cause: 'expired', what: '', lostTokens: undefined });
    expect(cacheFindingOf('key: key changed: k_1, now')).toMatchObject({ what: 'key changed: k_1, now' });
    expect(cacheFindingOf('something else')).toBeUndefined();
    expect(cacheFindingOf('toString: x (1 tokens)')).toBeUndefined();
  });

  test.each<[string, Partial<ExchangeRow>, string]>([
    ['one that is on its way', { state: 'open' }, 'open'],
    ['one that a restart ended', { state: 'interrupted' }, 'interrupted'],
    ['one whose client left', { status: 499, errorCode: 'client_closed', aborted: true }, 'left'],
    ['one that failed', { status: 502, errorCode: 'upstream_error' }, 'failed'],
    ['one that broke off', { status: 200, errorCode: 'upstream_closed', firstOutputAtMs: 1 }, 'cut'],
    ['one that was answered from the cache', { status: 200, cache: 'hit' }, 'hit'],
    ['one that was answered', { status: 200, firstOutputAtMs: 1 }, 'answered'],
  ])('says how an exchange stands: %s', (_, more, standing) => {
    const row: ExchangeRow = {
      id: 'r',
      receivedAtMs: 0,
      route: 'messages',
      use: 'generate',
      state: 'done',
      ...more,
    };
    expect(standingOf(row)).toBe(standing);
  });
});
