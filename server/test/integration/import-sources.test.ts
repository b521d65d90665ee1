// What each imported configuration comes to when it is served: upstreams, keys, clients, and the ways of the gateway that
// it came from as explicit settings (features 14.1, section 19).

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { hashKey } from '../../src/config/resolve-clients.ts';
import type { Settings } from '../../src/config/settings.ts';
import type { RoutingRoute } from '../../src/core/routing/policy.ts';
import { desk, imported, secretsOf } from '../kit/import-kit.ts';

function routeOf({ routes }: Settings): RoutingRoute {
  const last = routes.at(-1);
  if (last === undefined) throw new Error('there is no route');
  return last;
}

describe('14.1 nos-token-proxy', () => {
  test('14.1 becomes one target with its keys in turn and one model for everything', async () => {
    const { settings } = await imported('nos-token-proxy', ['nos-token-proxy/dotenv.txt']);
    expect(settings.upstreams.map(({ id, provider }) => [id, provider.id])).toEqual([
      ['openrouter', 'openrouter'],
    ]);
    expect(secretsOf(settings, 'openrouter')).toEqual(['sk-canary-nos-1', 'sk-canary-nos-2']);
    expect(routeOf(settings)).toMatchObject({
      order: 'round_robin',
      affinity: undefined,
      forceModel: 'qwen/qwen3-coder:free',
      echoModel: 'upstream',
      retry: { maxAttempts: 1 },
    });
  });

  test('19.1 19.2 19.6 19.7 19.12 keeps its port on loopback, one attempt, no cooldown of its own, 100 MiB', async () => {
    const { settings } = await imported('nos', ['nos-token-proxy/dotenv.txt']);
    expect(settings.server).toMatchObject({ host: '127.0.0.1', port: 4015, bodyLimitBytes: 104_857_600 });
    expect(settings.health).toMatchObject({
      cooldown: { honorHeaders: true, defaultMs: 0 },
      breaker: { failures: 0 },
    });
    expect(settings.clients).toEqual([]);
  });
});

describe('14.1 AI-Proxy', () => {
  test('14.1 becomes a provider for each key, the misspelt one included, under the names of POST /v1/chat', async () => {
    const { settings, said } = await imported('ai-proxy', ['ai-proxy/dotenv.txt']);
    expect(settings.upstreams.map(({ id }) => id)).toEqual(['openai', 'anthropic']);
    expect(secretsOf(settings, 'openai')).toEqual(['sk-canary-aip-openai']);
    expect(secretsOf(settings, 'anthropic')).toEqual(['sk-canary-aip-anthropic']);
    expect(said.err).toContain('OPEN_API_KEY');
  });

  test('19.1 19.6 19.12 19.13 19.14 keeps port, one attempt, 1 MiB, five minutes, and the cache of ten minutes in Redis', async () => {
    const { settings } = await imported('ai-proxy', ['ai-proxy/dotenv.txt']);
    expect(settings.server).toMatchObject({ port: 8080, bodyLimitBytes: 1_048_576 });
    expect(settings.cache.url).toBe('redis://:canary-redis-password@127.0.0.1:6379');
    expect(routeOf(settings)).toMatchObject({
      retry: { maxAttempts: 1 },
      cache: { ttlMs: 600_000, scope: 'shared', deterministicOnly: false },
    });
    expect(settings.upstreams[0]?.timeouts.totalMs).toBe(300_000);
  });
});

