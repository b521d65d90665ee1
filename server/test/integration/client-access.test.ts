// What clients may use, on every way to an upstream: every row of the route table × clients that are held to some models, to
// some upstreams, or to a budget (BAR 25). Nothing reaches an upstream that its client may not use.

import { describe, expect, test } from 'vitest';
import type { Client } from '../../src/config/settings.ts';
import { ROUTES, type Route } from '../../src/http/route-table.ts';
import { askFor } from '../kit/asking.ts';
import { ask, type Received } from '../kit/client.ts';
import type { FaultUpstream } from '../kit/fault-upstream.ts';
import { clientWithKey, type Gateway } from '../kit/gateway.ts';
import { ALICE, alice, PRICES } from '../kit/money.ts';
import { refusal } from '../kit/realtime.ts';
import { openSocket } from '../kit/responses-socket.ts';
import { gatewayWith, provider } from '../kit/setting.ts';

interface Setting {
  readonly gateway: Gateway;
  readonly mine: FaultUpstream;
  readonly theirs: FaultUpstream;
}

const held = (more: Partial<Client>): Client => ({ ...clientWithKey('alice', ALICE), ...more });

async function setting(client: Client): Promise<Setting> {
  const [mine, theirs] = [await provider(), await provider()];
  const gateway = await gatewayWith({
    prices: PRICES,
    clients: [client],
    upstreams: [
      { id: 'theirs', origin: theirs.origin, priority: 9, models: ['yours-1', 'mine-9'] },
      {
        id: 'mine',
        origin: mine.origin,
        models: ['mine-1', 'yours-2', 'open*'],
        aliases: { nick: 'mine-1' },
      },
    ],
    aliases: { fast: 'yours-1', ours: 'mine-1' },
  });
  return { gateway, mine, theirs };
}

/** The routes that lead to an upstream. */
const LEADING = ROUTES.filter(({ kind }) => kind === 'exchange' || kind === 'resource');

const bodyFor = (route: Route, model: string): string => {
  const contents = [{ role: 'user', parts: [{ text: 'Hi' }] }];
  const content = { parts: [{ text: 'Hi' }] };
  if (route.name === 'gemini.batchEmbedContents')
    return JSON.stringify({ requests: [{ model: `models/${model}`, content }] });
  if (route.name.startsWith('gemini.')) return JSON.stringify({ contents, content });
  const messages = [{ role: 'user', content: 'Hi' }];
  return JSON.stringify({ model, messages, max_tokens: 5, input: 'Hi', prompt: 'Hi' });
};

function concrete(pattern: string, model: string): string {
  const path = pattern.replace('{model}', model).replaceAll('{id}', 'id-12345').replace('/**', '/x');
  return path.replace(':*', ':predict');
}

function call(
  gateway: Gateway,
  route: Route,
  pattern: string,
  model: string,
  method: string,
): Promise<Received> {
  const family = 'family' in route ? route.family : undefined;
  const headers = [
    'x-api-key',
    ALICE,
    ...(family === 'anthropic' ? ['anthropic-version', '2023-06-01'] : []),
  ];
  const body =
    method === 'POST' || method === 'PUT' || method === 'PATCH' ? bodyFor(route, model) : undefined;
  return ask(gateway.port, { method, path: concrete(pattern, model), headers, ...(body && { body }) });
}

const refusedIn = ({ gateway }: Setting): readonly string[] =>
  gateway.closed.map(({ status, errorCode }) => `${status} ${errorCode}`);

