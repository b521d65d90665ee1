// What surrounds the operator, over the socket: addresses, providers, what was found on the machine, the schema of the
// configuration, and what an upstream offers.

import { describe, expect, test } from 'vitest';
import type {
  AddressesView,
  Detected,
  DiscoveredModels,
  ProviderList,
} from '../../src/admin/contract/surroundings.ts';
import type { FoundServer } from '../../src/admin/parts.ts';
import { configSchemaText } from '../../src/config/reference/json-schema.ts';
import { providers } from '../../src/core/providers/index.ts';
import { type AdminAnswer, AS_ADMIN, adminSetup, send } from '../kit/admin.ts';
import { askFor } from '../kit/asking.ts';
import { clientWithKey, type Gateway, type GatewaySetup } from '../kit/gateway.ts';
import { gatewayWith, provider } from '../kit/setting.ts';

type Outside = NonNullable<Parameters<typeof adminSetup>[0]>;

function withAdmin(outside: Outside = {}, more: Partial<GatewaySetup> = {}): Promise<Gateway> {
  const { admin } = adminSetup(outside);
  return gatewayWith({ upstreams: [{ origin: 'http://127.0.0.1:1' }], admin, ...more });
}

function asked(gateway: Gateway, method: string, path: string, headers = {}): Promise<AdminAnswer> {
  return send(gateway.port, method, `/admin/v1${path}`, { ...AS_ADMIN, ...headers });
}

describe('the addresses', () => {
  test('11.9 tell the port that is bound, who is asked for a key, and how each format is pointed here', async () => {
    const gateway = await withAdmin();
    const host = `localhost:${gateway.port}`;
    const view = (await asked(gateway, 'GET', '/addresses', { host })).body as AddressesView;
    expect(view).toMatchObject({ port: gateway.port, scheme: 'http', keyRequired: false, open: false });
    expect(view.listens).toBe('loopback');
    expect(view.addresses.find(({ url }) => url === `http://127.0.0.1:${gateway.port}`)).toMatchObject({
      kind: 'loopback',
      reachable: true,
    });
    expect(view.addresses.filter(({ kind, reachable }) => kind !== 'loopback' && reachable)).toEqual([]);
    expect(view.formats.map(({ dialect, baseUrl, keyHeader }) => [dialect, baseUrl, keyHeader])).toEqual([
      ['openai-chat', `http://${host}/v1`, 'authorization'],
      ['openai-responses', `http://${host}/v1`, 'authorization'],
      ['anthropic-messages', `http://${host}`, 'x-api-key'],
      ['gemini', `http://${host}`, 'x-goog-api-key'],
    ]);
  });

  test('every path of a format is one that the gateway serves', async () => {
    const { origin } = await provider();
    const gateway = await withAdmin({}, { upstreams: [{ origin }] });
    const view = (await asked(gateway, 'GET', '/addresses')).body as AddressesView;
    for (const { path } of view.formats) {
      const there = path.replace('{model}', 'm');
      const answer = await send(gateway.port, 'POST', there, {}, {});
      expect([there, answer.status === 404]).toEqual([there, false]);
    }
  });

  test('follow the configuration and the proxy in front', async () => {
    const server = { allowedHosts: ['llm.example'], allowOpen: true };
    const gateway = await withAdmin({}, { server });
    const headers = { host: 'llm.example', 'x-forwarded-proto': 'https' };
    const view = (await asked(gateway, 'GET', '/addresses', headers)).body as AddressesView;
    expect(view).toMatchObject({ scheme: 'https', open: true, keyRequired: false });
    expect(view.formats[0]?.baseUrl).toBe('https://llm.example/v1');
    expect(view.addresses.at(-1)).toEqual({ url: 'https://llm.example', kind: 'other', reachable: true });
    gateway.settings = { ...gateway.settings, clients: [clientWithKey('me', 'sk-client-canary-000001')] };
    expect((await asked(gateway, 'GET', '/addresses')).body).toMatchObject({
      open: false,
      keyRequired: true,
    });
  });
});

