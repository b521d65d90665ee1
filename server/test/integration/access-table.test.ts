// Promise 25: every route of the gateway and of its admin API × every method × every kind of caller. The rows come from the
// route table and from what the admin API registers, the cells from what each row declares; nothing is listed by hand.

import { get, type IncomingMessage } from 'node:http';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { ROUTES, type Route } from '../../src/http/route-table.ts';
import { ADMIN_KEY, type AdminSetup, adminSetup, fakeQueries, OPERATOR_TOKEN, TOTALS } from '../kit/admin.ts';
import { ask, until } from '../kit/client.ts';
import { type FaultUpstream, startFaultUpstream } from '../kit/fault-upstream.ts';
import { clientWithKey, type Gateway, startGateway } from '../kit/gateway.ts';

const MY_KEY = 'sk-client-canary-000001';
const OTHER_KEY = 'sk-client-canary-000002';
const METRICS_TOKEN = 'metrics-token-canary-0123456789';

type Caller =
  | 'none'
  | 'me'
  | 'other'
  | 'playground'
  | 'admin'
  | 'operator'
  | 'metrics'
  | 'session'
  | 'session-and-token'
  | 'session-and-token-of-another';
const CALLERS: readonly Caller[] = [
  'none',
  'me',
  'other',
  'playground',
  'admin',
  'operator',
  'metrics',
  'session',
  'session-and-token',
  'session-and-token-of-another',
];
type Cell = 'in' | 'who are you' | 'csrf';

/** One row: a method at a path, and who may send it. */
interface Row {
  readonly name: string;
  readonly method: string;
  readonly path: string;
  readonly access: Route['access'] | 'login';
}

let upstream: FaultUpstream;
let gateway: Gateway;
let setup: AdminSetup;
let playgroundKey = '';

/** Guesses are slowed by the second: each is made in a second of its own. */
let aheadMs = 0;

beforeAll(async () => {
  const now = performance.now.bind(performance);
  vi.spyOn(performance, 'now').mockImplementation(() => now() + aheadMs);
  upstream = await startFaultUpstream((turn) => turn.whole(200, '{"id":"x","object":"thing","data":[]}'));
  setup = adminSetup({ queries: fakeQueries({ totals: TOTALS, groups: [] }) });
  // The key of this test stays what it is, whoever asks for another.
  const { key } = setup.admin.outside;
  const digest = key.digest();
  const outside = {
    ...setup.admin.outside,
    key: { digest: () => digest, renew: () => Promise.resolve({ ok: true, key: 'x' } as const) },
  };
  gateway = await startGateway({
    upstreams: [{ origin: upstream.origin }],
    clients: [clientWithKey('me', MY_KEY), clientWithKey('other', OTHER_KEY)],
    admin: { outside, vault: setup.admin.vault },
    metrics: { enabled: true, token: METRICS_TOKEN, open: false, keyLabels: false },
    parts: { metrics: { contentType: 'text/plain', page: () => Promise.resolve('one 1\n') } },
  });
});
afterAll(async () => {
  vi.restoreAllMocks();
  await gateway.stop();
  await upstream.close();
});

/** Such a key lives for an hour, and here the seconds fly. */
async function renewPlaygroundKey(): Promise<void> {
  const making = { method: 'POST', path: '/admin/v1/playground/key', headers: credentials('admin') };
  playgroundKey = (JSON.parse((await ask(gateway.port, making)).text()) as { key: string }).key;
}

/** What a caller sends. */
function credentials(caller: Caller): readonly string[] {
  const bearer = (secret: string): readonly string[] => ['authorization', `Bearer ${secret}`];
  switch (caller) {
    case 'none':
      return [];
    case 'me':
      return bearer(MY_KEY);
    case 'other':
      return bearer(OTHER_KEY);
    case 'playground':
      return bearer(playgroundKey);
    case 'admin':
      return bearer(ADMIN_KEY);
    case 'operator':
      return bearer(OPERATOR_TOKEN);
    case 'metrics':
      return bearer(METRICS_TOKEN);
    default: {
      const sessions = gateway.app.admin?.gate.sessions;
      if (sessions === undefined) throw new Error('there is no admin API');
      const { token, csrfToken } = sessions.begin();
      const sent = caller === 'session-and-token' ? csrfToken : sessions.begin().csrfToken;
      return ['cookie', `sluice_session=${token}`, ...(caller === 'session' ? [] : ['x-csrf-token', sent])];
    }
  }
}

