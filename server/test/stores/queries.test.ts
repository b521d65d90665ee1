// What the ledger answers, on every database.

import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { LedgerQuestions } from '../../src/exchange/ledger-queries.ts';
import type { LedgerClosing, LedgerOpening } from '../../src/exchange/ports.ts';
import { newRequestId } from '../../src/http/request-id.ts';
import type { LedgerOpened } from '../../src/stores/tables/ledger.ts';
import { LEDGERS } from './engines.ts';
import { attempt, closing, cost, opening } from './exchanges.ts';
import { temporaryFolder } from './folder.ts';

const HOUR_MS = 3_600_000;
const DAY_MS: number = 24 * HOUR_MS;

type Stores = Extract<LedgerOpened, { ok: true }>;

describe.each(LEDGERS)('questions to the ledger on %s', (_name, tested) => {
  async function open(path: string = join(temporaryFolder(), 'sluice.db')): Promise<Stores> {
    const opened = await tested.open({ path, retentionDays: 0, onTrouble: () => undefined });
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

  function add(
    stores: Stores,
    id: string,
    from: Partial<LedgerOpening>,
    to: Partial<LedgerClosing> = {},
  ): void {
    const first = opening(id, from);
    stores.ledger.open(first).close(closing(id, { endedAtMs: first.receivedAtMs + 1_000, ...to }));
  }

  const lately = (): { fromMs: number; toMs: number } => ({
    fromMs: Date.now() - HOUR_MS,
    toMs: Date.now() + HOUR_MS,
  });

  test('9.2 totals tell errors from clients that left, and money that is known from what is not', async () => {
    const stores = await open();
    add(stores, 'a', {}, { cost: cost(100) });
    add(stores, 'b', {}, { cost: cost(50, { state: 'estimated' }), usageEstimated: true });
    add(stores, 'c', {}, { cost: cost(0, { state: 'unpriced', priceRow: '' }) });
    add(stores, 'd', {}, { status: 502, errorCode: 'upstream_closed', usage: undefined });
    add(stores, 'e', {}, { status: 499, aborted: true, errorCode: 'client_closed', usage: undefined });
    add(stores, 'f', {}, { cache: 'hit', savedNanoUsd: 70, attempts: 0 });
    stores.ledger.open(opening('running'));
    await stores.ledger.flush();
    const totals = await answer(stores, 'totals', { period: lately() });
    expect(totals).toMatchObject({
      requests: 6,
      errors: 1,
      left: 1,
      attempts: 5,
      costNanoUsd: 150,
      estimatedNanoUsd: 50,
      unpriced: 1,
      cacheHits: 1,
      savedNanoUsd: 70,
      bytesIn: 6_000,
      bytesOut: 12_000,
      tokens: { inputUncached: 400, cacheRead: 160, cacheWrite: 24, outputText: 200, outputReasoning: 28 },
      duration: { count: 6, meanMs: 1_000 },
      ttft: { count: 6, meanMs: 990 },
    });
    expect(totals.duration.p95Ms / 1_000).toBeGreaterThan(0.95);
    expect(totals.duration.p95Ms / 1_000).toBeLessThan(1.05);
  });

  test('groups come with the greatest first, the rest summed up, and only of what is selected', async () => {
    const stores = await open();
    const models = ['big', 'big', 'big', 'mid', 'mid', 'one', 'two'];
    for (const [i, model] of models.entries())
      add(stores, `x${i}`, { clientId: i % 2 === 0 ? 'alice' : undefined }, { modelServed: model });
    await stores.ledger.flush();
    const named = async (more: Partial<LedgerQuestions['groups']['ask']>): Promise<unknown> =>
      (await answer(stores, 'groups', { period: lately(), by: 'model', ...more })).map(({ name, totals }) => [
        name,
        totals.requests,
      ]);
    expect(await named({ limit: 2 })).toEqual([
      ['big', 3],
      ['mid', 2],
      [undefined, 2],
    ]);
    expect(await named({ only: { client: ['alice'] } })).toEqual([
      ['big', 2],
      ['mid', 1],
      ['two', 1],
    ]);
    expect(await named({ by: 'client' })).toEqual([
      ['alice', 4],
      ['', 3],
    ]);
    expect(await named({ only: { client: [''], model: ['big', 'one'] } })).toEqual([
      ['big', 1],
      ['one', 1],
    ]);
    expect(await named({ only: { model: ['unheard-of'] } })).toEqual([]);
  });

  test.each([
    [HOUR_MS, 5 * 60_000],
    [6 * HOUR_MS, 15 * 60_000],
    [DAY_MS, 30 * 60_000],
    [7 * DAY_MS, 2 * HOUR_MS],
    [31 * DAY_MS, DAY_MS],
    [32 * DAY_MS, 7 * DAY_MS],
  ])('11.4 a series over %d ms has buckets of %d ms', async (lengthMs, bucketMs) => {
    const stores = await open();
    const toMs = Date.now();
    add(stores, 'a', { receivedAtMs: toMs - 1_000 });
    add(stores, 'b', { receivedAtMs: toMs - 2_000 }, { modelServed: 'other' });
    await stores.ledger.flush();
    const series = await answer(stores, 'series', { period: { fromMs: toMs - lengthMs, toMs }, by: 'model' });
    expect(series.bucketMs).toBe(bucketMs);
    expect(series.points.reduce((sum, { totals }) => sum + totals.requests, 0)).toBe(2);
    for (const { atMs } of series.points) expect(atMs % bucketMs).toBe(0);
    expect(new Set(series.points.map(({ name }) => name))).toEqual(new Set(['claude-test-1', 'other']));
  });

  test('12.5 a list is paged from the newest on, and no exchange comes twice or is left out', async () => {
    const stores = await open();
    const ids = Array.from({ length: 25 }, (_, i) => `x${String(i).padStart(2, '0')}`);
    for (const [i, id] of ids.entries()) add(stores, id, { receivedAtMs: Date.now() - 60_000 + i });
    await stores.ledger.flush();
    const seen: string[] = [];
    let before: string | undefined;
    do {
      const page = await answer(stores, 'exchanges', {
        limit: 10,
        ...(before === undefined ? {} : { before }),
      });
      seen.push(...page.rows.map(({ id }) => id));
      before = page.next;
    } while (before !== undefined);
    expect(seen).toEqual(ids.toReversed());
  });

  test('12.5 a list is filtered by outcome, conversation, agent, cache, names and the beginning of a text', async () => {
    const stores = await open();
    add(stores, 'ok', { conversationId: 'talk-1', agentId: 'helper' }, { cache: 'miss' });
    add(stores, 'bad', { conversationId: 'talk-2' }, { status: 502, errorCode: 'upstream_closed' });
    add(stores, 'left', { clientId: 'bob' }, { status: 499, aborted: true });
    stores.ledger.open(opening('running'));
    await stores.ledger.flush();
    const ids = async (more: Partial<LedgerQuestions['exchanges']['ask']>): Promise<string[]> =>
      (await answer(stores, 'exchanges', { limit: 10, ...more })).rows.map(({ id }) => id).sort();
    expect(await ids({ outcome: 'ok' })).toEqual(['ok']);
    expect(await ids({ outcome: 'error' })).toEqual(['bad']);
    expect(await ids({ outcome: 'left' })).toEqual(['left']);
    expect(await ids({ outcome: 'open' })).toEqual(['running']);
    expect(await ids({ conversation: 'talk-1' })).toEqual(['ok']);
    expect(await ids({ agent: 'helper' })).toEqual(['ok']);
    expect(await ids({ cache: 'miss' })).toEqual(['ok']);
    expect(await ids({ only: { client: ['bob'] } })).toEqual(['left']);
    expect(await ids({ search: 'upstream_' })).toEqual(['bad']);
    expect(await ids({ search: 'talk-' })).toEqual(['bad', 'ok']);
    expect(await ids({ search: '%' })).toEqual([]);
    expect(await ids({ period: { fromMs: 0, toMs: 1 } })).toEqual([]);
  });

  test("10.10 exchanges are found by the provider's id and by the client's own", async () => {
    const stores = await open();
    // As OpenAI makes them: digits that would be a time, were there fewer.
    const theirs = `req_${'0192'.repeat(8)}`;
    add(stores, 'a', { clientRequestId: 'mine-a' }, { upstreamRequestId: theirs });
    add(stores, 'b', { clientRequestId: 'mine-b' }, { upstreamRequestId: 'req_011CSHoEeqs5C35K2UUqR7Fy' });
    add(stores, 'c', {});
    await stores.ledger.flush();
    const ids = async (search: string): Promise<string[]> =>
      (await answer(stores, 'exchanges', { limit: 10, search })).rows.map(({ id }) => id).sort();
    expect(await ids(theirs)).toEqual(['a']);
    expect(await ids('req_011CSH')).toEqual(['b']);
    expect(await ids('mine-')).toEqual(['a', 'b']);
    expect(await ids('mine-b')).toEqual(['b']);
  });

  test('12.5 one exchange is found by its id, with its attempts, its cost and its detail', async () => {
    const stores = await open();
    const id = newRequestId();
    const tries = [
      attempt(1, { upstreamRequestId: 'req_1' }),
      attempt(2, { end: 'answered', cost: cost(40), upstreamRequestId: 'req_2' }),
    ];
    const more: Partial<LedgerClosing> = {
      attempts: 2,
      tries,
      cost: cost(40),
      policy: 'cheap',
      errorMessage: 'It broke.',
      promptCache: 'message 3 changed',
      upstreamRequestId: 'req_2',
    };
    add(stores, id, { clientRequestId: 'mine' }, more);
    add(stores, 'an-old-id', {}, { usage: undefined });
    stores.details.put({ id, atMs: 5, kind: 'error', text: '{"a":1}' });
    await stores.ledger.flush();
    const found = await answer(stores, 'exchange', { id });
    expect(found).toMatchObject({ id, state: 'done', clientId: 'alice', attempts: tries });
    expect(found?.clientRequestId).toBe('mine');
    expect(found?.closing).toMatchObject({
      cost: cost(40),
      policy: 'cheap',
      errorMessage: 'It broke.',
      upstreamRequestId: 'req_2',
    });
    expect(found?.closing?.usage).toEqual(closing(id).usage);
    expect(found?.detail).toEqual({ id, atMs: 5, kind: 'error', text: '{"a":1}' });
    expect((await answer(stores, 'exchange', { id: 'an-old-id' }))?.closing?.usage).toBeUndefined();
    expect(await answer(stores, 'exchange', { id: newRequestId() })).toBeUndefined();
  });

  test('what clients have spent is summed from their own moment on', async () => {
    const stores = await open();
    const now = Date.now();
    add(stores, 'a', { receivedAtMs: now - 40 * DAY_MS }, { cost: cost(100) });
    add(stores, 'b', { receivedAtMs: now - 5 * DAY_MS }, { cost: cost(200) });
    add(stores, 'c', { receivedAtMs: now - 5 * 60_000 }, { cost: cost(400) });
    add(stores, 'd', { clientId: 'bob' }, { cost: cost(800) });
    await stores.ledger.flush();
    const clients = [
      { id: 'alice', sinceMs: 0 },
      { id: 'alice', sinceMs: now - 30 * DAY_MS },
      // In the middle of an hour of which no minutes are kept.
      { id: 'alice', sinceMs: now - 5 * DAY_MS + 1 },
      { id: 'bob', sinceMs: now - DAY_MS },
      { id: 'nobody', sinceMs: 0 },
    ];
    expect(await answer(stores, 'spending', { clients })).toEqual([700, 600, 400, 800, 0]);
  });

  test('models without a price are listed with their upstream', async () => {
    const stores = await open();
    for (let i = 0; i < 3; i++)
      add(stores, `x${i}`, {}, { modelServed: 'new-1', cost: cost(0, { state: 'unpriced' }) });
    add(stores, 'y', {}, { cost: cost(30) });
    await stores.ledger.flush();
    expect(await answer(stores, 'unpriced', { period: lately() })).toEqual([
      { model: 'new-1', upstream: 'anthropic', requests: 3, tokens: 609 },
    ]);
  });

  test('the place that it takes is told', async () => {
    const stores = await open();
    const receivedAtMs = Date.now() - 3 * DAY_MS;
    add(stores, 'a', { receivedAtMs });
    add(stores, 'b', { receivedAtMs: receivedAtMs + DAY_MS });
    await stores.ledger.flush();
    expect(await answer(stores, 'storage', {})).toMatchObject({
      rows: 2,
      oldestMs: receivedAtMs,
      newestMs: receivedAtMs + DAY_MS,
      bytes: expect.any(Number),
    });
  });

  test('too many at once, and any after the end, are refused in words', async () => {
    const stores = await open();
    const all = await Promise.all(Array.from({ length: 70 }, () => stores.queries.ask('storage', {})));
    const refused = all.filter((said) => !said.ok);
    expect(refused).toHaveLength(6);
    expect(refused[0]).toEqual({ ok: false, message: expect.stringContaining('too many questions') });
    await stores.ledger.shut();
    expect(await stores.queries.ask('storage', {})).toEqual({ ok: false, message: 'The ledger was closed.' });
  });
});