describe('14.1 token_proxy', () => {
  test('14.1 becomes upstreams with their formats, conversions, proxies, aliases, headers and priorities', async () => {
    const { settings, text } = await imported('token-proxy', ['token-proxy/config.jsonc']);
    expect(settings.upstreams.map(({ id, enabled }) => [id, enabled])).toEqual([
      ['openai-main', true],
      ['claude', true],
      ['my-login', false],
      ['off', false],
    ]);
    expect(text).toContain('"id": "passing"');
    const [main, claude] = settings.upstreams;
    expect(main).toMatchObject({
      provider: { id: 'openai' },
      dialects: ['openai-chat', 'openai-responses'],
      priority: 10,
      aliases: { fast: 'gpt-5.5-mini', 'old-*': 'gpt-5.5' },
      headers: { 'x-team': 'blue', 'user-agent': null },
      proxy: 'http://user:canary-proxy-password@10.0.0.9:3128',
      convert: ['anthropic-messages', 'gemini'],
    });
    expect(secretsOf(settings, 'openai-main')).toEqual(['sk-canary-tp-1', 'sk-canary-tp-2']);
    expect(claude).toMatchObject({
      dialects: ['anthropic-messages'],
      models: ['claude-opus-5-5'],
      convert: [],
      traits: [{ models: ['*'], traits: { developerRole: false } }],
    });
    expect(settings.aliases).toEqual({
      'openai/gpt-5.5': 'gpt-5.5',
      'claude-haiku-4-5': 'claude-haiku-4-5-20251001',
    });
  });

  test('19.5 19.6 19.7 19.12 19.13 keeps strategy, dispatch, retries, cooldown, body limit and timeouts', async () => {
    const { settings } = await imported('token-proxy', ['token-proxy/config.jsonc']);
    expect(routeOf(settings)).toMatchObject({
      order: 'round_robin',
      dispatch: { type: 'hedged', delayMs: 2_000, maxParallel: 2, budget: 1 },
      retry: { maxAttempts: 5, sameUpstream: 2, backoff: { initialMs: 0 } },
    });
    expect(routeOf(settings).retry.on).toEqual(
      expect.arrayContaining(['307', '429', '5xx', 'auth', 'model']),
    );
    expect(routeOf(settings).retry.on).not.toContain('400');
    expect(settings.health.cooldown.defaultMs).toBe(30_000);
    expect(settings.server).toMatchObject({ host: '127.0.0.1', port: 9208, bodyLimitBytes: 20_971_520 });
    expect(settings.upstreams[0]?.timeouts).toMatchObject({ firstOutputMs: 45_000, answerMs: 200_000 });
    expect(settings.log.level).toBe('warn');
  });

  test('19.4 keeps the keys of its clients as hashes, with what they are bound to', async () => {
    const { settings, text } = await imported('token-proxy', ['token-proxy/config.jsonc']);
    expect(settings.clients).toMatchObject([
      { id: 'laptop', enabled: true, keyHash: hashKey('canary-client-key-laptop') },
      { id: 'ci', enabled: false, upstreams: ['openai-main', 'my-login'] },
    ]);
    expect(text).not.toContain('canary-client-key');
  });

  test('14.8 the form of its first versions is understood: one key, a word for the strategy, one switch for conversions', async () => {
    const { settings } = await imported('token-proxy', ['token-proxy/legacy.jsonc']);
    expect(settings.upstreams.map(({ id, priority, convert }) => [id, priority, convert.length])).toEqual([
      ['one', 1, 4],
      ['two', 0, 4],
    ]);
    expect(routeOf(settings)).toMatchObject({ order: 'round_robin', dispatch: { type: 'serial' } });
    expect(settings.server).toMatchObject({ host: '0.0.0.0', port: 19_208 });
    expect(settings.clients).toMatchObject([{ keyHash: hashKey('canary-legacy-client-key') }]);
  });

  test('reports what has no counterpart, and what to do instead', async () => {
    const { said } = await imported('token-proxy', ['token-proxy/config.jsonc']);
    for (const name of [
      'filter_safety_identifier',
      'tray_token_rate',
      'some_new_setting',
      'overrides.header.Host',
    ])
      expect(said.err).toContain(name);
    expect(said.err).toContain('sluice keys add passing');
  });
});

describe('14.1 api-together', () => {
  test('14.1 19.15 becomes upstreams with their models, mappings and limits, where -1 is none and 0 nothing at all', async () => {
    const { settings } = await imported('api-together', ['api-together']);
    expect(settings.upstreams).toMatchObject([
      {
        id: 'api1',
        provider: { id: 'openai' },
        enabled: true,
        models: ['gpt-5.5', 'text-embedding-3-small', 'gpt'],
        aliases: { gpt: 'gpt-5.5' },
        limits: { rpm: 60, rpd: 1000 },
      },
      { id: 'api2', enabled: false, dialects: ['openai-chat'], limits: { rpd: 0 } },
    ]);
    expect(secretsOf(settings, 'api1')).toEqual(['sk-canary-apt-1']);
  });

  test('19.1 19.5 19.6 19.7 19.12 keeps chance, ten attempts, three failures for ten minutes, minutes of the clock', async () => {
    const { settings } = await imported('api-together', ['api-together']);
    expect(routeOf(settings)).toMatchObject({
      order: 'random',
      retry: { maxAttempts: 10, sameUpstream: 0, backoff: { initialMs: 500, maxMs: 500 } },
    });
    expect(settings.health.breaker).toEqual({ failures: 3, openMs: 600_000 });
    expect(settings.limits.window).toBe('fixed');
    expect(settings.server).toMatchObject({ port: 3001, bodyLimitBytes: 10_485_760 });
  });

  test('14.9 its shipped client key is accepted on this machine alone, and is called easy to guess', async () => {
    const { settings, said } = await imported('api-together', ['api-together']);
    expect(settings.clients).toMatchObject([{ keyHash: hashKey('sk-123') }]);
    expect(settings.server.host).toBe('127.0.0.1');
    expect(said.err).toContain('easy to guess');
    await expect(imported('api-together', ['api-together'], { HOST: '0.0.0.0' })).rejects.toThrow(
      'easy to guess',
    );
  });

  test('7.4 what was used of its limits is told', async () => {
    const { said } = await imported('api-together', ['api-together']);
    expect(said.err).toContain('41 requests were counted on its last day');
    expect(said.err).toContain('rateLimitData.json gone');
  });
});

