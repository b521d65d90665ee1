import { expect, test } from 'vitest';
import type { LedgerQueries } from '../ledger-queries.ts';
import { spendingFrom } from './ask-spending.ts';

test('what a client has spent is not told while rows wait for the database: the sum would be too low', async () => {
  let waiting = 3;
  let asked = 0;
  const queries = {
    ask: () => {
      asked++;
      return Promise.resolve({ ok: true, answer: [700] });
    },
  } as unknown as LedgerQueries;
  const spending = spendingFrom(queries, { flush: () => Promise.resolve(), stats: () => ({ waiting }) });
  expect(await spending.since('alice', [0])).toBeUndefined();
  expect(asked).toBe(0);
  waiting = 0;
  expect(await spending.since('alice', [0])).toEqual([700]);
});
