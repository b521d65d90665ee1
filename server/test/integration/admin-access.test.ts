// Who gets into the admin API: every endpoint × every kind of caller, sessions, CSRF, pages of other sites, guessing.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROUTES } from '../../src/http/route-table.ts';
import {
  ADMIN_KEY,
  type AdminSetup,
  AS_ADMIN,
  adminSetup,
  fakeQueries,
  OPERATOR_TOKEN,
  send,
  TOTALS,
} from '../kit/admin.ts';
import { clientWithKey, type Gateway, startGateway } from '../kit/gateway.ts';

const CLIENT_KEY = 'sk-client-canary-000001';

let gateway: Gateway;
let setup: AdminSetup;
let routes: readonly { readonly method: string; readonly path: string; readonly client: boolean }[];

function concrete(path: string): string {
  return path.replaceAll(/\{\w+\}/g, 'x-1');
}

beforeAll(async () => {
  setup = adminSetup({ queries: fakeQueries({ totals: TOTALS, groups: [] }) });
  gateway = await startGateway({
    upstreams: [{ origin: 'http://127.0.0.1:1' }],
    clients: [clientWithKey('me', CLIENT_KEY)],
    admin: setup.admin,
    server: { corsOrigins: ['https://granted.example'] },
  });
  const answer = await send(gateway.port, 'GET', '/admin/openapi.json', AS_ADMIN);
  const { paths } = answer.body as {
    paths: Record<string, Record<string, { security: readonly Record<string, unknown>[] }>>;
  };
  routes = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { security }]) => ({
      method: method.toUpperCase(),
      path: concrete(path),
      client: security.some((way) => 'clientKey' in way),
    })),
  );
});
afterAll(() => gateway.stop());

/** A gateway that nobody has failed to get into yet. */
function fresh(own: AdminSetup = adminSetup()): Promise<Gateway> {
  return startGateway({ upstreams: [{ origin: 'http://127.0.0.1:1' }], admin: own.admin });
}

/** Endpoints that answer once. */
const asked = (): typeof routes => routes.filter(({ path }) => path !== '/admin/v1/events');