describe('14.1 OpenRouter Proxy Server', () => {
  const paths = ['openrouter-proxy/dotenv.txt', 'openrouter-proxy/data/keys.json'];

  test('14.1 becomes one upstream with every key once, those out of use included', async () => {
    const { settings, said } = await imported('openrouter-proxy', paths);
    expect(said.err).toContain(
      'data/keys.json: 1 key in use, 1 key out of use, 1 key that OPENROUTER_API_KEYS has, too',
    );
    const [openrouter] = settings.upstreams;
    expect(openrouter?.keys.map(({ secret, disabled }) => [secret, disabled ?? false])).toEqual([
      ['sk-or-canary-1', false],
      ['sk-or-canary-2', false],
      ['sk-or-canary-3', true],
    ]);
    expect(openrouter?.headers).toEqual({ 'http-referer': 'https://app.example.com', 'x-title': 'My App' });
  });

  test('19.1 19.5 19.6 19.7 19.12 19.19 keeps sticky keys, three attempts, a minute of cooldown and its log files', async () => {
    const { settings } = await imported('openrouter', paths);
    expect(routeOf(settings)).toMatchObject({
      order: 'sticky',
      retry: { maxAttempts: 3, on: ['429', '5xx', 'network'] },
    });
    expect(settings.health).toMatchObject({ cooldown: { defaultMs: 60_000 }, breaker: { failures: 5 } });
    expect(settings.server).toMatchObject({ port: 3000, bodyLimitBytes: 52_428_800 });
    expect(settings.log).toMatchObject({ retentionDays: 7, maxFileBytes: 20_971_520 });
    expect(settings.log.folder).toMatch(/\/logs$/);
  });
});

