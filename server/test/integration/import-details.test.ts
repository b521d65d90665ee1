// Details of the imported gateways that no example shows: what takes precedence, what has two targets, what is odd.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { serveCommand } from '../../src/cli/commands/serve.ts';
import type { Settings } from '../../src/config/settings.ts';
import { findCandidates } from '../../src/core/routing/candidates.ts';
import { desk, secretsOf } from '../kit/import-kit.ts';
import type { Said } from '../kit/recording-terminal.ts';

async function importOf(
  name: string,
  content: object | string,
  env: Record<string, string> = {},
): Promise<{ readonly settings: Settings; readonly said: Said; readonly text: string }> {
  const user = desk(env);
  const file = join(user.cwd, name);
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
  const said = await user.run(['auto', file]);
  if (said.code !== 0) throw new Error(said.err);
  return { settings: await user.settings(), said, text: user.text() };
}

/** upstream and model that a client's name leads to, in order. */
function leadsTo({ upstreams, aliases }: Settings, model: string): readonly (readonly [string, string])[] {
  const query = { model, dialect: 'openai-chat', bridges: [], globalAliases: aliases } as const;
  const found = findCandidates(upstreams, query);
  return found.ok ? found.candidates.map((one) => [one.upstream.id, one.model] as const) : [];
}

const tokenProxy = (more: object, upstreams: readonly object[]): object => ({
  ...more,
  upstreams: upstreams.map((upstream, index) => ({
    ...{ id: `u${index + 1}`, provider: 'openai', base_url: `https://u${index + 1}.example.com/v1` },
    ...{ api_key: `sk-canary-${index + 1}` },
    ...upstream,
  })),
});

describe('4.2 aliases of token_proxy', () => {
  test('4.2 an alias of an upstream goes before a hot one, and no alias is followed by another', async () => {
    const { settings } = await importOf(
      'config.jsonc',
      tokenProxy({ hot_model_mappings: { fast: 'hot-model', 'hot-2': 'plain' } }, [
        { model_mappings: { fast: 'own-model', 'hot-model': 'wrong', plain: 'wrong' } },
        {},
      ]),
    );
    expect(leadsTo(settings, 'fast')).toEqual([
      ['u1', 'own-model'],
      ['u2', 'hot-model'],
    ]);
    expect(leadsTo(settings, 'hot-2')).toEqual([
      ['u1', 'plain'],
      ['u2', 'plain'],
    ]);
  });

  test('4.2 a hot alias goes before the "*" of an upstream', async () => {
    const { settings } = await importOf(
      'config.jsonc',
      tokenProxy({ hot_model_mappings: { fast: 'hot-model' } }, [{ model_mappings: { '*': 'any' } }]),
    );
    expect(leadsTo(settings, 'fast')).toEqual([['u1', 'hot-model']]);
    expect(leadsTo(settings, 'other')).toEqual([['u1', 'any']]);
  });
});

describe('token_proxy', () => {
  test('5.1 its keys are found in each of the three forms that there were', async () => {
    const { settings } = await importOf(
      'config.jsonc',
      tokenProxy({}, [
        {},
        { api_key: null, api_keys: ['sk-canary-a', 'sk-canary-b', 'sk-canary-a', ''] },
        { api_key: null, credential: { type: 'api_keys', api_keys: ['sk-canary-c'] } },
      ]),
    );
    expect(['u1', 'u2', 'u3'].map((id) => secretsOf(settings, id))).toEqual([
      ['sk-canary-1'],
      ['sk-canary-a', 'sk-canary-b'],
      ['sk-canary-c'],
    ]);
  });

  test('15.1 an address that others can reach is taken over only with a client key that nobody can guess', async () => {
    const hosts: (string | undefined)[] = [];
    for (const local_api_key of ['short', 'a-long-client-key-1234567', null]) {
      const content = tokenProxy({ host: '0.0.0.0', local_api_key }, [{}]);
      hosts.push((await importOf('config.jsonc', content)).settings.server.host);
    }
    expect(hosts).toEqual(['127.0.0.1', '0.0.0.0', '127.0.0.1']);
  });

  test('2.14 a switch sends Responses clients to Chat Completions', async () => {
    const { settings } = await importOf(
      'config.jsonc',
      tokenProxy({}, [
        { providers: ['openai-response'], provider: null, use_chat_completions_for_responses: true },
      ]),
    );
    expect(settings.upstreams[0]).toMatchObject({ dialects: ['openai-chat'], convert: ['openai-responses'] });
  });

  test('a server of the user’s own network needs no key', async () => {
    const { settings } = await importOf(
      'config.jsonc',
      tokenProxy({}, [{ api_key: null, base_url: 'http://192.168.1.20:8000/v1' }]),
    );
    expect(settings.upstreams).toMatchObject([{ enabled: true, keys: [{ secret: '' }] }]);
  });
});