describe('the admin API', () => {
  it('12.6 lets in nobody without a credential, nor with the key of a client, on any endpoint', async () => {
    expect(routes.length).toBeGreaterThan(30);
    for (const { method, path, client } of routes) {
      if (path === '/admin/v1/session' && method === 'POST') continue;
      const none = await send(gateway.port, method, path, {}, method === 'GET' ? undefined : {});
      expect([none.status, none.body], `${method} ${path}`).toEqual([
        401,
        { error: expect.objectContaining({ code: 'unauthenticated' }) },
      ]);
      if (client) continue;
      const headers = { authorization: `Bearer ${CLIENT_KEY}` };
      const other = await send(gateway.port, method, path, headers, method === 'GET' ? undefined : {});
      expect([401, 429], `${method} ${path}`).toContain(other.status);
    }
    for (const path of ['/admin/openapi.json', '/admin/docs', '/admin/v1/nothing', '/admin/v1'])
      expect((await send(gateway.port, 'GET', path)).status, path).toBe(401);
    expect(setup.audited.filter(({ status }) => status < 400)).toEqual([]);
  });

  it('25 lets in the admin key and the operator, on every endpoint that the table has', async () => {
    for (const credential of [ADMIN_KEY, OPERATOR_TOKEN])
      for (const { method, path } of asked()) {
        if (path === '/admin/v1/admin-key' || path.startsWith('/admin/v1/config')) continue;
        const headers = { authorization: `Bearer ${credential}` };
        const answer = await send(gateway.port, method, path, headers, method === 'GET' ? undefined : {});
        const isLogin = method === 'POST' && path === '/admin/v1/session';
        expect([401, 403, 429].includes(answer.status), `${method} ${path} ${answer.text}`).toBe(false);
        if (isLogin) expect(answer.status).toBe(400);
      }
    const admins = ROUTES.filter(({ kind }) => kind === 'admin');
    expect(admins.map(({ access }) => access)).not.toContain('anyone');
    for (const { access, paths } of admins)
      expect(access === 'client-or-admin', paths.join()).toBe(paths[0]?.startsWith('/v1/') === true);
  });

  it('takes the key as a bearer token alone', async () => {
    const { port } = gateway;
    for (const headers of [
      { 'x-api-key': ADMIN_KEY },
      { 'x-goog-api-key': ADMIN_KEY },
      { authorization: ADMIN_KEY },
      { authorization: `Basic ${ADMIN_KEY}` },
      { cookie: `sluice_session=${ADMIN_KEY}` },
    ])
      expect((await send(port, 'GET', '/admin/v1/status', headers)).status).toBe(401);
    expect((await send(port, 'GET', `/admin/v1/status?key=${ADMIN_KEY}`)).status).toBe(401);
  });

  it('gives a session for the key, whose cookie no script and no other site can use', async () => {
    const { port } = gateway;
    const begun = await send(port, 'POST', '/admin/v1/session', {}, { key: ADMIN_KEY });
    expect(begun.status).toBe(200);
    const [set = ''] = begun.headers['set-cookie'] ?? [];
    expect(set).toMatch(/^sluice_session=[\w-]{32}; HttpOnly; SameSite=Strict; Path=\/$/);
    const cookie = set.split(';')[0] ?? '';
    const { csrfToken } = begun.body as { csrfToken: string };
    const got = await send(port, 'GET', '/admin/v1/session', { cookie });
    expect(got.body).toEqual({ csrfToken, expiresAt: expect.any(Number) });

    const change = (headers: Record<string, string>): Promise<number> =>
      send(port, 'POST', '/admin/v1/keys/one/k1/reset', { cookie, ...headers }).then(({ status }) => status);
    expect(await change({})).toBe(403);
    expect(await change({ 'x-csrf-token': 'wrong' })).toBe(403);
    expect(await change({ 'x-csrf-token': csrfToken })).toBe(200);
    expect(setup.audited.at(-1)).toMatchObject({ who: 'session', action: 'keys.reset', detail: 'one/k1' });

    const out = await send(port, 'DELETE', '/admin/v1/session', { cookie, 'x-csrf-token': csrfToken });
    expect([out.status, out.headers['set-cookie']]).toEqual([204, [expect.stringContaining('Max-Age=0')]]);
    expect((await send(port, 'GET', '/admin/v1/session', { cookie })).status).toBe(401);
  });

  it('opens a one-time link once', async () => {
    const own = await fresh();
    const { port } = own;
    const made = await send(port, 'POST', '/admin/v1/session/link', AS_ADMIN);
    const { url } = made.body as { url: string };
    expect(url).toMatch(new RegExp(`^http://127\\.0\\.0\\.1:${port}/dashboard#login=[\\w-]{32}$`));
    const token = url.split('=')[1] ?? '';
    expect((await send(port, 'POST', '/admin/v1/session', {}, { token })).status).toBe(200);
    expect((await send(port, 'POST', '/admin/v1/session', {}, { token })).status).toBe(401);
    await own.stop();
  });

  it('23 refuses pages of other sites, also for reading, also where they may call models', async () => {
    for (const headers of [
      { origin: 'https://evil.example' },
      { origin: 'https://granted.example' },
      { origin: 'null' },
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
    ])
      for (const path of ['/admin/v1/status', '/admin/docs', '/admin/openapi.json', '/v1/status']) {
        const answer = await send(gateway.port, 'GET', path, { ...AS_ADMIN, ...headers });
        expect([answer.status, answer.headers['access-control-allow-origin']], path).toEqual([
          403,
          undefined,
        ]);
      }
    const rebound = await send(gateway.port, 'GET', '/admin/v1/status', {
      ...AS_ADMIN,
      host: 'evil.example',
    });
    expect(rebound.status).toBe(403);
    const own = { ...AS_ADMIN, origin: `http://127.0.0.1:${gateway.port}`, 'sec-fetch-site': 'same-origin' };
    expect((await send(gateway.port, 'GET', '/admin/v1/status', own)).status).toBe(200);
  });

  it('22 slows guessing and takes the right key all the while', async () => {
    const own = await fresh();
    const { port } = own;
    const statuses = await Promise.all(
      Array.from({ length: 60 }, (_, n) =>
        send(port, 'GET', '/admin/v1/status', { authorization: `Bearer guess-${n}` }).then(
          ({ status }) => status,
        ),
      ),
    );
    expect(statuses.filter((status) => status === 429).length).toBeGreaterThanOrEqual(5);
    expect(new Set(statuses)).toEqual(new Set([401, 429]));
    expect((await send(port, 'GET', '/admin/v1/status', AS_ADMIN)).status).toBe(200);
    await own.stop();
  });

  it('refuses bodies that are not JSON, too large or not what the endpoint takes, and says what is wrong', async () => {
    const { port } = gateway;
    const explain = (headers: Record<string, string>, body: unknown): ReturnType<typeof send> =>
      send(port, 'POST', '/admin/v1/explain', { ...AS_ADMIN, ...headers }, body);
    expect((await explain({ 'content-type': 'text/plain' }, '{"model":"m"}')).status).toBe(415);
    expect((await explain({}, '{"model":')).body).toMatchObject({ error: { code: 'invalid_json' } });
    expect((await explain({}, { model: 'm'.repeat(1_100_000) })).status).toBe(413);
    const wrong = await explain({}, { model: 1, more: true });
    expect([wrong.status, wrong.body]).toEqual([
      400,
      {
        error: {
          code: 'invalid',
          message: expect.any(String),
          issues: expect.arrayContaining([{ path: 'model', message: expect.any(String) }]),
        },
      },
    ]);
    expect((await send(port, 'GET', '/admin/v1/series?bucketMs=abc', AS_ADMIN)).status).toBe(400);
    expect((await send(port, 'GET', '/admin/v1/groups?by=colour', AS_ADMIN)).status).toBe(400);
  });

  it('lets nothing be kept, sniffed or framed, and says so on every answer', async () => {
    for (const [path, headers] of [
      ['/admin/v1/status', AS_ADMIN],
      ['/admin/v1/status', {}],
      ['/admin/v1/nothing', AS_ADMIN],
      ['/admin/docs', AS_ADMIN],
    ] as const) {
      const answer = await send(gateway.port, 'GET', path, headers);
      expect(answer.headers['cache-control'], path).toBe('no-store');
      expect(answer.headers['x-content-type-options']).toBe('nosniff');
      expect(answer.headers['content-security-policy']).toContain("frame-ancestors 'none'");
      expect(answer.headers['content-security-policy']).not.toContain('unsafe');
      expect(answer.headers['x-request-id']).toBeDefined();
    }
  });

  it('gives out a new key once, and ends sessions and the old key', async () => {
    const own = adminSetup();
    const other = await startGateway({ upstreams: [{ origin: 'http://127.0.0.1:1' }], admin: own.admin });
    const { port } = other;
    const begun = await send(port, 'POST', '/admin/v1/session', {}, { key: ADMIN_KEY });
    const cookie = String(begun.headers['set-cookie']).split(';')[0] ?? '';
    const made = await send(port, 'POST', '/admin/v1/admin-key', AS_ADMIN);
    const { key } = made.body as { key: string };
    expect((await send(port, 'GET', '/admin/v1/status', AS_ADMIN)).status).toBe(401);
    expect((await send(port, 'GET', '/admin/v1/status', { cookie })).status).toBe(401);
    const renewed = await send(port, 'GET', '/admin/v1/status', { authorization: `Bearer ${key}` });
    expect(renewed.status).toBe(200);
    expect(JSON.stringify(own.audited)).not.toContain(key);
    await other.stop();
  });
});
