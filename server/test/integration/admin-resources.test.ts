// Every resource of the admin API over the socket, with what it asks of the gateway behind it.

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { CaptureStatus } from '../../src/exchange/detail/capture-control.ts';
import type { ExchangeDetail, ExchangeSummary } from '../../src/exchange/ledger-queries.ts';
import {
  type AdminAnswer,
  type AdminSetup,
  AS_ADMIN,
  adminSetup,
  type FakeQueries,
  fakeQueries,
  send,
  TOTALS,
} from '../kit/admin.ts';
import { clientWithKey, type Gateway, startGateway } from '../kit/gateway.ts';
import { attempt } from '../stores/exchanges.ts';

const DETAIL: ExchangeDetail = {
  id: 'req_1',
  receivedAtMs: 1_000,
  route: 'messages',
  clientId: 'me',
  conversationId: undefined,
  agentId: undefined,
  dialectIn: 'anthropic-messages',
  use: 'generate',
  clientRequestId: 'mine-1',
  state: 'done',
  closing: {
    id: 'req_1',
    dialectOut: 'openai-chat',
    modelAsked: 'a',
    modelServed: 'b',
    upstreamId: 'one',
    keyId: 'k1',
    attempts: 1,
    status: 200,
    errorCode: undefined,
    headersAtMs: 1_010,
    firstByteAtMs: 1_011,
    firstOutputAtMs: 1_020,
    endedAtMs: 1_500,
    bytesIn: 10,
    bytesOut: 20,
    usage: undefined,
    losses: 'top-k',
    upstreamRequestId: 'req_theirs',
    streamed: true,
    aborted: false,
    cost: {
      state: 'exact',
      totalNanoUsd: 2_500_000,
      parts: {
        inputUncached: 2_500_000,
        cacheRead: 0,
        cacheWrite: 0,
        inputAudio: 0,
        outputText: 0,
        outputReasoning: 0,
        outputAudio: 0,
        other: 0,
      },
      priceRow: 'catalogue:one/b',
    },
  },
  attempts: [attempt(1, { upstreamRequestId: 'req_tried' })],
  detail: { id: 'req_1', atMs: 1_500, kind: 'error', text: '{"why":"x"}' },
};

const { detail: _detail, attempts: _attempts, ...SUMMARY } = DETAIL;

/** One whose model has no price: the amounts mean nothing. */
const UNPRICED: ExchangeSummary = {
  ...SUMMARY,
  id: 'req_2',
  ...(DETAIL.closing?.cost === undefined
    ? {}
    : {
        closing: {
          ...DETAIL.closing,
          id: 'req_2',
          cost: { ...DETAIL.closing.cost, state: 'unpriced', totalNanoUsd: 0, priceRow: '' },
        },
      }),
};

const CAPTURE: CaptureStatus = {
  open: false,
  maxBytes: 1,
  filter: {},
  captured: 0,
  running: 0,
  recent: [],
};

let gateway: Gateway;
let setup: AdminSetup;
let queries: FakeQueries;
const windows: unknown[] = [];
let level: 'info' | 'debug' = 'info';

const get = (path: string): Promise<AdminAnswer> => send(gateway.port, 'GET', `/admin/v1${path}`, AS_ADMIN);
const put = (method: string, path: string, body?: unknown): Promise<AdminAnswer> =>
  send(gateway.port, method, `/admin/v1${path}`, AS_ADMIN, body);

beforeAll(async () => {
  queries = fakeQueries({
    totals: TOTALS,
    groups: [
      { name: 'me', totals: TOTALS },
      { name: 'gone', totals: TOTALS },
      { name: undefined, totals: TOTALS },
    ],
    series: { bucketMs: 60_000, points: [{ atMs: 60_000, name: undefined, totals: TOTALS }] },
    exchanges: { rows: [SUMMARY, UNPRICED], next: 'cursor' },
    exchange: DETAIL,
    unpriced: [{ model: 'm', upstream: 'one', requests: 2, tokens: 9 }],
    storage: { rows: 5, bytes: 4_096, freeBytes: 0, oldestMs: undefined, newestMs: 9, summedPart: 1 },
  });
  setup = adminSetup({
    queries,
    contextWindow: (model) => Promise.resolve(model === 'gpt-x' ? 128_000 : 0),
    ledger: () => ({ waiting: 1, lost: 2 }),
    capture: {
      status: () => CAPTURE,
      open: (window) => {
        windows.push(window);
        return { ...CAPTURE, open: true };
      },
      close: () => CAPTURE,
    },
    bundle: (ids) => Promise.resolve(ids[0] === 'req_1' ? { sluiceBundle: 1 } : undefined),
    logLevel: {
      get: () => level,
      set: (wanted) => {
        level = wanted === 'debug' ? 'debug' : 'info';
      },
    },
  });
  gateway = await startGateway({
    upstreams: [{ origin: 'http://127.0.0.1:1', models: ['gpt-x'], secrets: ['sk-upstream-canary-9876'] }],
    aliases: { fast: 'gpt-x' },
    clients: [clientWithKey('me', 'sk-client-canary-000001')],
    admin: setup.admin,
  });
});
afterAll(() => gateway.stop());
beforeEach(() => {
  queries.asked.length = 0;
});

