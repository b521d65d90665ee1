// What the books say of whole exchanges (features 9.1–9.7, 9.12, 10.7): real answers through a gateway with a real ledger
// and the real price list, asked as the admin API and the dashboard ask.

import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { LedgerQueries, LedgerQuestions } from '../../src/exchange/ledger-queries.ts';
import { createPrices } from '../../src/prices/prices.ts';
import { openStores } from '../../src/stores/open.ts';
import { AS_ADMIN, adminSetup, send } from '../kit/admin.ts';
import { ask, begin, type Received, until } from '../kit/client.ts';
import type { Behaviour } from '../kit/fault-upstream.ts';
import { clientWithKey, type Gateway, type GatewaySetup, settingsOf } from '../kit/gateway.ts';
import { gatewayWith, provider } from '../kit/setting.ts';
import { wires } from '../kit/wire.ts';
import { closing, opening } from '../stores/exchanges.ts';
import { temporaryFolder } from '../stores/folder.ts';

const SECRET = 'sk-upstream-canary-7777';
const ALICE = 'key-of-alice-1234567';
const BOB = 'key-of-bob-123456789';
const EVER = { fromMs: 0, toMs: 8e15 };

type Stores = Extract<Awaited<ReturnType<typeof openStores>>, { ok: true }>;

async function storesIn(folder: string): Promise<Stores> {
  const stores = await openStores({
    location: join(folder, 'sluice.db'),
    retentionDays: 90,
    onTrouble: (message) => expect.unreachable(message),
    redact: (text) => text,
  });
  if (!stores.ok) throw new Error(stores.message);
  onTestFinished(() => stores.ledger.shut());
  return stores;
}

async function told<Kind extends keyof LedgerQuestions>(
  queries: LedgerQueries,
  kind: Kind,
  question: LedgerQuestions[Kind]['ask'],
): Promise<LedgerQuestions[Kind]['answer']> {
  const answer = await queries.ask(kind, question);
  if (!answer.ok) throw new Error(answer.message);
  return answer.answer;
}

interface Setting {
  readonly gateway: Gateway;
  readonly stores: Stores;
  readonly folder: string;
}

/** OpenAI as far as prices go, with a ledger on disk and an admin API over it. */
async function setting(script: Behaviour, more: Partial<GatewaySetup> = {}): Promise<Setting> {
  const folder = temporaryFolder();
  const stores = await storesIn(folder);
  const server = await provider(script);
  const setup: GatewaySetup = {
    upstreams: [{ origin: server.origin, secrets: [SECRET], provider: { id: 'openai' } }],
    ...more,
  };
  const gateway = await gatewayWith({
    ...setup,
    prices: createPrices({ settings: () => settingsOf(setup) }),
    ...adminSetup({ queries: stores.queries }),
    parts: { ledger: stores.ledger, ...setup.parts },
  });
  return { gateway, stores, folder };
}

const chat = (gateway: Gateway, model: string, key = '', stream = false): Promise<Received> => {
  const request = wires['openai-chat'].request(model, stream, 'Hello');
  const headers = key === '' ? [] : ['x-api-key', key];
  return ask(gateway.port, { ...request, headers });
};

const idOf = (answer: Received): string => answer.header('x-sluice-request-id') ?? '';

/** An answer whose usage names every kind of token that Chat has. */
const thoughtful: Behaviour = (turn) =>
  turn.whole(
    200,
    JSON.stringify({
      id: 'chatcmpl-1',
      object: 'chat.completion',
      model: turn.model,
      choices: [{ index: 0, finish_reason: 'stop', message: { role: 'assistant', content: 'Yes.' } }],
      usage: {
        prompt_tokens: 1_000,
        completion_tokens: 300,
        total_tokens: 1_300,
        prompt_tokens_details: { cached_tokens: 600, audio_tokens: 50 },
        completion_tokens_details: { reasoning_tokens: 200, audio_tokens: 20 },
      },
    }),
  );