describe('api-together', () => {
  const api = { name: 'n', baseUrl: 'https://a.example.com', apiKey: 'sk-canary-1', enabled: true };

  test('4.4 an API without models was never chosen, and is not here', async () => {
    const apis = [
      { ...api, id: 'none', models: [] },
      { ...api, id: 'mapped', models: [], modelMapping: { fast: 'real' } },
    ];
    const { settings } = await importOf('apis.json', { apis });
    expect(settings.upstreams.map(({ id, enabled }) => [id, enabled])).toEqual([
      ['none', false],
      ['mapped', true],
    ]);
    expect(leadsTo(settings, 'fast')).toEqual([['mapped', 'real']]);
    expect(leadsTo(settings, 'real')).toEqual([]);
  });

  test('two APIs of one name become two upstreams', async () => {
    const apis = [1, 2].map((n) => ({ ...api, id: 'Zwei Wörter', apiKey: `sk-canary-${n}`, models: ['m'] }));
    const { settings } = await importOf('apis.json', { apis });
    expect(leadsTo(settings, 'm').map(([id]) => id)).toEqual(['Zwei-Wo-rter', 'Zwei-Wo-rter-2']);
  });
});

describe('OpenRouter Proxy Server', () => {
  test('the variables of its fork count', async () => {
    const env = [
      ...['OPENROUTER_API_KEYS=sk-or-canary', 'MAX_RETRIES=5', 'RETRY_DELAY_MS=1000', 'AXIOS_TIMEOUT=60000'],
      ...['TOTAL_REQUEST_TIMEOUT_MS=90000', 'KEY_MAX_FAILURE_COUNT=7', 'BODY_LIMIT=5mb', 'LOG_LEVEL=warning'],
      ...['ADMIN_SECRET=canary-admin', 'RATE_LIMIT_MAX=100'],
    ];
    const { settings, said } = await importOf('.env', env.join('\n'));
    expect(settings.routes.at(-1)?.retry).toMatchObject({ maxAttempts: 6, backoff: { initialMs: 1000 } });
    expect(settings.health.breaker.failures).toBe(7);
    expect(settings.upstreams[0]?.timeouts).toMatchObject({ answerMs: 60_000, totalMs: 90_000 });
    expect(settings.server.bodyLimitBytes).toBe(5 * 1024 * 1024);
    expect(settings.log.level).toBe('warn');
    expect(said.err).toContain('ADMIN_SECRET');
    expect(said.err).not.toContain('canary');
  });
});

describe('LiteLLM', () => {
  test('4.2 the names of vendors are not offered where a group of another place has them', async () => {
    const yaml = [
      'model_list:',
      '  - { model_name: fast, litellm_params: { model: openai/gpt-4o, api_key: sk-canary-1 } }',
      '  - { model_name: gpt-4o, litellm_params: { model: groq/llama, api_key: sk-canary-2 } }',
    ].join('\n');
    const { settings } = await importOf('config.yaml', yaml);
    expect(leadsTo(settings, 'gpt-4o')).toEqual([['groq', 'llama']]);
    expect(leadsTo(settings, 'fast')).toEqual([['openai', 'gpt-4o']]);
  });

  test('6.1 two models of one name at one place become two upstreams that take turns', async () => {
    const yaml = [
      'model_list:',
      '  - { model_name: m, litellm_params: { model: openai/one, api_key: sk-canary-1 } }',
      '  - { model_name: m, litellm_params: { model: openai/two, api_key: sk-canary-1 } }',
      '  - { model_name: n, litellm_params: { model: openai/two, api_key: sk-canary-1 } }',
    ].join('\n');
    const { settings } = await importOf('config.yaml', yaml);
    expect(leadsTo(settings, 'm').map(([, model]) => model)).toEqual(['one', 'two']);
    expect(leadsTo(settings, 'n').map(([, model]) => model)).toEqual(['two']);
  });

  test('a key, an address and a password that are variables stay so', async () => {
    const yaml = [
      'model_list:',
      '  - { model_name: m, litellm_params: { model: openai/x, api_base: os.environ/MY_BASE, api_key: os.environ/MY_KEY } }',
      'litellm_settings: { cache: true, cache_params: { type: redis, url: os.environ/MY_REDIS } }',
    ].join('\n');
    const env = {
      MY_BASE: 'https://x.example.com/v1',
      MY_KEY: 'sk-canary-1',
      MY_REDIS: 'redis://10.0.0.1:6379',
    };
    const { settings, text } = await importOf('config.yaml', yaml, env);
    for (const name of ['MY_BASE', 'MY_KEY', 'MY_REDIS']) expect(text).toContain(`"\${${name}}"`);
    expect(settings.upstreams[0]?.baseUrls['openai-chat']).toBe('https://x.example.com/v1');
    expect(settings.cache.url).toBe('redis://10.0.0.1:6379');
  });
});

describe('13.1 sluice serve --env', () => {
  async function flags(args: readonly string[]): Promise<unknown> {
    let given: unknown;
    const command = serveCommand()
      .exitOverride()
      .configureOutput({ writeErr: () => undefined })
      .action((options: unknown) => {
        given = options;
      });
    await command.parseAsync([...args], { from: 'user' });
    return given;
  }

  test('13.1 takes the name of a gateway, or none', async () => {
    expect(await flags(['--env'])).toEqual({ env: true });
    expect(await flags(['--env', 'nos'])).toEqual({ env: 'nos-token-proxy' });
    expect(await flags(['--env', 'openrouter-proxy', '--port', '1'])).toEqual({
      env: 'openrouter-proxy',
      port: 1,
    });
    await expect(flags(['--env', 'nobody'])).rejects.toThrow('nos-token-proxy');
    await expect(flags(['--env', 'nos', '--config', 'x'])).rejects.toThrow('cannot be used with');
  });
});
