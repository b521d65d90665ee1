// The endpoints of other gateways, in their shapes: for clients and administrators, and never with a key in an answer.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { KeyStore } from '../../src/config/edit/key-store.ts';
import {
  type AdminSetup,
  AS_ADMIN,
  adminSetup,
  type FakeQueries,
  fakeQueries,
  send,
  TOTALS,
} from '../kit/admin.ts';
import { clientWithKey, type Gateway, startGateway } from '../kit/gateway.ts';

const AS_CLIENT = { 'x-api-key': 'sk-client-canary-000001' };
const NEW_KEY = 'sk-new-upstream-canary-4321';

let gateway: Gateway;
let setup: AdminSetup;
let queries: FakeQueries;
const stored: unknown[] = [];

beforeAll(async () => {
  queries = fakeQueries({ totals: TOTALS, groups: [{ name: 'one', totals: TOTALS }] });
  const keyStore: KeyStore = {
    add: (upstream, value, name) => {
      stored.push([upstream, value, name]);
      return Promise.resolve({ ok: true, id: 'k_new', last4: '4321', what: 'added' });
    },
    remove: () => Promise.resolve({ ok: true, removed: false }),
    forget: () => Promise.resolve({ ok: true, keys: [], putBack: () => Promise.resolve() }),
    has: () => false,
  };
  setup = adminSetup({ queries, keyStore });
  gateway = await startGateway({
    upstreams: [
      {
        origin: 'http://127.0.0.1:1',
        secrets: ['sk-upstream-canary-0001'],
        keyLimits: { rpm: 60, rpd: 1_000 },
      },
      { id: 'two', origin: 'http://127.0.0.1:1', enabled: false, secrets: ['sk-upstream-canary-0002'] },
    ],
    clients: [clientWithKey('me', 'sk-client-canary-000001')],
    admin: setup.admin,
  });
});
afterAll(() => gateway.stop());

describe('compatible endpoints', () => {
  it('10.13 GET / and /health answer programs without a credential', async () => {
    const root = await send(gateway.port, 'GET', '/');
    expect(root.body).toMatchObject({ status: 'ok', service: 'sluice', version: '0.0.0' });
    const health = await send(gateway.port, 'GET', '/health');
    expect(health.body).toEqual({
      status: 'ok',
      timestamp: expect.stringMatching(/^\d{4}-.*Z$/),
      uptime: expect.any(Number),
    });
  });

  it('12.1 GET /v1/status tells limits and use of every upstream, −1 where there is no limit', async () => {
    for (const headers of [AS_CLIENT, AS_ADMIN]) {
      const { status, body, text } = await send(gateway.port, 'GET', '/v1/status', headers);
      expect([status, body]).toEqual([
        200,
        {
          service: 'sluice',
          timestamp: expect.stringMatching(/Z$/),
          apis: [
            {
              id: 'one',
              name: 'Plain',
              enabled: true,
              available: true,
              temporarilyDisabled: false,
              errorCount: 0,
              limits: { rpm: 60, rpd: 1_000 },
              usage: { rpm: 3, rpd: 3 },
            },
            expect.objectContaining({
              id: 'two',
              enabled: false,
              available: false,
              limits: { rpm: -1, rpd: -1 },
              usage: { rpm: 0, rpd: 0 },
            }),
          ],
        },
      ]);
      expect(text).not.toContain('canary');
    }
  });

  it('12.2 GET /v1/token/stats counts from the start or the last reset, and for a client its own alone', async () => {
    const { port } = gateway;
    queries.asked.length = 0;
    const stats = await send(port, 'GET', '/v1/token/stats', AS_CLIENT);
    expect(stats.body).toMatchObject({
      total: { requests: 6, inputTokens: 70, outputTokens: 20, totalTokens: 90, costUsd: 0.003 },
      apis: [
        { id: 'one', requests: 3, totalTokens: 45 },
        { id: 'two', requests: 3 },
      ],
    });
    expect(queries.asked[0]).toMatchObject({ question: { only: { upstream: ['one'], client: ['me'] } } });
    const before = (stats.body as { apis: { since: string }[] }).apis;
    const reset = await send(port, 'POST', '/v1/token/reset', AS_CLIENT, { apiId: 'one' });
    expect([reset.status, reset.body]).toEqual([200, { success: true, message: expect.any(String) }]);
    const after = (await send(port, 'GET', '/v1/token/stats', AS_CLIENT)).body as {
      apis: { since: string }[];
    };
    expect(Date.parse(after.apis[0]?.since ?? '')).toBeGreaterThanOrEqual(Date.parse(before[0]?.since ?? ''));
    expect(after.apis[1]?.since).toBe(before[1]?.since);
    const admin = (await send(port, 'GET', '/v1/token/stats', AS_ADMIN)).body as {
      apis: { since: string }[];
    };
    expect(admin.apis[0]?.since).toBe(before[0]?.since);
    expect((await send(port, 'POST', '/v1/token/reset', AS_CLIENT, { apiId: 'x' })).status).toBe(404);
    expect(setup.audited.at(-2)).toMatchObject({ who: 'client', whoId: 'me', action: 'compatible.reset' });
  });

  it('12.3 POST /admin/keys stores a key for whoever administers, and shows nothing of it but its end', async () => {
    const { port } = gateway;
    const none = await send(port, 'POST', '/admin/keys', AS_ADMIN, {});
    expect([none.status, none.body]).toMatchObject([400, { error: { message: 'API key is required' } }]);
    expect((await send(port, 'POST', '/admin/keys', AS_ADMIN, { key: NEW_KEY })).status).toBe(400);
    const made = await send(port, 'POST', '/admin/keys', AS_ADMIN, { key: NEW_KEY, upstream: 'two' });
    expect([made.status, made.body]).toEqual([
      201,
      { success: true, message: 'API key added', upstream: 'two', keyId: 'k_new', last4: '4321' },
    ]);
    expect(stored).toEqual([['two', { secret: NEW_KEY }, undefined]]);
    expect((await send(port, 'POST', '/admin/keys', AS_CLIENT, { key: NEW_KEY })).status).toBe(401);
    expect(JSON.stringify([made.text, setup.audited, gateway.logged])).not.toContain('canary');
  });

  it('refuses wrong and missing keys', async () => {
    for (const path of ['/v1/status', '/v1/token/stats']) {
      expect((await send(gateway.port, 'GET', path)).status, path).toBe(401);
      expect((await send(gateway.port, 'GET', path, { 'x-api-key': 'wrong' })).status, path).toBe(401);
    }
  });
});