/** Listens to the live events; resolves with the head. */
function listen(sent: readonly string[]): Promise<IncomingMessage> {
  const headers: Record<string, string> = {};
  for (let at = 0; at + 1 < sent.length; at += 2) headers[sent[at] ?? ''] = sent[at + 1] ?? '';
  const { port } = gateway;
  return new Promise((resolve, reject) => {
    get({ port, host: '127.0.0.1', path: '/admin/v1/events', headers, agent: false }, resolve).on(
      'error',
      reject,
    );
  });
}

/** What the declaration of a row promises a caller. */
function promised({ access, method }: Row, caller: Caller): Cell {
  const isClient = caller === 'me' || caller === 'other' || caller === 'playground';
  const isAdmin = caller === 'admin' || caller === 'operator';
  const harmless = method === 'GET' || method === 'HEAD';
  const isSession = caller.startsWith('session');
  const bySession: Cell = harmless || caller === 'session-and-token' ? 'in' : 'csrf';
  switch (access) {
    case 'anyone':
      return 'in';
    case 'login':
      return 'who are you';
    case 'client':
      return isClient ? 'in' : 'who are you';
    case 'operator':
      return caller === 'operator' ? 'in' : 'who are you';
    case 'metrics':
      return caller === 'metrics' || caller === 'operator' ? 'in' : 'who are you';
    case 'client-or-admin':
      if (isClient || isAdmin) return 'in';
      // Without its token a session is no caller here, and neither is it a client.
      return isSession && bySession === 'in' ? 'in' : 'who are you';
    case 'admin':
      return isAdmin ? 'in' : isSession ? bySession : 'who are you';
  }
}

function concrete(path: string): string {
  return path
    .replace('{model}', 'm-1')
    .replaceAll(/\{\w+\}/g, 'id-1')
    .replace('/**', '/x')
    .replace(':*', ':predict');
}

async function adminRows(): Promise<Row[]> {
  const answer = await ask(gateway.port, { path: '/admin/openapi.json', headers: credentials('admin') });
  const { paths } = JSON.parse(answer.text()) as {
    paths: Record<string, Record<string, { operationId: string; security: Record<string, unknown>[] }>>;
  };
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { operationId, security }]): Row => {
      const forClients = security.some((way) => 'clientKey' in way);
      const access = security.length === 0 ? 'login' : forClients ? 'client-or-admin' : 'admin';
      return { name: operationId, method: method.toUpperCase(), path: concrete(path), access };
    }),
  );
}

function tableRows(): Row[] {
  return ROUTES.flatMap(({ name, methods, paths, access }) =>
    methods.flatMap((method) => paths.map((path): Row => ({ name, method, path: concrete(path), access }))),
  );
}

async function judged(row: Row, caller: Caller): Promise<{ cell: Cell | string; status: number }> {
  const { method, path } = row;
  aheadMs += 1_001;
  const body = method === 'GET' || method === 'HEAD' || method === 'DELETE' ? undefined : '{"key":"guess"}';
  const answer = await ask(gateway.port, {
    method,
    path,
    headers: credentials(caller),
    ...(body === undefined ? {} : { body }),
  });
  const { status } = answer;
  if (status === 401) return { cell: 'who are you', status };
  if (status !== 403) return { cell: status === 429 ? 'slowed' : 'in', status };
  return { cell: answer.text().includes('"csrf"') ? 'csrf' : `forbidden: ${answer.text()}`, status };
}

/** Asks every row as every caller; answers the cells that are not as declared. */
async function surprises(rows: readonly Row[]): Promise<string[]> {
  const found: string[] = [];
  for (const row of rows) {
    await renewPlaygroundKey();
    for (const caller of CALLERS) {
      const before = { sent: upstream.turns.length, opened: gateway.opened.length };
      const { cell, status } = await judged(row, caller);
      const wanted = promised(row, caller);
      const label = `${row.name} ${row.method} ${row.path} as ${caller}`;
      if (cell !== wanted) found.push(`${label}: ${cell} (${status}) instead of ${wanted}`);
      if (wanted === 'in') continue;
      if (upstream.turns.length > before.sent) found.push(`${label}: reached the upstream`);
      if (gateway.opened.length > before.opened) found.push(`${label}: is in the ledger`);
    }
  }
  return found;
}