describe('the providers', () => {
  test('are all that the gateway knows and that take keys, with what an upstream of each needs', async () => {
    const gateway = await withAdmin();
    const { providers: list } = (await asked(gateway, 'GET', '/providers')).body as ProviderList;
    const keyed = [...providers.values()].filter(({ accounts }) => accounts === undefined);
    expect(list.map(({ id }) => id)).toEqual(keyed.map(({ id }) => id));
    const byId = new Map(list.map((one) => [one.id, one]));
    expect(byId.get('anthropic')).toEqual({
      id: 'anthropic',
      name: 'Anthropic',
      dialects: ['anthropic-messages'],
      baseUrl: 'https://api.anthropic.com',
      needsKey: true,
      local: false,
      environment: ['ANTHROPIC_API_KEY'],
      keysPage: expect.stringMatching(/^https:/),
      keyHint: 'sk-ant-',
    });
    expect(byId.get('ollama')).toMatchObject({ needsKey: false, local: true });
    expect(byId.get('azure-openai')).not.toHaveProperty('baseUrl');
    for (const { keysPage = 'https://' } of list) expect(keysPage).toMatch(/^https:\/\//);
  });
});

describe('what is found on the machine', () => {
  const OLLAMA: FoundServer = {
    provider: 'ollama',
    providerName: 'Ollama',
    port: 11434,
    origin: 'http://127.0.0.1:11434',
    models: ['llama3.2'],
  };

  test('11.9 names variables and servers, who uses them already, and no value', async () => {
    const environment = {
      OPENAI_API_KEY: 'sk-environment-canary-01',
      GROQ_API_KEYS: 'gsk_environment_canary_02,gsk_environment_canary_03',
      ANTHROPIC_API_KEY: '  ',
      HOME: '/home/somebody',
    };
    const gateway = await withAdmin(
      { environment, localServers: () => Promise.resolve([OLLAMA]) },
      {
        upstreams: [
          { id: 'fast', origin: 'https://api.groq.com', secrets: ['gsk_environment_canary_03'] },
          { id: 'mine', origin: 'http://localhost:11434', secrets: [''] },
        ],
      },
    );
    const answer = await asked(gateway, 'POST', '/detect');
    expect(answer.body).toEqual({
      environment: [
        { variable: 'OPENAI_API_KEY', provider: 'openai', providerName: 'OpenAI' },
        { variable: 'GROQ_API_KEYS', provider: 'groq', providerName: 'Groq', upstreamId: 'fast' },
      ],
      local: [
        {
          provider: 'ollama',
          providerName: 'Ollama',
          baseUrl: 'http://127.0.0.1:11434',
          models: ['llama3.2'],
          upstreamId: 'mine',
        },
      ],
    });
    expect(answer.text).not.toContain('canary');
  });

  test('is looked for at places that the caller has no say in, but for the own port', async () => {
    const asks: (readonly unknown[])[] = [];
    const localServers = (...told: readonly unknown[]): Promise<readonly FoundServer[]> => {
      asks.push(told);
      return Promise.resolve([OLLAMA]);
    };
    const gateway = await withAdmin({ localServers });
    await asked(gateway, 'POST', '/detect?port=22&host=10.0.0.1');
    const wish = { port: 22, host: '10.0.0.1', url: 'http://10.0.0.1' };
    const answer = await send(gateway.port, 'POST', '/admin/v1/detect', AS_ADMIN, wish);
    expect((answer.body as Detected).local.map(({ baseUrl }) => baseUrl)).toEqual([OLLAMA.origin]);
    expect(asks).toEqual([[gateway.port], [gateway.port]]);
  });

  test('is no line of the audit log', async () => {
    const { admin, audited } = adminSetup();
    const gateway = await gatewayWith({ upstreams: [{ origin: 'http://127.0.0.1:1' }], admin });
    expect((await asked(gateway, 'POST', '/detect')).body).toEqual({ environment: [], local: [] });
    expect(audited).toEqual([]);
  });
});

describe('the schema of the configuration', () => {
  test('is the one that the command prints', async () => {
    const gateway = await withAdmin();
    const answer = await asked(gateway, 'GET', '/config/schema');
    expect(answer.body).toEqual(JSON.parse(configSchemaText()));
  });
});

describe('what an upstream offers', () => {
  const listOf = (...ids: readonly string[]): string =>
    JSON.stringify({ object: 'list', data: ids.map((id) => ({ id, object: 'model' })) });

  test('8.11 is asked for anew at once, and shown with the upstream from then on', async () => {
    let says = listOf('a');
    let status = 200;
    const upstream = await provider((turn) => turn.whole(status, says));
    const gateway = await withAdmin({}, { upstreams: [{ id: 'one', origin: upstream.origin }] });
    const shown = async (): Promise<unknown> =>
      ((await asked(gateway, 'GET', '/upstreams')).body as { upstreams: { discovered?: unknown }[] })
        .upstreams[0]?.discovered;
    const discover = async (): Promise<DiscoveredModels> =>
      (await asked(gateway, 'POST', '/upstreams/one/discover')).body as DiscoveredModels;
    expect(await shown()).toBeUndefined();
    expect(await discover()).toEqual({ id: 'one', models: ['a'] });
    says = listOf('a', 'b');
    expect(await discover()).toEqual({ id: 'one', models: ['a', 'b'] });
    expect(await shown()).toEqual(['a', 'b']);
    [says, status] = ['{"error":{"message":"no"}}', 401];
    const failed = { id: 'one', models: ['a', 'b'], failure: 'The upstream answered with status 401.' };
    expect(await discover()).toEqual(failed);
    [says, status] = ['<html>', 200];
    expect((await discover()).failure).toMatch(/no list of models/);
    expect(await shown()).toEqual(['a', 'b']);
    expect(upstream.turns.map(({ request }) => request.target)).toEqual(Array(4).fill('/v1/models'));
  });

  test('how much a model takes and writes is what its upstream says of it', async () => {
    const limits = { context_length: 98_304, top_provider: { max_completion_tokens: 12_288 } };
    const data = [{ id: 'a', ...limits }, { id: 'gpt-4.1' }];
    const upstream = await provider((turn) => turn.whole(200, JSON.stringify({ object: 'list', data })));
    const contextWindow = (model: string): Promise<number> => Promise.resolve(model === 'a' ? 1 : 1_047_576);
    const gateway = await withAdmin(
      { contextWindow },
      { upstreams: [{ id: 'one', origin: upstream.origin }] },
    );
    await asked(gateway, 'POST', '/upstreams/one/discover');
    expect((await asked(gateway, 'GET', '/models')).body).toMatchObject({
      models: [
        { id: 'a', contextWindow: 98_304, maxOutputTokens: 12_288 },
        { id: 'gpt-4.1', contextWindow: 1_047_576, maxOutputTokens: 32_768 },
      ],
    });
  });

  test('says why there is none, and 404 for an upstream that nobody knows', async () => {
    const gateway = await withAdmin({}, { upstreams: [{ id: 'gone', origin: 'http://127.0.0.1:1' }] });
    const answer = await asked(gateway, 'POST', '/upstreams/gone/discover');
    expect(answer.body).toEqual({ id: 'gone', models: [], failure: expect.stringMatching(/\w+/) });
    expect(answer.text).not.toContain('sk-upstream');
    expect((await asked(gateway, 'POST', '/upstreams/nobody/discover')).status).toBe(404);
    expect((await askFor(gateway)).status).toBeGreaterThanOrEqual(500);
  });
});