describe('a client that may use some models only', () => {
  test('on no route gets another model to an upstream', async () => {
    const setup = await setting(held({ models: ['mine-*'] }));
    const { gateway, mine, theirs } = setup;
    for (const route of LEADING.filter(({ kind }) => kind === 'exchange'))
      for (const pattern of route.paths)
        for (const model of ['yours-1', 'yours-2', 'fast', 'open-1', 'no-such-model']) {
          const answer = await call(gateway, route, pattern, model, 'POST');
          expect.soft([route.name, model, answer.status]).toEqual([route.name, model, 403]);
        }
    expect([mine.turns.length, theirs.turns.length]).toEqual([0, 0]);
    expect(new Set(refusedIn(setup))).toEqual(new Set(['403 forbidden']));
  });

  test('gets its own, by any name that leads there', async () => {
    const { gateway, mine } = await setting(held({ models: ['mine-*'] }));
    for (const model of ['mine-1', 'nick', 'ours']) {
      const answer = await askFor(gateway, { client: ALICE, model });
      expect([model, answer.status]).toEqual([model, 200]);
    }
    expect(mine.turns.map(({ model }) => model)).toEqual(['mine-1', 'mine-1', 'mine-1']);
  });

  test('may be given a name and not the model behind it', async () => {
    const { gateway } = await setting(held({ models: ['fast'] }));
    expect((await askFor(gateway, { client: ALICE, model: 'fast' })).status).toBe(200);
    expect((await askFor(gateway, { client: ALICE, model: 'yours-1' })).status).toBe(403);
  });

  test('runs nothing whose model cannot be seen, and may fetch what there is', async () => {
    const { gateway, mine, theirs } = await setting(held({ models: ['mine-*'] }));
    const keeps =
      /^(files|uploads|skills|conversations|vector_stores|containers|fileSearchStores|operations|gemini\.upload|gemini\.download|responses\.cancel|chat\.completions\.stored.*)$/;
    for (const route of LEADING.filter(({ kind }) => kind === 'resource'))
      for (const pattern of route.paths)
        for (const method of route.methods.filter((name) => name !== 'HEAD')) {
          if ('webSocket' in route && method === 'GET') continue;
          const before = mine.turns.length + theirs.turns.length;
          const answer = await call(gateway, route, pattern, 'yours-1', method);
          const sent = mine.turns.length + theirs.turns.length > before;
          const named = /\{model\}|tunedModels/.test(pattern);
          const allowed = !named && (method === 'GET' || method === 'DELETE' || keeps.test(route.name));
          expect.soft([route.name, method, pattern, sent]).toEqual([route.name, method, pattern, allowed]);
          if (!allowed) expect.soft([route.name, method, answer.status]).toEqual([route.name, method, 403]);
        }
  });

  test('may run one of its own where the path names it', async () => {
    const { gateway, mine, theirs } = await setting(held({ models: ['mine-*'] }));
    const path = '/v1beta/models/mine-1:batchGenerateContent';
    await ask(gateway.port, { path, headers: ['x-api-key', ALICE], body: '{}' });
    expect(mine.turns.length + theirs.turns.length).toBe(1);
  });

  test('sees only those in the lists', async () => {
    const { gateway } = await setting(held({ models: ['mine-*', 'fast'] }));
    const list = await ask(gateway.port, { path: '/v1/models', headers: ['x-api-key', ALICE] });
    const ids = (JSON.parse(list.text()) as { data: { id: string }[] }).data.map(({ id }) => id).sort();
    expect(ids).toEqual(['fast', 'mine-1', 'mine-9', 'nick', 'ours']);
    const one = async (id: string): Promise<number> =>
      (await ask(gateway.port, { path: `/v1/models/${id}`, headers: ['x-api-key', ALICE] })).status;
    expect([await one('mine-1'), await one('yours-1')]).toEqual([200, 404]);
  });

  test.each([
    ['/v1/realtime?model=yours-1', 403],
    ['/v1/realtime', 403],
    ['/ws/google.ai.generativelanguage.v1beta.GenerativeService.BidiGenerateContent', 403],
  ])('opens no WebSocket to others: %s', async (path, status) => {
    const { gateway, mine, theirs } = await setting(held({ models: ['mine-*'] }));
    const refused = await refusal(gateway.port, { path, lines: [`Authorization: Bearer ${ALICE}`] });
    expect(refused.status).toBe(status);
    expect([mine.connections, theirs.connections]).toEqual([0, 0]);
  });

  test('is held to them in the messages of a WebSocket of Responses, and so when they change', async () => {
    const { gateway, theirs } = await setting(held({ models: ['yours-*'] }));
    const create = { type: 'response.create', model: 'yours-1', input: 'x', store: false };
    const socket = await openSocket(gateway.port, { authorization: `Bearer ${ALICE}` });
    expect((await socket.ask(create)).at(-1)?.type).toBe('response.completed');
    gateway.settings = { ...gateway.settings, clients: [held({ models: ['mine-*'] })] };
    expect(JSON.stringify(await socket.ask(create))).toContain('may not use the model');
    gateway.settings = { ...gateway.settings, clients: [held({ expiresAtMs: 1 })] };
    expect(JSON.stringify(await socket.ask(create))).toContain('no longer accepted');
    expect(theirs.turns.length).toBe(1);
  });

  test('is not shown names that it may not use instead of one that does not exist', async () => {
    const { gateway } = await setting(held({ models: ['mine-*'] }));
    const answer = await askFor(gateway, { client: ALICE, model: 'mine-2' });
    expect(answer.status).toBe(404);
    expect(answer.text()).not.toContain('yours');
  });
});