describe('14.1 LiteLLM', () => {
  const env = {
    AZURE_API_KEY_EU: 'canary-azure-eu',
    ANTHROPIC_API_KEY: 'canary-anthropic',
    GROQ_API_KEY: 'canary-groq',
  };

  test('14.1 becomes upstreams that offer the names of its groups, with limits, prices, timeouts and variables', async () => {
    const { settings, text } = await imported('litellm', ['litellm/config.yaml'], env);
    const named = Object.fromEntries(settings.upstreams.map((upstream) => [upstream.id, upstream]));
    expect(Object.keys(named).slice(0, 5)).toEqual([
      'azure-openai',
      'azure-openai-2',
      'anthropic',
      '10.1.2.3',
      'groq',
    ]);
    expect(named['azure-openai']).toMatchObject({
      models: ['gpt-4o'],
      aliases: { 'gpt-4o': 'gpt-4o-eu' },
      modelLimits: [{ models: ['gpt-4o-eu'], limits: { rpm: 6 } }],
      baseUrls: { 'openai-chat': 'https://eu.openai.azure.com/openai/v1' },
    });
    expect(named['anthropic']?.timeouts).toMatchObject({ answerMs: 300_000, firstOutputMs: 30_000 });
    expect(named['anthropic']?.prices).toMatchObject([{ models: ['claude-opus-5-5'] }]);
    expect(secretsOf(settings, 'azure-openai')).toEqual(['canary-azure-eu']);
    expect(secretsOf(settings, 'azure-openai-2')).toEqual(['sk-canary-litellm-ca']);
    expect(text).toContain('"${AZURE_API_KEY_EU}"');
    expect(settings.aliases).toEqual({ 'gpt-4': 'gpt-4o' });
  });

  test('14.1 fallbacks become upstreams of a lower priority that offer the group by another model', async () => {
    const { settings } = await imported('litellm', ['litellm/config.yaml'], env);
    const serving = settings.upstreams.filter(({ models }) => models.includes('claude'));
    expect(serving.map(({ priority, aliases }) => [priority, aliases['claude']])).toEqual([
      [0, 'claude-opus-5-5'],
      [-1, 'gpt-4o-eu'],
      [-1, 'gpt-4o-ca'],
      [-2, 'facebook/opt-125m'],
    ]);
  });

  test('14.1 keeps strategy, retries, cooldown, timeouts, cache, drop_params and the master key', async () => {
    const { settings } = await imported('litellm', ['litellm/config.yaml'], env);
    expect(routeOf(settings)).toMatchObject({
      order: 'least_in_flight',
      retry: { maxAttempts: 6 },
      cache: { ttlMs: 120_000 },
    });
    expect(settings.health).toMatchObject({
      cooldown: { defaultMs: 20_000 },
      breaker: { failures: 2, openMs: 20_000 },
    });
    expect(settings.cache.url).toBe('redis://:canary-redis-password@10.0.0.5:6379');
    expect(settings.conversion.lossy).toBe('allow');
    expect(settings.clients).toMatchObject([{ keyHash: hashKey('sk-1234') }]);
    expect(settings.server.port).toBe(4000);
  });

  test('reports services, settings and defaults of requests that have no counterpart', async () => {
    const { said } = await imported('litellm', ['litellm/config.yaml'], env);
    for (const name of [
      'bedrock',
      'temperature',
      'success_callback',
      'database_url',
      'context_window_fallbacks',
    ])
      expect(said.err).toContain(name);
    expect(said.err).not.toContain('litellm_settings.num_retries');
  });
});

describe('14.1 LiteLLM and its variables', () => {
  const yaml = [
    'model_list:',
    '  - model_name: "*"',
    '    litellm_params: { model: "openai/*" }',
    '  - model_name: anthropic/*',
    '    litellm_params: { model: anthropic/*, litellm_credential_name: house }',
    '  - model_name: mine',
    '    litellm_params: { model: hosted_vllm/qwen, api_base: os.environ/VLLM_BASE, weight: 3, order: 1 }',
    '  - model_name: mine',
    '    litellm_params: { model: groq/qwen, order: 2, weight: 1, extra_headers: { X-Team: blue } }',
    'credential_list:',
    '  - credential_name: house',
    '    credential_values: { api_key: os.environ/HOUSE_KEY }',
    'environment_variables: { HOUSE_KEY: sk-canary-house }',
    'litellm_settings: { default_fallbacks: [mine] }',
    'general_settings: { master_key: os.environ/LITELLM_MASTER_KEY }',
  ].join('\n');
  const env = {
    OPENAI_API_KEY: 'sk-canary-openai',
    GROQ_API_KEY: 'sk-canary-groq',
    LITELLM_MASTER_KEY: 'canary-master-key-long',
  };

  test('14.1 variables stay references, those of an .env file beside it are stored, and wildcards are addressed by their prefix', async () => {
    const user = desk(env);
    writeFileSync(join(user.cwd, 'config.yaml'), yaml);
    writeFileSync(join(user.cwd, '.env'), 'VLLM_BASE=http://10.0.0.7:8000/v1\nUNUSED=1\n');
    const said = await user.run(['auto', user.cwd]);
    expect(said.code).toBe(0);
    const settings = await user.settings();
    expect(user.text()).toContain('"key": "${LITELLM_MASTER_KEY}"');
    expect(user.text()).not.toContain('canary');
    const named = Object.fromEntries(settings.upstreams.map((upstream) => [upstream.id, upstream]));
    expect(Object.keys(named)).toEqual(['openai', 'anthropic', 'vllm', 'groq']);
    expect(secretsOf(settings, 'anthropic')).toEqual(['sk-canary-house']);
    expect(named['openai']?.models).toEqual([]);
    expect(named['vllm']).toMatchObject({
      priority: -1,
      weight: 3,
      baseUrls: { 'openai-chat': 'http://10.0.0.7:8000/v1' },
    });
    expect(named['groq']).toMatchObject({ priority: -2, weight: 1, headers: { 'x-team': 'blue' } });
    expect(routeOf(settings).order).toBe('weighted');
  });
});