describe('the resources of the admin API', () => {
  it('12.1 status tells version, uptime, what is in flight, the ledger and the process', async () => {
    const { status, body } = await get('/status');
    expect([status, body]).toEqual([
      200,
      expect.objectContaining({
        service: 'sluice',
        version: '0.0.0',
        ready: true,
        demo: false,
        inFlight: 0,
        waiting: 0,
        ledger: { waiting: 1, lost: 2 },
        storage: { rows: 5, bytes: 4_096, freeBytes: 0, oldestMs: null, newestMs: 9, summedPart: 1 },
        parts: expect.objectContaining({ archive: true, capture: true, feed: false }),
      }),
    ]);
  });

  it('overview compares a period with the one before it', async () => {
    const { body } = await get('/overview?from=1000&to=3000&client=me&client=you');
    expect(queries.asked).toEqual([
      { kind: 'totals', question: { period: { fromMs: 1000, toMs: 3000 }, only: { client: ['me', 'you'] } } },
      {
        kind: 'totals',
        question: { period: { fromMs: -1000, toMs: 1000 }, only: { client: ['me', 'you'] } },
      },
    ]);
    expect(body).toMatchObject({
      totals: { requests: 3, costUsd: 0.0015 },
      before: { totals: { requests: 3 } },
    });
    expect((await get('/overview?from=5&to=5')).status).toBe(400);
  });

  it('groups and series hand on what is asked', async () => {
    const groups = await get('/groups?by=client&last=1h&limit=7');
    expect(queries.asked[0]).toMatchObject({ kind: 'groups', question: { by: 'client', limit: 7 } });
    expect(groups.body).toMatchObject({ groups: [{ name: 'me' }, { name: 'gone' }, { name: null }] });
    const series = await get('/series?bucketMs=60000&by=model');
    expect(queries.asked[1]).toMatchObject({ kind: 'series', question: { by: 'model', bucketMs: 60_000 } });
    expect(series.body).toMatchObject({ bucketMs: 60_000, points: [{ atMs: 60_000, name: null }] });
  });

  it('12.5 exchanges come page by page, with filters, and one with all that is known of it', async () => {
    const page = await get('/exchanges?outcome=error&search=req_&before=cursor0&limit=10&model=a');
    expect(queries.asked[0]?.question).toEqual({
      only: { model: ['a'] },
      limit: 10,
      outcome: 'error',
      search: 'req_',
      before: 'cursor0',
    });
    expect(page.body).toMatchObject({
      next: 'cursor',
      rows: [
        { id: 'req_1', state: 'done', durationMs: 500, ttftMs: 20, costUsd: 0.0025, losses: 'top-k' },
        { id: 'req_2', cost: { state: 'unpriced' } },
      ],
    });
    // What nobody knows the price of is not shown as free.
    expect(JSON.stringify(page.body).match(/"costUsd"/g)).toHaveLength(1);
    const one = await get('/exchanges/req_1');
    expect(one.body).toMatchObject({
      id: 'req_1',
      upstreamRequestId: 'req_theirs',
      clientRequestId: 'mine-1',
      tries: [{ ordinal: 1, upstreamRequestId: 'req_tried' }],
      detail: { kind: 'error', content: { why: 'x' } },
    });
    expect((await get('/exchanges/req_1/bundle')).body).toEqual({ sluiceBundle: 1 });
    expect((await get('/exchanges/req_2/bundle')).status).toBe(404);
    const replayed = await put('POST', '/exchanges/req_1/replay', { model: 'other' });
    expect(replayed.body).toMatchObject({ error: { code: expect.any(String) } });
    expect(setup.audited.at(-1)).toMatchObject({
      action: 'exchanges.replay',
      detail: 'req_1 again as other',
    });
  });

  it('5.9 keys come with their standing and the end of their secret', async () => {
    const { text, body } = await get('/keys');
    expect(body).toMatchObject({
      keys: [{ upstreamId: 'one', keyId: 'k1', last4: '9876', disabled: false }],
    });
    expect(text).not.toContain('canary');
    expect((await put('POST', '/keys/one/k1/disable')).body).toMatchObject({ disabled: true });
    expect((await put('POST', '/keys/none/k1/disable')).body).toMatchObject({ error: { code: 'not_found' } });
    expect(setup.audited.at(-1)).toMatchObject({ action: 'keys.disable', status: 404, error: 'not_found' });
  });

  it('models come with who would serve them, their traits, and limits where somebody knows them', async () => {
    const { body } = await get('/models?search=FAS');
    expect(body).toEqual({
      models: [
        expect.objectContaining({
          id: 'fast',
          owner: 'alias',
          candidates: [expect.objectContaining({ upstreamId: 'one', model: 'gpt-x', native: true })],
          contextWindow: 128_000,
        }),
      ],
    });
    // Nobody knows how long the answers of this one are.
    expect((body as { models: object[] }).models[0]).not.toHaveProperty('maxOutputTokens');
  });

  it('models without a price are listed, and clients with what they spent', async () => {
    expect((await get('/prices/unpriced')).body).toEqual({
      models: [{ model: 'm', upstream: 'one', requests: 2, tokens: 9 }],
    });
    expect((await get('/client-use')).body).toEqual({
      clients: [
        expect.objectContaining({ id: 'me', enabled: true, requests: 3, tokens: 45, costUsd: 0.0015 }),
        expect.objectContaining({ id: 'gone', enabled: false }),
      ],
    });
  });

  it('explains where a request would go, and shows it in other formats, without sending it', async () => {
    const explained = await put('POST', '/explain', { model: 'fast', stream: true });
    expect(explained.body).toMatchObject({
      candidates: [{ upstreamId: 'one', model: 'gpt-x' }],
      passedOver: [],
    });
    const body = { model: 'gpt-5', messages: [{ role: 'user', content: 'hi' }], logit_bias: { 1: 2 } };
    const converted = await put('POST', '/convert', { from: 'openai-chat', body });
    const { targets } = converted.body as { targets: { to: string; losses: { feature: string }[] }[] };
    expect(targets.map(({ to }) => to)).toEqual(['openai-responses', 'anthropic-messages', 'gemini']);
    expect(targets[1]).toMatchObject({ path: '/v1/messages', body: { model: 'gpt-5' } });
    expect(targets[1]?.losses.length).toBeGreaterThan(0);
    expect((await put('POST', '/convert', { from: 'openai-chat' })).status).toBe(400);
    expect(gateway.opened).toEqual([]);
    expect(setup.audited.map(({ action }) => action)).not.toContain('convert');
  });

  it('the cache tells how it does and throws answers away', async () => {
    expect((await get('/cache')).body).toMatchObject({ store: 'memory', entries: 0, hits: 0 });
    expect((await put('POST', '/cache/purge', {})).body).toEqual({ purged: 0 });
    expect((await put('POST', '/cache/purge', { model: 'a', client: 'b' })).status).toBe(400);
  });

  it('a capture window is opened and closed', async () => {
    expect((await put('POST', '/capture', { seconds: 5, filter: { model: 'gpt*' } })).body).toMatchObject({
      open: true,
    });
    expect(windows).toEqual([{ untilMs: expect.any(Number), filter: { model: 'gpt*' } }]);
    expect((await put('DELETE', '/capture')).body).toMatchObject({ open: false });
    expect((await put('POST', '/capture', { filter: { nothing: 1 } })).status).toBe(400);
  });

  it('10.5 the level of the log is changed while it runs', async () => {
    expect((await put('PUT', '/log-level', { level: 'debug' })).body).toEqual({ level: 'debug' });
    expect((await get('/log-level')).body).toEqual({ level: 'debug' });
    expect((await put('PUT', '/log-level', { level: 'loud' })).status).toBe(400);
  });

  it('every change is in the audit log, and no question is', async () => {
    const { body } = await get('/audit?limit=500');
    const { entries } = body as {
      entries: { action: string; who: string; address: string; status: number }[];
    };
    expect(entries.every(({ who, address }) => who === 'key' && address === '127.0.0.1')).toBe(true);
    const actions = new Set(entries.map(({ action }) => action));
    expect(actions).toContain('log.set-level');
    expect(actions).toContain('capture.open');
    for (const question of ['status.get', 'explain', 'convert', 'audit.list'])
      expect(actions).not.toContain(question);
  });

  it('what the gateway runs without answers 501, and what the archive cannot answer 503', async () => {
    const bare = await startGateway({ upstreams: [{ origin: 'http://127.0.0.1:1' }], ...adminSetup() });
    for (const path of ['/overview', '/exchanges', '/prices', '/capture', '/log-level']) {
      const answer = await send(bare.port, 'GET', `/admin/v1${path}`, AS_ADMIN);
      expect([answer.status, answer.body], path).toMatchObject([501, { error: { code: 'not_available' } }]);
    }
    await bare.stop();
    const closed = adminSetup({ queries: fakeQueries({}) });
    const other = await startGateway({ upstreams: [{ origin: 'http://127.0.0.1:1' }], ...closed });
    expect((await send(other.port, 'GET', '/admin/v1/overview', AS_ADMIN)).status).toBe(503);
    expect((await send(other.port, 'GET', '/admin/v1/status', AS_ADMIN)).status).toBe(200);
    await other.stop();
  });
});