describe('a client that may use some upstreams only', () => {
  test('reaches no other one on any route', async () => {
    const { gateway, theirs } = await setting(held({ upstreams: ['mine'] }));
    for (const route of LEADING)
      for (const pattern of route.paths)
        for (const method of route.methods) {
          if ('webSocket' in route && method !== 'POST') continue;
          for (const model of ['yours-1', 'theirs/yours-1', 'fast']) {
            const named = pattern.includes('{model}') ? encodeURIComponent(model) : model;
            await call(gateway, route, pattern, named, method);
          }
        }
    expect(theirs.turns.length).toBe(0);
    const list = await ask(gateway.port, { path: '/v1/models', headers: ['x-api-key', ALICE] });
    expect(list.text()).not.toContain('yours-1');
  });

  test('of the unified API does not learn the names of others', async () => {
    const { gateway, theirs } = await setting(held({ upstreams: ['mine'] }));
    const unified = (body: object): Promise<Received> =>
      ask(gateway.port, { path: '/v1/chat', headers: ['x-api-key', ALICE], body: JSON.stringify(body) });
    const messages = [{ role: 'user', content: 'Hi' }];
    const refused = await unified({ provider: 'theirs', model: 'yours-1', messages });
    expect([refused.status, theirs.turns.length]).toEqual([400, 0]);
    expect(refused.text()).not.toContain('theirs |');
    expect((await unified({ provider: 'mine', model: 'mine-1', messages })).status).toBe(200);
  });
});

describe('a client with a budget', () => {
  test('runs nothing whose cost cannot be known, on any route, unless that is allowed', async () => {
    const { gateway, mine, theirs } = await setting(alice(1));
    const paid = LEADING.filter(({ name }) =>
      /^(images|audio|videos|batches|threads|messages\.batches|responses\.compact|complete|realtime|evals|fine_tuning)$/.test(
        name,
      ),
    );
    expect(paid.length).toBeGreaterThan(9);
    for (const route of paid)
      for (const pattern of route.paths) {
        const answer = await call(gateway, route, pattern, 'mine-1', 'POST');
        expect.soft([route.name, answer.status]).toEqual([route.name, 403]);
        expect.soft(answer.header('x-sluice-error')).toBe('price_unknown');
      }
    expect(mine.turns.length + theirs.turns.length).toBe(0);
    gateway.settings = { ...gateway.settings, clients: [alice(1, { unpricedModels: 'allow' })] };
    await ask(gateway.port, { path: '/v1/images/generations', headers: ['x-api-key', ALICE], body: '{}' });
    expect(mine.turns.length + theirs.turns.length).toBe(1);
  });

  test('that is spent gets nothing of a model on any route of exchanges', async () => {
    const { gateway, mine, theirs } = await setting(alice(0));
    for (const route of LEADING.filter((one) => one.kind === 'exchange' && one.use !== 'count-tokens'))
      for (const pattern of route.paths.filter((path) => !path.includes('tunedModels'))) {
        const answer = await call(gateway, route, pattern, 'mine-1', 'POST');
        expect.soft([route.name, answer.status]).toEqual([route.name, 429]);
      }
    expect(mine.turns.length + theirs.turns.length).toBe(0);
  });
});

describe('the key of a client', () => {
  test.each([
    ['disabled', { enabled: false }, 'The client \\"alice\\" is disabled.'],
    ['expired', { expiresAtMs: Date.parse('2026-01-31T18:00:00Z') }, 'expired at 2026-01-31T18:00:00.000Z'],
  ])('that is %s is refused with 401 and says why', async (_name, more, words) => {
    const { gateway } = await setting(held(more));
    const answer = await askFor(gateway, { client: ALICE, model: 'mine-1' });
    expect(answer.status).toBe(401);
    expect(answer.text()).toContain(words);
    expect(answer.header('x-should-retry')).toBe('false');
  });

  test('works until the moment at which it expires', async () => {
    const { gateway } = await setting(held({ expiresAtMs: Date.now() + 3_600_000 }));
    expect((await askFor(gateway, { client: ALICE, model: 'mine-1' })).status).toBe(200);
  });
});
