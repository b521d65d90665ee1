// The OpenAPI document of the admin API against a gateway with all its parts: every operation is called well and badly, and
// every answer has the shape that the document says.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type CodexSimulator, startCodexSimulator } from '../../server/test/kit/codex-account.ts';
import { until } from '../kit/until.ts';
import { type Administered, administered, type Provider, startProvider, type Told } from './admin-client.ts';
import { faults, type Operation, operationsOf } from './operations.ts';
import { storeAccount } from './stored-account.ts';

const BOSS = 'sk-boss-0000000000001';
/** One exchange of an agent. */
const RUN = { authorization: `Bearer ${BOSS}`, 'x-session-id': 'run-1', 'x-claude-code-agent-id': 'plan' };

/** What is asked before the calls and has a row: a wrong key has none. */
const EXCHANGES = 6;

/** A call: the values of its path, its query, its body, its headers. */
interface Call {
  readonly path?: Readonly<Record<string, string>>;
  readonly query?: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** What must be there besides the shape. */
  readonly with?: (answer: Told) => void;
}

let provider: Provider;
let vendor: CodexSimulator;
let one: Administered;
// biome-ignore lint/suspicious/noExplicitAny: a document is looked into.
let document: any;
let exchange = '';
let key = '';
let account = '';

beforeAll(async () => {
  [provider, vendor] = await Promise.all([startProvider(), startCodexSimulator()]);
  one = await administered({
    upstreams: [
      {
        id: 'one',
        provider: 'openai-compatible',
        baseUrl: `${provider.origin}/v1`,
        keys: ['sk-one-secret-000001'],
        models: ['m', 'cached', 'unpriced'],
        prices: { m: { input: 1, output: 2 }, cached: { input: 1, output: 2 } },
        keyLimits: { rpm: 1_000 },
      },
      {
        id: 'codex',
        provider: 'codex',
        baseUrl: vendor.base,
        accounts: { tokenUrl: vendor.tokenUrl },
        models: ['gpt-5.2-codex'],
      },
    ],
    clients: [{ id: 'boss', key: BOSS, unpricedModels: 'allow', budgets: [{ period: 'day', usd: 5 }] }],
    routes: [{ id: 'kept', models: ['cached'], cache: true }],
    aliases: { fast: 'm' },
    metrics: { enabled: true },
  });
  account = await storeAccount(one, vendor);
  await one.admin('POST', '/capture', { seconds: 600 });
  const answer = await one.chat(BOSS, 'm');
  expect(answer.status, answer.text).toBe(200);
  exchange = answer.headers.get('x-sluice-request-id') ?? '';
  await one.send(
    'POST',
    '/v1/chat/completions',
    { model: 'm', messages: [{ role: 'user', content: 'hi' }] },
    RUN,
  );
  for (const model of ['cached', 'cached', 'unpriced', 'nobody-has-it'])
    await one.chat(BOSS, model, { temperature: 0 });
  await one.chat('sk-wrong', 'm');
  await until(
    async () => ((await one.admin('GET', `/exchanges/${exchange}/bundle`)).status === 200 ? true : undefined),
    () => 'nothing was captured',
  );
  // The ledger writes in batches, off the thread that answers.
  await until(
    async () => ((await one.admin('GET', '/status')).json.storage.rows >= EXCHANGES ? true : undefined),
    () => 'the ledger holds less than was asked',
  );
  key = (await one.admin('GET', '/keys')).json.keys[0].keyId;
  document = (await one.send('GET', '/admin/openapi.json')).json;
});
afterAll(async () => {
  await one?.gateway.stop();
  provider?.stop();
  await vendor?.close();
});

const etag = async (): Promise<string> => (await one.admin('GET', '/config')).headers.get('etag') ?? '';
const state = async (): Promise<string> => (await one.admin('GET', '/config/history')).json.entries.at(-1).id;

