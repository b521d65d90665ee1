// A gateway is started on each imported configuration, and one request in the way of the old gateway's clients arrives at
// the provider with the right key and model.

import { expect, onTestFinished, test } from 'vitest';
import type { Settings } from '../../src/config/settings.ts';
import { secretOf } from '../kit/asking.ts';
import { ask } from '../kit/client.ts';
import { startFaultUpstream } from '../kit/fault-upstream.ts';
import { startGateway } from '../kit/gateway.ts';
import { imported } from '../kit/import-kit.ts';

/** The settings with every provider at one place on this machine; paths stay, so that they are proven, too. */
function leadingTo(settings: Settings, origin: string): Settings {
  const upstreams = settings.upstreams.map((upstream) => ({
    ...upstream,
    proxy: undefined,
    baseUrls: Object.fromEntries(
      Object.entries(upstream.baseUrls).map(([dialect, url]) => [
        dialect,
        url.replace(new URL(url).origin, origin),
      ]),
    ),
  }));
  return {
    ...settings,
    upstreams,
    server: { ...settings.server, port: 0 },
    cache: { ...settings.cache, url: undefined },
  };
}

interface Trip {
  readonly source: string;
  readonly paths: readonly string[];
  readonly env?: Record<string, string>;
  /** Path, headers and body of the request. */
  readonly path?: string;
  readonly key?: string;
  readonly body: object;
  /** Key, path and model that arrive. */
  readonly arrives: readonly [secret: string, path: string, model: string];
  readonly shows: string;
}

const HELLO = [{ role: 'user', content: 'Hello!' }];
const CHAT = '/v1/chat/completions';
const litellm = {
  source: 'litellm',
  paths: ['litellm/config.yaml'],
  env: { AZURE_API_KEY_EU: 'canary-eu', ANTHROPIC_API_KEY: 'canary-anthropic', GROQ_API_KEY: 'canary-groq' },
  key: 'sk-1234',
};

const TRIPS: readonly Trip[] = [
  {
    source: 'nos-token-proxy',
    paths: ['nos-token-proxy/dotenv.txt'],
    body: { model: 'whatever', messages: HELLO },
    arrives: ['sk-canary-nos-1', '/api/v1/chat/completions', 'qwen/qwen3-coder:free'],
    shows: 'qwen/qwen3-coder:free',
  },
  {
    source: 'ai-proxy',
    paths: ['ai-proxy/dotenv.txt'],
    path: '/v1/chat',
    body: { provider: 'anthropic', model: 'claude-opus-5-5', messages: HELLO },
    arrives: ['sk-canary-aip-anthropic', '/v1/messages', 'claude-opus-5-5'],
    shows: '"provider":"anthropic"',
  },
  {
    source: 'token-proxy',
    paths: ['token-proxy/config.jsonc'],
    key: 'canary-client-key-laptop',
    body: { model: 'fast', messages: HELLO },
    arrives: ['sk-canary-tp-1', '/v1/chat/completions', 'gpt-5.5-mini'],
    shows: '"fast"',
  },
  {
    source: 'token-proxy',
    paths: ['token-proxy/legacy.jsonc'],
    path: '/v1/messages',
    key: 'canary-legacy-client-key',
    body: { model: 'm', max_tokens: 9, messages: HELLO },
    arrives: ['sk-canary-legacy-1', '/v1/chat/completions', 'm'],
    shows: '"type":"message"',
  },
  {
    source: 'api-together',
    paths: ['api-together'],
    key: 'sk-123',
    body: { model: 'gpt', messages: HELLO },
    arrives: ['sk-canary-apt-1', '/v1/chat/completions', 'gpt-5.5'],
    shows: '"gpt-5.5"',
  },
  {
    source: 'openrouter-proxy',
    paths: ['openrouter-proxy/dotenv.txt', 'openrouter-proxy/data/keys.json'],
    key: 'dummy-key',
    body: { model: 'deepseek/deepseek-chat:free', messages: HELLO },
    arrives: ['sk-or-canary-1', '/api/v1/chat/completions', 'deepseek/deepseek-chat:free'],
    shows: 'deepseek',
  },
  {
    ...litellm,
    body: { model: 'claude', messages: HELLO },
    arrives: ['canary-anthropic', '/v1/messages', 'claude-opus-5-5'],
    shows: '"claude"',
  },
  {
    ...litellm,
    body: { model: 'groq/llama-3.3-70b', messages: HELLO },
    arrives: ['canary-groq', '/openai/v1/chat/completions', 'llama-3.3-70b'],
    shows: 'llama-3.3-70b',
  },
  {
    ...litellm,
    body: { model: 'local', messages: HELLO },
    arrives: ['', '/v1/chat/completions', 'facebook/opt-125m'],
    shows: '"local"',
  },
];

test.each(TRIPS)(
  '14.1 a gateway on the imported configuration serves a client of $source ($body.model)',
  async (trip) => {
    const provider = await startFaultUpstream();
    onTestFinished(() => provider.close());
    const { settings } = await imported(trip.source, trip.paths, trip.env);
    const led = leadingTo(settings, provider.origin);
    const gateway = await startGateway({ upstreams: [], parts: { settings: () => led } });
    onTestFinished(() => gateway.stop());
    const answer = await ask(gateway.port, {
      method: 'POST',
      path: trip.path ?? CHAT,
      headers: [
        ...['content-type', 'application/json'],
        ...(trip.key === undefined ? [] : ['authorization', `Bearer ${trip.key}`]),
      ],
      body: JSON.stringify(trip.body),
    });
    expect(answer.text()).toContain(trip.shows);
    expect(answer.status).toBe(200);
    const [turn, ...more] = provider.turns;
    expect(more).toEqual([]);
    if (turn === undefined) throw new Error('nothing arrived');
    expect([secretOf(turn), turn.request.target.split('?')[0], turn.model]).toEqual(trip.arrives);
  },
);

test('14.1 a LiteLLM fallback takes over when the first group fails', async () => {
  const provider = await startFaultUpstream((turn) => {
    if (turn.dialect === 'anthropic-messages') turn.whole(503, '{"error":{"message":"overloaded"}}');
    else turn.healthy();
  });
  onTestFinished(() => provider.close());
  const { settings } = await imported(litellm.source, litellm.paths, litellm.env);
  const led = leadingTo(settings, provider.origin);
  const gateway = await startGateway({ upstreams: [], parts: { settings: () => led } });
  onTestFinished(() => gateway.stop());
  const answer = await ask(gateway.port, {
    method: 'POST',
    path: CHAT,
    headers: ['content-type', 'application/json', 'authorization', 'Bearer sk-1234'],
    body: JSON.stringify({ model: 'claude', messages: HELLO }),
  });
  expect(answer.status).toBe(200);
  expect(provider.turns.map(({ model }) => model)[0]).toBe('claude-opus-5-5');
  expect(['gpt-4o-eu', 'gpt-4o-ca']).toContain(provider.turns.at(-1)?.model);
});