describe('the usage of an exchange', () => {
  test('9.1 9.4 is in SQLite with every kind of token, and still there after a restart', async () => {
    const { gateway, stores, folder } = await setting(thoughtful);
    const id = idOf(await chat(gateway, 'gpt-4o-audio-preview'));
    await gateway.stop();
    await stores.ledger.shut();
    const { queries } = await storesIn(folder);
    const found = await told(queries, 'exchange', { id });
    expect(found).toMatchObject({ id, state: 'done', closing: { status: 200, usageEstimated: false } });
    expect(found?.closing?.usage).toMatchObject({
      input: { uncached: 350, cacheRead: 600, audio: 50 },
      output: { text: 80, reasoning: 200, audio: 20 },
    });
    expect((await told(queries, 'totals', { period: EVER })).tokens).toEqual({
      inputUncached: 350,
      cacheRead: 600,
      cacheWrite: 0,
      inputAudio: 50,
      outputText: 80,
      outputReasoning: 200,
      outputAudio: 20,
    });
  });

  test('9.2 is summed by minute, hour and day, per key, model and client, and keys go by their ids', async () => {
    const { gateway, stores } = await setting((turn) => turn.healthy(), {
      clients: [clientWithKey('alice', ALICE), clientWithKey('bob', BOB)],
    });
    for (const [key, model] of [
      [ALICE, 'gpt-4o'],
      [ALICE, 'gpt-4o'],
      [BOB, 'gpt-4o-mini'],
    ] as const)
      await chat(gateway, model, key);
    await stores.ledger.flush();
    const by = async (dimension: 'key' | 'model' | 'client') =>
      (await told(stores.queries, 'groups', { period: EVER, by: dimension })).map(({ name, totals }) => [
        name,
        totals.requests,
        totals.tokens.inputUncached + totals.tokens.outputText,
      ]);
    expect(await by('client')).toEqual([
      ['alice', 2, 36],
      ['bob', 1, 18],
    ]);
    expect(await by('model')).toEqual([
      ['gpt-4o', 2, 36],
      ['gpt-4o-mini', 1, 18],
    ]);
    expect(await by('key')).toEqual([['k1', 3, 54]]);
    const nowMs = Date.now();
    const period = { fromMs: nowMs - 600_000, toMs: nowMs + 600_000 };
    for (const bucketMs of [60_000, 3_600_000, 86_400_000]) {
      const { points } = await told(stores.queries, 'series', { period, bucketMs });
      expect(points.reduce((sum, { totals }) => sum + totals.requests, 0)).toBe(3);
      // Buckets begin where the clock does: a day is a day and has 86,400 seconds.
      for (const { atMs } of points) expect(atMs % bucketMs).toBe(0);
    }
    const paths = ['overview', 'groups?by=key', 'series?by=key', 'exchanges', 'upstreams', 'clients'];
    for (const path of paths) {
      const shown = await send(gateway.port, 'GET', `/admin/v1/${path}`, AS_ADMIN);
      expect(shown.status, path).toBe(200);
      for (const secret of [SECRET, ALICE, BOB]) expect(shown.text, path).not.toContain(secret);
    }
  });
});

describe('the price of an exchange', () => {
  test('9.6 is null and counted where nobody knows it, and no other model stands in for it', async () => {
    const { gateway, stores } = await setting((turn) => turn.healthy());
    const unknown = await chat(gateway, 'gpt-99-imaginary');
    await chat(gateway, 'gpt-4o');
    expect(unknown.header('x-sluice-cost-usd')).toBeUndefined();
    await stores.ledger.flush();
    const row = await told(stores.queries, 'exchange', { id: idOf(unknown) });
    expect(row?.closing?.cost).toMatchObject({ state: 'unpriced', totalNanoUsd: 0, priceRow: '' });
    expect(await told(stores.queries, 'totals', { period: EVER })).toMatchObject({
      requests: 2,
      unpriced: 1,
    });
    expect(await told(stores.queries, 'unpriced', { period: EVER })).toEqual([
      { model: 'gpt-99-imaginary', upstream: 'one', requests: 1, tokens: 18 },
    ]);
  });

  test('9.5 9.7 is that of the row that fits best, in whole nano-dollars, and the row is recorded', async () => {
    const { gateway, stores } = await setting((turn) => turn.healthy());
    const costs = new Map<string, { priceRow: string; totalNanoUsd: number }>();
    for (const model of ['gpt-4o', 'gpt-4o-2024-11-20', 'gpt-4o-mini', 'gpt-4o-mini-2024-07-18'])
      costs.set(model, { priceRow: '', totalNanoUsd: 0, ...(await costIn(gateway, stores, model)) });
    expect(costs.get('gpt-4o-2024-11-20')).toEqual(costs.get('gpt-4o'));
    expect(costs.get('gpt-4o-mini-2024-07-18')?.priceRow).toContain('gpt-4o-mini');
    // 11 tokens in at 2.50 and 7 out at 10 dollars a million; the small one at 0.15 and 0.60.
    expect(costs.get('gpt-4o')?.totalNanoUsd).toBe(97_500);
    expect(costs.get('gpt-4o-mini-2024-07-18')?.totalNanoUsd).toBe(5_850);
  });
});

async function costIn(gateway: Gateway, stores: Stores, model: string): Promise<object | undefined> {
  const id = idOf(await chat(gateway, model));
  await stores.ledger.flush();
  const { priceRow, totalNanoUsd, state } =
    (await told(stores.queries, 'exchange', { id }))?.closing?.cost ?? {};
  expect(state).toBe('exact');
  return { priceRow, totalNanoUsd };
}

