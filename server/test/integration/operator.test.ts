// The operator's channel on the wire: who is let in, and what is answered.

import { afterEach, describe, expect, it } from 'vitest';
import { sluiceError } from '../../src/core/model/error.ts';
import { createOperator, type KeyReport } from '../../src/exchange/operator/operator.ts';
import type { Question } from '../../src/exchange/operator/question.ts';
import { ROUTES } from '../../src/http/route-table.ts';
import { ask, type Received } from '../kit/client.ts';
import { settingsOf } from '../kit/gateway.ts';
import { clientWithKey, type RunningEdge, runEdge } from './http-kit.ts';

const TOKEN = 'a1'.repeat(32);
const CLIENT_KEY = 'sk-client-000000000001';
const SECRET = 'sk-canary-upstream-9876';
const AS_OPERATOR = ['authorization', `Bearer ${TOKEN}`];

const operatorRoutes = ROUTES.filter(({ kind }) => kind === 'operator').map((route) => ({
  method: route.methods[0] ?? '',
  path: (route.paths[0] ?? '').replace('{id}', 'one').replace('{id}', 'k1'),
}));

const report: KeyReport = {
  upstreamId: 'one',
  keyId: 'k1',
  disabled: false,
  standings: [],
  inFlight: 2,
  use: [{ kind: 'rpm', level: 'key', limit: 60, remaining: 57, resetInMs: 1_000 }],
};

interface Asked {
  readonly calls: string[];
  readonly questions: Question[];
}

const edges: RunningEdge[] = [];
afterEach(async () => {
  for (const edge of edges.splice(0)) await edge.close();
});

async function operated(
  more: Parameters<typeof runEdge>[0] = {},
  token: string | undefined = TOKEN,
): Promise<{ edge: RunningEdge; asked: Asked }> {
  const asked: Asked = { calls: [], questions: [] };
  const note = (what: string, ...ids: string[]): void => void asked.calls.push([what, ...ids].join(' '));
  const vault = {
    token: () => token,
    switchKey: (upstream: string, key: string, disabled: boolean) => {
      note(disabled ? 'disable' : 'enable', upstream, key);
      const full = sluiceError('internal', 'The disk is full.');
      return Promise.resolve(asked.calls.length > 3 ? full : undefined);
    },
  };
  const operator = createOperator({
    settings: () => settingsOf({ upstreams: [{ origin: 'http://127.0.0.1:1', secrets: [SECRET] }] }),
    vault,
    pool: {
      keys: () => {
        note('keys');
        return [report];
      },
      reset: (upstream, key) => {
        note('reset', upstream, key);
        return true;
      },
      test: (upstream, key) => {
        note('test', upstream, key);
        return Promise.resolve({ ok: true, status: 200, message: 'Plain accepts the key.' });
      },
      explain: (question) => {
        asked.questions.push(question);
        return { candidates: [], passedOver: [] };
      },
    },
  });
  const edge = await runEdge({ ...more, operator: { ...operator, token: vault.token } });
  edges.push(edge);
  return { edge, asked };
}

const post = (
  edge: RunningEdge,
  path: string,
  headers: readonly string[],
  body?: object,
): Promise<Received> =>
  ask(edge.port, {
    method: 'POST',
    path,
    headers,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });

const jsonOf = (answer: Received): unknown => JSON.parse(answer.text());

