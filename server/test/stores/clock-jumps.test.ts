// A clock that jumps, by hours or by weeks, there and back: nothing is deleted for it, and nothing is hidden by it.

import { join } from 'node:path';
import { afterEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import type { LedgerQuestions } from '../../src/exchange/ledger-queries.ts';
import { newRequestId } from '../../src/http/request-id.ts';
import { openLedger } from '../../src/stores/sqlite/ledger.ts';
import { startInPlace } from '../../src/stores/sqlite/thread.ts';
import type { LedgerOpened } from '../../src/stores/tables/ledger.ts';
import { ENGINES, rowsOf } from './engines.ts';
import { closing, cost, opening } from './exchanges.ts';
import { temporaryFolder } from './folder.ts';

const MINUTE_MS = 60_000;
const HOUR_MS: number = 60 * MINUTE_MS;
const DAY_MS: number = 24 * HOUR_MS;
const NOON_MS: number = Date.UTC(2026, 5, 15, 12, 30);

type Stores = Extract<LedgerOpened, { ok: true }>;

afterEach(() => void vi.useRealTimers());

describe.each(ENGINES)('a clock that jumps, on %s', (_name, openDriver) => {
  async function open(path: string, retentionDays = 30): Promise<Stores> {
    const opened = await openLedger({
      path,
      retentionDays,
      onTrouble: () => undefined,
      startWriter: startInPlace(openDriver),
    });
    if (!opened.ok) throw new Error(opened.message);
    onTestFinished(() => opened.ledger.shut());
    return opened;
  }

  async function answer<Kind extends keyof LedgerQuestions>(
    { queries }: Stores,
    kind: Kind,
    question: LedgerQuestions[Kind]['ask'],
  ): Promise<LedgerQuestions[Kind]['answer']> {
    const said = await queries.ask(kind, question);
    if (!said.ok) throw new Error(said.message);
    return said.answer;
  }

  /** Some exchanges received now; answers their ids. */
  async function add({ ledger }: Stores, count: number): Promise<string[]> {
    const ids = Array.from({ length: count }, () => newRequestId());
    for (const id of ids) ledger.open(opening(id)).close(closing(id, { cost: cost(100) }));
    await ledger.flush();
    return ids;
  }

  test.each([
    ['two hours', 2 * HOUR_MS],
    ['forty days', 40 * DAY_MS],
  ])('29 after it was %s ahead, what comes next is found by its time', async (_words, aheadMs) => {
    vi.useFakeTimers({ toFake: ['Date'], now: NOON_MS + aheadMs });
    const stores = await open(join(temporaryFolder(), 'sluice.db'));
    await add(stores, 3);
    vi.setSystemTime(NOON_MS);
    const ids = await add(stores, 5);
    vi.setSystemTime(NOON_MS + 10 * MINUTE_MS);
    const period = { fromMs: NOON_MS - HOUR_MS, toMs: NOON_MS + 10 * MINUTE_MS };
    expect(await answer(stores, 'totals', { period })).toMatchObject({ requests: 5, costNanoUsd: 500 });
    const page = await answer(stores, 'exchanges', { period, limit: 10 });
    expect(page.rows.map(({ id }) => id)).toEqual([...ids].reverse());
    const clients = [{ id: 'alice', sinceMs: NOON_MS - 17 * MINUTE_MS }];
    expect(await answer(stores, 'spending', { clients })).toEqual([500]);
    const [id = ''] = ids;
    expect((await answer(stores, 'exchange', { id }))?.id).toBe(id);
    expect((await answer(stores, 'exchanges', { search: id, limit: 10 })).rows).toHaveLength(1);
    // Later times are as exact as ever.
    vi.setSystemTime(NOON_MS + aheadMs + DAY_MS);
    await add(stores, 2);
    const later = { fromMs: Date.now() - HOUR_MS, toMs: Date.now() + 1 };
    expect(await answer(stores, 'totals', { period: later })).toMatchObject({ requests: 2 });
  });

  test.each([
    ['while it runs', false],
    ['before a start', true],
  ])('29 forty days ahead %s: nothing is deleted that was to be kept', async (_words, atStart) => {
    vi.useFakeTimers({ toFake: ['Date', 'setInterval'], now: NOON_MS });
    const path = join(temporaryFolder(), 'sluice.db');
    let stores = await open(path, 10);
    await add(stores, 20);
    stores.keep.put('reasoning', 'k', 'kept');
    stores.details.put({ id: 'failed', atMs: NOON_MS, kind: 'error', text: '{}' });
    await expect.poll(() => stores.details.get('failed')).toBeDefined();
    const jump = (): void => void vi.setSystemTime(NOON_MS + 40 * DAY_MS);
    if (atStart) {
      await stores.ledger.shut();
      jump();
      stores = await open(path, 10);
    } else jump();
    // The rounds of an hour and a bit.
    for (let round = 0; round < 65; round++) vi.advanceTimersToNextTimer();
    await add(stores, 1);
    vi.setSystemTime(NOON_MS + 5 * MINUTE_MS);
    await stores.ledger.shut();
    const count = (table: string): string => `(SELECT count(*) FROM ${table}) AS ${table}`;
    const left = `SELECT ${['exchanges', 'kept', 'details'].map(count).join(', ')}`;
    expect(await rowsOf(openDriver, path, left)).toEqual([{ exchanges: 21, kept: 1, details: 1 }]);
  });
});