describe('counts that begin anew', () => {
  test('9.12 at a word of the administrator or of a client, each for itself, and the ledger keeps everything', async () => {
    const { gateway, stores } = await setting((turn) => turn.healthy(), {
      clients: [clientWithKey('alice', ALICE), clientWithKey('bob', BOB)],
    });
    const { port } = gateway;
    for (const key of [ALICE, BOB, BOB]) await chat(gateway, 'gpt-4o', key);
    await stores.ledger.flush();
    const lastMs = Date.now();
    await until(() => Date.now() > lastMs);
    const counted = async (headers: Record<string, string>): Promise<unknown> => {
      const { body } = await send(port, 'GET', '/v1/token/stats', headers);
      const { total } = body as { total: { requests: number; totalTokens: number } };
      return [total.requests, total.totalTokens];
    };
    const all = async () => [
      await counted({ 'x-api-key': ALICE }),
      await counted({ 'x-api-key': BOB }),
      await counted(AS_ADMIN),
    ];
    const reset = (headers: Record<string, string>) => send(port, 'POST', '/v1/token/reset', headers, {});
    expect(await all()).toEqual([
      [1, 18],
      [2, 36],
      [3, 54],
    ]);
    expect((await reset({ 'x-api-key': BOB })).status).toBe(200);
    expect(await all()).toEqual([
      [1, 18],
      [0, 0],
      [3, 54],
    ]);
    expect((await reset(AS_ADMIN)).status).toBe(200);
    expect(await all()).toEqual([
      [1, 18],
      [0, 0],
      [0, 0],
    ]);
    for (const wrong of [{}, { 'x-api-key': 'wrong' }]) expect((await reset(wrong)).status).toBe(401);
    expect((await told(stores.queries, 'totals', { period: EVER })).requests).toBe(3);
  });
});

describe('times', () => {
  test('10.7 of a stream tell the first token, the whole, and the tokens per second in between', async () => {
    let release = (): void => undefined;
    const { gateway, stores } = await setting((turn) => {
      const [first = '', ...rest] = wires['openai-chat']
        .events(turn.model, turn.text)
        .filter((event) => event !== '');
      turn.head(200, { 'Content-Type': 'text/event-stream' });
      turn.piece(first);
      turn.piece(rest[0] ?? '');
      release = () => {
        for (const event of rest.slice(1)) turn.piece(event);
        turn.end();
      };
    });
    const underway = begin(gateway.port, wires['openai-chat'].request('gpt-4o', true, 'Hello'));
    await until(() => /"content":"[^"]/.test(underway.soFar()));
    const seenMs = Date.now();
    await until(() => Date.now() >= seenMs + 5);
    release();
    const id = idOf(await underway.done);
    await stores.ledger.flush();
    const { body } = await send(gateway.port, 'GET', `/admin/v1/exchanges/${id}`, AS_ADMIN);
    const row = body as Record<
      'receivedAtMs' | 'firstOutputAtMs' | 'endedAtMs' | 'ttftMs' | 'durationMs',
      number
    >;
    expect(row.ttftMs).toBe(row.firstOutputAtMs - row.receivedAtMs);
    expect(row.firstOutputAtMs).toBeLessThanOrEqual(seenMs);
    expect(row.durationMs).toBe(row.endedAtMs - row.receivedAtMs);
    expect(row.durationMs - row.ttftMs).toBeGreaterThanOrEqual(4);
    // Seven tokens are six steps.
    const perSecond = Math.round((6_000 / (row.endedAtMs - row.firstOutputAtMs)) * 10) / 10;
    expect(body).toMatchObject({ streamed: true, tokensPerSecond: perSecond });
  });

  test('10.7 of many exchanges tell percentiles, to a twentieth', async () => {
    const { gateway, stores } = await setting((turn) => turn.healthy());
    const receivedAtMs = Date.now() - 60_000;
    for (let i = 1; i <= 200; i++) {
      const times = { firstOutputAtMs: receivedAtMs + i * 5, endedAtMs: receivedAtMs + i * 20 };
      stores.ledger.open(opening(`x${i}`, { receivedAtMs })).close(closing(`x${i}`, times));
    }
    await stores.ledger.flush();
    const { body } = await send(gateway.port, 'GET', '/admin/v1/overview', AS_ADMIN);
    const { ttft, duration } = (body as { totals: Record<'ttft' | 'duration', Record<string, number>> })
      .totals;
    for (const [told, unitMs] of [
      [ttft, 5],
      [duration, 20],
    ] as const)
      for (const [name, rank] of [
        ['p50Ms', 100],
        ['p95Ms', 190],
        ['p99Ms', 198],
      ] as const) {
        expect(told[name], name).toBeGreaterThan(rank * unitMs * 0.94);
        expect(told[name], name).toBeLessThan(rank * unitMs * 1.06);
      }
    expect(duration).toMatchObject({ count: 200, meanMs: 2_010 });
  });
});
