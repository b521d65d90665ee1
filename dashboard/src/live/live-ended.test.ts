import { describe, expect, test } from 'vitest';
import type { ExchangeRow } from '../../../server/src/admin/contract.ts';
import { MOST_ENDED, mergeEnded, rowOfEnded } from './live-ended.ts';
import type { ClosedExchange } from './live-types.ts';

const event = (id: string, atMs: number, more: Partial<ClosedExchange> = {}): ClosedExchange => ({
  type: 'exchange',
  id,
  receivedAtMs: atMs - 500,
  atMs,
  route: 'messages',
  attempts: 1,
  status: 200,
  streamed: true,
  aborted: false,
  durationMs: 500,
  ...more,
});

const ids = (rows: readonly ExchangeRow[]): string[] => rows.map(({ id }) => id);

describe('What has ended', () => {
  test('stands once, the newest end first', () => {
    const first = mergeEnded([], [event('a', 1_000), event('b', 3_000)].map(rowOfEnded), 'events');
    const second = mergeEnded(first, [event('c', 2_000), event('a', 1_000)].map(rowOfEnded), 'events');
    expect(ids(second)).toEqual(['b', 'c', 'a']);
  });

  test('is told better by the ledger than by the event, whichever comes first', () => {
    const told = rowOfEnded(event('a', 1_000));
    const kept: ExchangeRow = { ...told, losses: 'top-k=dropped' };
    expect(mergeEnded([told], [kept], 'ledger')[0]?.losses).toBe('top-k=dropped');
    expect(mergeEnded([kept], [told], 'events')[0]?.losses).toBe('top-k=dropped');
  });

  test('is never more than can be looked at, and nothing that still runs', () => {
    const many = Array.from({ length: 500 }, (_, at) => rowOfEnded(event(`r${at}`, at)));
    const rows = mergeEnded([], many, 'events');
    expect(rows).toHaveLength(MOST_ENDED);
    expect(rows[0]?.id).toBe('r499');
    const { endedAtMs: _ended, ...running } = rowOfEnded(event('open', 9_999));
    expect(ids(mergeEnded(rows, [{ ...running, state: 'open' }], 'ledger'))).not.toContain('open');
  });
});

describe('An event as a row', () => {
  test('keeps tokens, with those of the cache as a part of the input', () => {
    const { usage } = rowOfEnded(
      event('a', 1_000, { inputTokens: 100, cacheReadTokens: 80, outputTokens: 7 }),
    );
    expect(usage?.input).toMatchObject({ uncached: 20, cacheRead: 80 });
    expect(usage?.output.text).toBe(7);
  });

  test('knows no usage and no cost where none was told', () => {
    const row = rowOfEnded(event('a', 1_000));
    expect(row.usage).toBeUndefined();
    expect(row.cost).toBeUndefined();
    expect(rowOfEnded(event('a', 1_000, { costState: 'exact', costNanoUsd: 5 })).cost?.totalNanoUsd).toBe(5);
  });
});