describe('the operator’s channel', () => {
  it('18.24 is closed to everybody without the token, on every route, also on an open gateway', async () => {
    expect(operatorRoutes).toHaveLength(6);
    const credentials: (readonly string[])[] = [
      [],
      ['authorization', `Bearer ${CLIENT_KEY}`],
      ['x-api-key', TOKEN],
      ['x-goog-api-key', TOKEN],
      ['api-key', TOKEN],
      ['authorization', TOKEN],
      ['authorization', `Basic ${TOKEN}`],
      ['authorization', 'Bearer '],
      ['authorization', `Bearer ${TOKEN.slice(0, -1)}`],
      ['authorization', `Bearer ${TOKEN}0`],
      ['authorization', `Bearer ${TOKEN.toUpperCase()}`],
      ['cookie', `authorization=Bearer ${TOKEN}`],
    ];
    for (const clients of [[], [clientWithKey('me', CLIENT_KEY)]]) {
      const { edge, asked } = await operated({ clients });
      for (const { method, path } of operatorRoutes)
        for (const headers of credentials) {
          edge.time.advance(1_000);
          const answer = await ask(edge.port, { method, path, headers });
          expect([answer.status, jsonOf(answer)], `${method} ${path} ${headers.join(' ')}`).toEqual([
            401,
            {
              error: { code: 'unauthenticated', message: expect.any(String), suggestion: expect.any(String) },
            },
          ]);
          expect(answer.header('cache-control')).toBe('no-store');
        }
      const inQuery = await ask(edge.port, { method: 'GET', path: `/admin/keys?key=${TOKEN}` });
      expect(inQuery.status).toBe(401);
      expect([asked.calls, asked.questions, edge.handed]).toEqual([[], [], []]);
    }
  });

  it('lets nobody in while there is no token, and where there is no operator', async () => {
    const { edge } = await operated({}, '');
    for (const headers of [['authorization', 'Bearer '], ['authorization', 'Bearer undefined'], AS_OPERATOR])
      expect((await ask(edge.port, { path: '/admin/keys', headers })).status).toBe(401);
    const none = await runEdge();
    edges.push(none);
    expect((await ask(none.port, { path: '/admin/keys', headers: AS_OPERATOR })).status).toBe(401);
  });

  it('is not opened by pages of other sites nor under another Host, even with the token', async () => {
    const { edge, asked } = await operated();
    for (const { method, path } of operatorRoutes)
      for (const headers of [
        ['origin', 'https://evil.example'],
        ['origin', 'null'],
        ['sec-fetch-site', 'cross-site'],
        ['sec-fetch-site', 'same-site'],
      ])
        expect(
          (await ask(edge.port, { method, path, headers: [...AS_OPERATOR, ...headers] })).status,
          path,
        ).toBe(403);
    const { request } = await import('node:http');
    const status = await new Promise((resolve, reject) => {
      const headers = { host: 'rebound.example', authorization: `Bearer ${TOKEN}` };
      request({ port: edge.port, path: '/admin/keys', headers }, (answer) => {
        answer.resume();
        resolve(answer.statusCode);
      })
        .on('error', reject)
        .end();
    });
    expect(status).toBe(403);
    expect(asked.calls).toEqual([]);
  });

  it('slows the guessing of tokens and takes the right one all the while', async () => {
    const { edge } = await operated();
    const statuses: number[] = [];
    for (let n = 0; n < 8; n++) {
      const headers = ['authorization', `Bearer guess-${n}`];
      statuses.push((await ask(edge.port, { path: '/admin/keys', headers })).status);
    }
    expect(statuses).toEqual([401, 401, 401, 401, 401, 429, 429, 429]);
    expect((await ask(edge.port, { path: '/admin/keys', headers: AS_OPERATOR })).status).toBe(200);
  });

  it('5.9 tells every key with its end and never with more of it', async () => {
    const { edge } = await operated();
    const answer = await ask(edge.port, { path: '/admin/keys', headers: AS_OPERATOR });
    expect(jsonOf(answer)).toEqual({ keys: [{ ...report, last4: '9876' }] });
    expect(answer.text()).not.toContain('canary');
  });

  it('5.8 resets, tests, enables and disables a key, and says why when it cannot', async () => {
    const { edge, asked } = await operated();
    const told = async (path: string): Promise<unknown> => jsonOf(await post(edge, path, AS_OPERATOR));
    expect(await told('/admin/keys/one/k1/reset')).toEqual({ upstream: 'one', key: 'k1', reset: true });
    expect(await told('/admin/keys/one/k1/test')).toMatchObject({ ok: true, status: 200 });
    expect(await told('/admin/keys/one/k1/disable')).toMatchObject({ disabled: true });
    expect(await told('/admin/keys/one/k1/enable')).toMatchObject({
      error: { message: 'The disk is full.' },
    });
    expect(asked.calls).toEqual(['reset one k1', 'test one k1', 'disable one k1', 'enable one k1']);
    const missing = await post(edge, '/admin/keys/onr/k1/reset', AS_OPERATOR);
    expect([missing.status, jsonOf(missing)]).toEqual([
      404,
      {
        error: {
          code: 'not_found',
          message: 'The gateway has no upstream of this id.',
          suggestion: 'Did you mean one?',
        },
      },
    ]);
    expect((await post(edge, '/admin/keys/one/k2/reset', AS_OPERATOR)).status).toBe(404);
    const wrong = await ask(edge.port, { path: '/admin/keys/one/k1/reset', headers: AS_OPERATOR });
    expect([wrong.status, wrong.header('allow')]).toEqual([405, 'POST']);
  });

  it('hands on a question and refuses one that is none', async () => {
    const { edge, asked } = await operated();
    const answer = await post(edge, '/admin/explain', AS_OPERATOR, { model: 'gpt-5', stream: true });
    expect(jsonOf(answer)).toEqual({ candidates: [], passedOver: [] });
    expect(asked.questions).toEqual([
      {
        model: 'gpt-5',
        dialect: 'openai-chat',
        client: undefined,
        stream: true,
        conversation: undefined,
        tokens: undefined,
      },
    ]);
    for (const body of [
      {},
      { model: '' },
      { model: 1 },
      { model: 'm', dialect: 'x' },
      { model: 'm', more: 1 },
      { model: 'm', stream: 'yes' },
    ])
      expect((await post(edge, '/admin/explain', AS_OPERATOR, body)).status, JSON.stringify(body)).toBe(400);
    const text = await ask(edge.port, {
      method: 'POST',
      path: '/admin/explain',
      headers: [...AS_OPERATOR, 'content-type', 'text/plain'],
      body: '{"model":"m"}',
    });
    expect(text.status).toBe(415);
    expect((await post(edge, '/admin/explain', AS_OPERATOR, { model: 'm'.repeat(70_000) })).status).toBe(413);
    expect(asked.questions).toHaveLength(1);
  });
});