/** How each operation is called well. In this order: later ones find what earlier ones have left. */
const CALLS: readonly (readonly [operation: string, call: () => Call | Promise<Call>])[] = [
  ['status.get', () => ({ with: ({ json }) => expect(json.storage.rows).toBeGreaterThan(3) })],
  [
    'overview.get',
    () => ({ query: '?last=1h', with: ({ json }) => expect(json.totals.requests).toBeGreaterThan(3) }),
  ],
  [
    'overview.groups',
    () => ({ query: '?by=model', with: ({ json }) => expect(json.groups.length).toBeGreaterThan(1) }),
  ],
  [
    'overview.series',
    () => ({
      query: '?last=15m&by=client',
      with: ({ json }) => expect(json.points.length).toBeGreaterThan(0),
    }),
  ],
  [
    'exchanges.list',
    () => ({
      query: '?limit=3',
      with: ({ json }) => expect([json.rows.length, typeof json.next]).toEqual([3, 'string']),
    }),
  ],
  [
    'exchanges.get',
    () => ({
      path: { id: exchange },
      with: ({ json }) => expect(json).toMatchObject({ costUsd: 0.002, detail: { kind: 'capture' } }),
    }),
  ],
  ['exchanges.bundle', () => ({ path: { id: exchange } })],
  ['exchanges.replay', () => ({ path: { id: exchange }, body: { upstream: 'one' } })],
  [
    'replays.create',
    async () => ({
      body: { record: (await one.admin('GET', `/exchanges/${exchange}/bundle`)).json.exchanges[0] },
    }),
  ],
  [
    'conversations.list',
    () => ({
      query: '?last=1h&client=boss',
      with: ({ json }) => expect(json.conversations).toMatchObject([{ id: 'run-1', agents: 1, requests: 1 }]),
    }),
  ],
  [
    'conversations.get',
    () => ({ path: { id: 'run-1' }, with: ({ json }) => expect(json.turns).toHaveLength(1) }),
  ],
  [
    'conversations.find',
    () => ({ query: '?id=run-1', with: ({ json }) => expect(json.byAgent).toMatchObject([{ id: 'plan' }]) }),
  ],
  ['keys.list', () => ({})],
  ['keys.disable', () => ({ path: { upstream: 'one', key } })],
  ['keys.enable', () => ({ path: { upstream: 'one', key } })],
  ['keys.reset', () => ({ path: { upstream: 'one', key } })],
  ['keys.test', () => ({ path: { upstream: 'one', key } })],
  [
    'accounts.quota',
    () => ({
      query: '?upstream=codex',
      with: ({ json }) => expect(json.accounts[0].windows[0].usedPercent).toBe(12),
    }),
  ],
  [
    'accounts.list',
    () => ({ with: ({ json }) => expect(json.accounts).toMatchObject([{ id: account, quota: {} }]) }),
  ],
  ['accounts.change', () => ({ path: { id: account }, body: { priority: 3 } })],
  ['accounts.renew', () => ({ path: { id: account } })],
  ['accounts.remove', () => ({ path: { id: account } })],
  ['models.list', () => ({ with: ({ json }) => expect(JSON.stringify(json)).toContain('"rates"') })],
  ['prices.list', () => ({ with: ({ json }) => expect(json.prices.length).toBeGreaterThan(0) })],
  ['prices.unpriced', () => ({ with: ({ json }) => expect(JSON.stringify(json)).toContain('unpriced') })],
  [
    'clients.use',
    () => ({ with: ({ json }) => expect(json.clients[0].budgets[0].spentNanoUsd).toBeGreaterThan(0) }),
  ],
  ['explain', () => ({ body: { model: 'm', client: 'boss', stream: true } })],
  [
    'convert',
    () => ({
      body: {
        from: 'openai-chat',
        body: { model: 'm', messages: [{ role: 'user', content: 'hi' }], seed: 1 },
      },
    }),
  ],
  ['cache.get', () => ({ with: ({ json }) => expect(json.hits).toBe(1) })],
  [
    'cache.purge',
    () => ({ body: { model: 'cached' }, with: ({ json }) => expect(json).toEqual({ purged: 1 }) }),
  ],
  ['capture.get', () => ({})],
  ['capture.open', () => ({ body: { requests: 3, filter: { model: 'm*' } } })],
  ['capture.close', () => ({})],
  ['log.level', () => ({})],
  ['log.set-level', () => ({ body: { level: 'debug' } })],
  ['config.get', () => ({})],
  ['config.effective', () => ({})],
  ['config.schema', () => ({ with: ({ json }) => expect(json.properties).toHaveProperty('upstreams') })],
  ['config.validate', () => ({ body: { text: '{ "upstreams": [{ "id": "x" }] }' } })],
  [
    'config.diff',
    () => ({
      body: {
        text: '{ "upstreams": [{ "id": "x", "provider": "openai", "keys": ["${NO_SUCH_KEY:-sk-x}"] }] }',
      },
    }),
  ],
  ['config.change', () => ({ body: { edits: [{ path: ['log', 'level'], value: 'warn' }] } })],
  [
    'config.put',
    async () => ({
      body: { text: (await one.admin('GET', '/config')).json.text.replace('warn', 'info') },
      headers: { 'if-match': await etag() },
    }),
  ],
  ['config.history', () => ({})],
  ['config.past', async () => ({ path: { id: await state() } })],
  ['upstreams.list', () => ({})],
  [
    'upstreams.create',
    () => ({
      body: {
        id: 'two',
        provider: 'openai-compatible',
        baseUrl: `${provider.origin}/v1`,
        keys: ['sk-two-secret-000002'],
      },
    }),
  ],
  ['upstreams.change', () => ({ path: { id: 'two' }, body: { priority: 5 } })],
  [
    'upstreams.replace',
    () => ({
      path: { id: 'two' },
      body: { provider: 'openai-compatible', baseUrl: `${provider.origin}/v1`, priority: 1 },
    }),
  ],
  ['upstreams.disable', () => ({ path: { id: 'two' } })],
  ['upstreams.enable', () => ({ path: { id: 'two' } })],
  ['upstreams.drain', () => ({ path: { id: 'two' } })],
  ['upstreams.order', () => ({ body: { ids: ['one', 'codex', 'two'] } })],
  [
    'upstreams.add-key',
    () => ({ path: { id: 'two' }, body: { key: 'sk-two-secret-000003', name: 'third' } }),
  ],
  [
    'upstreams.remove-key',
    async () => {
      const keys = (await one.admin('GET', '/keys')).json.keys;
      return {
        path: { id: 'two', key: keys.find(({ last4 }: { last4: string }) => last4 === '0003').keyId },
      };
    },
  ],
  ['upstreams.discover', () => ({ path: { id: 'one' } })],
  ['upstreams.remove', () => ({ path: { id: 'two' } })],
  ['clients.list', () => ({})],
  ['clients.create', () => ({ body: { id: 'ada', name: 'Ada' } })],
  ['clients.change', () => ({ path: { id: 'ada' }, body: { models: ['m'] } })],
  ['clients.replace', () => ({ path: { id: 'ada' }, body: { name: 'Ada L.' } })],
  ['clients.regenerate', () => ({ path: { id: 'ada' } })],
  ['clients.remove', () => ({ path: { id: 'ada' } })],
  ['routes.list', () => ({})],
  ['routes.create', () => ({ body: { id: 'more', models: ['x*'] } })],
  ['routes.change', () => ({ path: { id: 'more' }, body: { order: 'cheapest' } })],
  ['routes.replace', () => ({ path: { id: 'more' }, body: { models: ['y*'] } })],
  ['routes.order', () => ({ body: { ids: ['more', 'kept'] } })],
  ['routes.remove', () => ({ path: { id: 'more' } })],
  ['aliases.list', () => ({})],
  ['aliases.change', () => ({ body: { slow: 'm', fast: null } })],
  [
    'addresses.get',
    () => ({ with: ({ json }) => expect(json).toMatchObject({ keyRequired: true, listens: 'loopback' }) }),
  ],
  ['providers.list', () => ({ with: ({ json }) => expect(json.providers.length).toBeGreaterThan(20) })],
  ['detect', () => ({})],
  [
    'playground.key',
    () => ({
      with: ({ json }) => expect(json).toMatchObject({ client: 'playground', key: expect.any(String) }),
    }),
  ],
  ['config.rollback', async () => ({ body: { id: await state() } })],
  ['audit.list', () => ({ with: ({ json }) => expect(json.entries.length).toBeGreaterThan(20) })],
  ['compatible.status', () => ({})],
  ['compatible.stats', () => ({})],
  ['compatible.reset', () => ({ body: { apiId: 'one' } })],
  ['compatible.add-key', () => ({ body: { key: 'sk-one-secret-000009', upstream: 'one' } })],
  ['session.link', () => ({})],
  [
    'session.begin',
    async () => ({
      body: {
        token: new URL((await one.admin('POST', '/session/link')).json.url).hash.replace('#login=', ''),
      },
    }),
  ],
];

