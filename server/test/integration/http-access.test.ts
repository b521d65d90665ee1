// Every row of the route table × every place of a credential × {none, wrong, right}: who gets through.

import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROUTES, type Route } from '../../src/http/route-table.ts';
import { clientWithKey, type RunningEdge, runEdge } from './http-kit.ts';

const KEY = 'sk-sluice-right-canary';

type Place = readonly [
  place: string,
  headers: (key: string) => Record<string, string>,
  query: (key: string) => string,
];
const PLACES: readonly Place[] = [
  ['Authorization: Bearer', (key) => ({ authorization: `Bearer ${key}` }), () => ''],
  ['Authorization, bare', (key) => ({ authorization: key }), () => ''],
  ['x-api-key', (key) => ({ 'x-api-key': key }), () => ''],
  ['x-anthropic-api-key', (key) => ({ 'x-anthropic-api-key': key }), () => ''],
  ['x-goog-api-key', (key) => ({ 'x-goog-api-key': key }), () => ''],
  ['api-key', (key) => ({ 'api-key': key }), () => ''],
  ['?key=', () => ({}), (key) => `?key=${key}&alt=sse`],
];

function concrete(path: string): string {
  return path
    .replace('{model}', 'm-1')
    .replaceAll('{id}', 'id-1')
    .replace('/**', '/x')
    .replace(':*', ':predict');
}

function call(
  edge: RunningEdge,
  route: Route,
  path: string,
  headers: Record<string, string>,
): Promise<number> {
  const method = route.methods[0] ?? 'GET';
  return new Promise((resolve, reject) => {
    const sent = request(
      { port: edge.port, method, path, headers: { ...headers, 'content-type': 'application/json' } },
      (answer) => {
        answer.resume();
        answer.on('end', () => resolve(answer.statusCode ?? 0));
      },
    );
    sent.on('error', reject);
    sent.end(method === 'POST' ? '{}' : undefined);
  });
}

describe('access to every route', () => {
  let edge: RunningEdge;
  beforeAll(async () => {
    edge = await runEdge({
      clients: [
        clientWithKey('other', 'sk-other'),
        clientWithKey('me', KEY),
        clientWithKey('off', 'sk-off', false),
      ],
    });
  });
  afterAll(() => edge.close());

  it('is declared, and open to anyone only for what the gateway answers itself', () => {
    for (const route of ROUTES) {
      const judged = ['admin', 'metrics'].includes(route.kind);
      const kinds = ['client', 'anyone', 'operator', 'admin', 'client-or-admin', 'metrics'];
      expect(kinds).toContain(route.access);
      expect(route.access === 'anyone', route.name).toBe(route.kind === 'local');
      expect(route.access === 'operator', route.name).toBe(route.kind === 'operator');
      expect(route.access === 'metrics', route.name).toBe(route.kind === 'metrics');
      expect(['admin', 'client-or-admin'].includes(route.access), route.name).toBe(route.kind === 'admin');
      expect(['client', 'anyone', 'operator'].includes(route.access), route.name).toBe(!judged);
      const below = route.paths.every((path) => path.startsWith('/admin/'));
      expect(below, route.name).toBe(route.access === 'operator' || route.access === 'admin');
      expect(route.methods.length, route.name).toBeGreaterThan(0);
      expect(route.paths.length, route.name).toBeGreaterThan(0);
    }
  });

  // operator.test.ts, admin-access.test.ts and those of the metrics show the same for theirs.
  for (const route of ROUTES.filter(({ access }) => access === 'client' || access === 'anyone')) {
    const label = `${route.name} (${route.kind === 'exchange' ? route.dialect : 'family' in route ? route.family : 'local'})`;
    it(`of ${label} follows its declaration for none, wrong and right keys in every place`, async () => {
      const open = route.access === 'anyone';
      for (const pattern of route.paths) {
        const path = concrete(pattern);
        expect(await call(edge, route, path, {}), `${path} without a key`).toBe(open ? 200 : 401);
        for (const [place, headers, query] of PLACES) {
          edge.time.advance(1000);
          const wrong = await call(edge, route, path + query('sk-wrong'), headers('sk-wrong'));
          expect(wrong, `${path}, wrong key in ${place}`).toBe(open ? 200 : 401);
          const disabled = await call(edge, route, path + query('sk-off'), headers('sk-off'));
          expect(disabled, `${path}, disabled key in ${place}`).toBe(open ? 200 : 401);
          edge.handed.length = 0;
          expect(
            await call(edge, route, path + query(KEY), headers(KEY)),
            `${path}, right key in ${place}`,
          ).toBe(200);
          if (open) continue;
          const inbound = edge.handed[0]?.inbound;
          expect(inbound?.client?.id).toBe('me');
          expect(JSON.stringify([inbound?.headers, inbound?.query, inbound?.path])).not.toContain('canary');
        }
      }
    });
  }

  it('is given when one of several credentials is right, and all of them are taken out', async () => {
    const messages = ROUTES.find((route) => route.name === 'messages');
    if (messages === undefined) throw new Error('no such route');
    edge.handed.length = 0;
    const both = { authorization: 'Bearer sk-not-known', 'x-api-key': KEY };
    expect(await call(edge, messages, '/v1/messages?k%65y=sk-not-known&beta=true', both)).toBe(200);
    const inbound = edge.handed[0]?.inbound;
    expect(inbound?.query).toBe('?beta=true');
    expect(inbound?.headers.join(' ')).not.toContain('sk-');
  });

  it('is throttled for wrong keys after five in a second, while right keys still pass', async () => {
    const list = ROUTES.find((route) => route.name === 'models.list');
    if (list === undefined) throw new Error('no such route');
    edge.time.advance(5000);
    const statuses: number[] = [];
    for (let attempt = 0; attempt < 8; attempt++)
      statuses.push(await call(edge, list, '/v1/models', { 'x-api-key': `sk-${attempt}` }));
    expect(statuses).toEqual([401, 401, 401, 401, 401, 429, 429, 429]);
    expect(await call(edge, list, '/v1/models', { 'x-api-key': KEY })).toBe(200);
    edge.time.advance(1000);
    expect(await call(edge, list, '/v1/models', { 'x-api-key': 'sk-x' })).toBe(401);
  });
});

describe('an open gateway', () => {
  it('serves its own machine, takes any credential and forwards none', async () => {
    const edge = await runEdge();
    const answer = await fetch(`${edge.base}/v1/models?key=canary-1`, {
      headers: { authorization: 'Bearer canary-2' },
    });
    expect(answer.status).toBe(200);
    const inbound = edge.handed[0]?.inbound;
    expect(inbound?.client).toBeUndefined();
    expect(JSON.stringify([inbound?.headers, inbound?.query])).not.toContain('canary');
    await edge.close();
  });

  it('is closed when clients are configured but all are disabled', async () => {
    const edge = await runEdge({ clients: [clientWithKey('off', 'k', false)] });
    const answer = await fetch(`${edge.base}/v1/models`, { headers: { authorization: 'Bearer k' } });
    expect(answer.status).toBe(401);
    expect(answer.headers.get('www-authenticate')).toContain('Bearer');
    await edge.close();
  });
});