describe('25 who may call', () => {
  it('25 every route of the table, with every method, is as it declares', { timeout: 120_000 }, async () => {
    const rows = tableRows();
    expect(rows.length).toBeGreaterThan(150);
    expect(await surprises(rows)).toEqual([]);
    // All clients got through, each as itself.
    const clients = new Set(gateway.opened.map(({ clientId }) => clientId));
    expect(clients).toEqual(new Set(['me', 'other', 'playground']));
  });

  it('25 every endpoint of the admin API is as it declares', { timeout: 120_000 }, async () => {
    const rows = (await adminRows()).filter(({ path }) => path !== '/admin/v1/events');
    expect(rows.length).toBeGreaterThan(40);
    expect(rows.filter(({ access }) => access === 'login').map(({ name }) => name)).toEqual([
      'session.begin',
    ]);
    expect(await surprises(rows)).toEqual([]);
    // Nobody who was not let in has left a line of something that was done.
    const strangers = setup.audited.filter(({ who }) => who === 'open');
    expect(strangers.filter(({ status }) => status < 400)).toEqual([]);
  });

  it('25 the live events are as the others: told to whoever administers, to nobody else', async () => {
    await renewPlaygroundKey();
    for (const caller of CALLERS) {
      aheadMs += 1_001;
      const answer = await listen(credentials(caller));
      const isIn = promised({ name: '', method: 'GET', path: '', access: 'admin' }, caller) === 'in';
      expect(answer.statusCode, caller).toBe(isIn ? 200 : 401);
      answer.destroy();
    }
  });

  it('22 whoever has logged out, or has the key from before, hears no more of them', async () => {
    const sent = credentials('session-and-token');
    const [mine, others] = [await listen(sent), await listen(credentials('session'))];
    const byKey = await listen(credentials('admin'));
    const ended: IncomingMessage[] = [];
    for (const one of [mine, others, byKey]) one.resume().on('end', () => ended.push(one));
    expect(
      (await ask(gateway.port, { method: 'DELETE', path: '/admin/v1/session', headers: sent })).status,
    ).toBe(204);
    await until(() => ended.length === 1);
    expect(ended).toEqual([mine]);
    const renewing = { method: 'POST', path: '/admin/v1/admin-key', headers: credentials('operator') };
    expect((await ask(gateway.port, renewing)).status).toBe(200);
    await until(() => ended.length === 2);
    // The key of this test stays what it is: only the sessions have ended.
    expect(ended).toEqual([mine, others]);
    byKey.destroy();
  });

  it('25 ids of others are answered as ids that nobody has', async () => {
    const paths = ['/v1/models/of-nobody', '/admin/v1/exchanges/req_of-another', '/admin/v1/clients/nobody'];
    for (const path of paths) {
      const mine = await ask(gateway.port, { path, headers: credentials('me') });
      const admins = await ask(gateway.port, { path, headers: credentials('admin') });
      expect(
        [mine.status, admins.status].filter((status) => status < 400),
        path,
      ).toEqual([]);
    }
  });
});

describe('23 web pages', () => {
  it('23 of other sites, of granted ones, too, reach no path of the operator, and no name but its own does', async () => {
    const own = await startGateway({
      upstreams: [{ origin: upstream.origin }],
      admin: adminSetup().admin,
      server: { corsOrigins: ['https://granted.example'] },
      metrics: { enabled: true, token: METRICS_TOKEN, open: true, keyLabels: false },
      parts: { metrics: { contentType: 'text/plain', page: () => Promise.resolve('one 1\n') } },
    });
    const rows = tableRows().filter(({ access }) => access !== 'client' && access !== 'anyone');
    expect(rows.length).toBeGreaterThan(12);
    const pages = [
      ['origin', 'https://evil.example'],
      ['origin', 'https://granted.example'],
      ['origin', 'null'],
      ['origin', 'http://localhost:1'],
      ['sec-fetch-site', 'cross-site'],
      ['sec-fetch-site', 'same-site', 'sec-fetch-dest', 'document'],
    ];
    const reached: string[] = [];
    for (const { method, path, access } of rows)
      for (const page of pages) {
        const secret =
          access === 'operator' ? OPERATOR_TOKEN : access === 'metrics' ? METRICS_TOKEN : ADMIN_KEY;
        const answer = await ask(own.port, {
          method,
          path,
          headers: ['authorization', `Bearer ${secret}`, ...page],
        });
        const granted = answer.header('access-control-allow-origin');
        if (answer.status !== 403 || granted !== undefined)
          reached.push(`${method} ${path} ${page.join(' ')}: ${answer.status} ${granted ?? ''}`);
        const preflight = await ask(own.port, {
          method: 'OPTIONS',
          path,
          headers: [...page, 'access-control-request-method', method],
        });
        if (preflight.header('access-control-allow-origin') !== undefined)
          reached.push(`OPTIONS ${path} ${page.join(' ')}`);
      }
    await own.stop();
    expect(reached).toEqual([]);
  });
});