/** Needs a session, or ends what the other calls need. */
const ELSEWHERE = ['session.get', 'session.end', 'session.new-key', 'events.stream'];

const operations = (): ReadonlyMap<string, Operation> => operationsOf(document);

function call({ method, path }: Operation, made: Call): Promise<Told> {
  const filled = path.replaceAll(/\{(\w+)\}/g, (_, name: string) =>
    encodeURIComponent(made.path?.[name] ?? 'x'),
  );
  return one.send(method, `${filled}${made.query ?? ''}`, made.body, made.headers);
}

describe('the OpenAPI document of a whole gateway', () => {
  test('names no operation that is not called here', () => {
    const called = [...CALLS.map(([operation]) => operation), ...ELSEWHERE];
    expect([...operations().keys()].toSorted()).toEqual(called.toSorted());
  });

  test('says what every operation answers when all is well', { timeout: 120_000 }, async () => {
    const wrong: string[] = [];
    for (const [name, made] of CALLS) {
      const operation = operations().get(name);
      if (operation === undefined) throw new Error(`no ${name}`);
      const how = await made();
      const answer = await call(operation, how);
      const [status = '', good] =
        Object.entries<{ content?: { 'application/json': { schema: object } } }>(
          operation.facts.responses,
        )[0] ?? [];
      if (String(answer.status) !== status) {
        wrong.push(`${name}: ${answer.status} ${answer.text.slice(0, 300)}`);
        continue;
      }
      const schema = good?.content?.['application/json'].schema;
      const fault = schema === undefined ? (answer.text === '' ? '' : 'a body') : faults(schema, answer.json);
      if (fault !== '') wrong.push(`${name}: ${fault} ${answer.text.slice(0, 300)}`);
      try {
        how.with?.(answer);
      } catch (error) {
        wrong.push(`${name}: ${String(error).slice(0, 300)} ${answer.text.slice(0, 300)}`);
      }
    }
    expect(wrong).toEqual([]);
  });

  test('says what every operation answers when it is called badly', { timeout: 120_000 }, async () => {
    const error = document.components.responses.Error.content['application/json'].schema;
    const wrong: string[] = [];
    for (const [name, operation] of operations()) {
      if (name === 'session.new-key' || name === 'events.stream') continue;
      const bad: Call[] = [
        { headers: { authorization: 'Bearer wrong' }, ...(operation.facts.requestBody && { body: {} }) },
      ];
      if (operation.path.includes('{'))
        bad.push({
          path: { id: '%', upstream: 'no', key: "';--" },
          ...(operation.facts.requestBody && { body: {} }),
        });
      if (operation.facts.requestBody)
        bad.push({ body: '{"a":' }, { body: '[]' }, { body: '{"__proto__":{"x":1},"x":[[]],"apiId":1}' });
      for (const made of bad) {
        const answer = await call(operation, made);
        const fault = faults(error, answer.json);
        if (answer.status < 400 || (answer.status >= 500 && answer.status !== 501) || fault !== '')
          wrong.push(
            `${name} ${JSON.stringify(made)}: ${answer.status} ${fault} ${answer.text.slice(0, 200)}`,
          );
      }
    }
    expect(wrong).toEqual([]);
  });

  test('says what the live events hold', async () => {
    const gone = new AbortController();
    const headers = { authorization: `Bearer ${await newKey()}` };
    const events = await fetch(`${one.gateway.origin}/admin/v1/events`, { headers, signal: gone.signal });
    const reader = events.body?.pipeThrough(new TextDecoderStream()).getReader();
    let text = '';
    await one.chat(BOSS, 'm');
    while (!/event: exchange\ndata: .*\n\n/.test(text)) text += (await reader?.read())?.value ?? '';
    gone.abort();
    const schema =
      document.paths['/admin/v1/events'].get.responses['200'].content['text/event-stream'].schema;
    const found = [...text.matchAll(/^data: (.*)$/gm)].map(([, data = '']) => JSON.parse(data) as unknown);
    expect(found.length).toBeGreaterThan(1);
    expect(found.map((data) => faults(schema, data))).toEqual(found.map(() => ''));
  });
});

/** Another admin key: this also is the one operation that would end the key of all other calls. */
async function newKey(): Promise<string> {
  const { status, json } = await one.admin('POST', '/admin-key');
  expect(status).toBe(200);
  const operation = operations().get('session.new-key');
  expect(faults(operation?.facts.responses['200'].content['application/json'].schema, json)).toBe('');
  return json.key;
}
