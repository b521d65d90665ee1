// `sluice serve --env`: a gateway from the variables of the one before it, without any file (features 14.5).

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { VariablesOf } from '../../src/cli/environment-start.ts';
import { findStart } from '../../src/cli/start-settings.ts';
import type { SettingsReading } from '../../src/config/live-settings.ts';
import type { Settings } from '../../src/config/settings.ts';
import { secretOf } from '../kit/asking.ts';
import { ask } from '../kit/client.ts';
import { startFaultUpstream } from '../kit/fault-upstream.ts';
import { startGateway } from '../kit/gateway.ts';

async function reading(
  variablesOf: VariablesOf,
  env: Record<string, string>,
  port?: number,
): Promise<SettingsReading> {
  const cwd = mkdtempSync(join(tmpdir(), 'sluice-env-'));
  onTestFinished(() => rmSync(cwd, { recursive: true, force: true }));
  // A file that would be read without --env.
  writeFileSync(join(cwd, 'sluice.jsonc'), '{ "upstreams": [{ "id": "from-file", "provider": "ollama" }] }');
  const places = { XDG_DATA_HOME: join(cwd, 'data'), XDG_CONFIG_HOME: join(cwd, 'config') };
  const start = await findStart({ overrides: { port }, env: { ...places, ...env }, cwd, variablesOf });
  return start.read();
}

async function served(
  variablesOf: VariablesOf,
  env: Record<string, string>,
  port?: number,
): Promise<Settings> {
  const result = await reading(variablesOf, env, port);
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return result.settings;
}

const NOS = {
  TARGET_API_URL: 'https://api.example.com/v1',
  API_KEYS: 'sk-canary-1,sk-canary-2',
  MODEL: 'canary-model',
  TARGET_API_FORMAT: 'anthropic',
};
const ORP = {
  OPENROUTER_API_KEYS: 'sk-canary-1,sk-canary-2',
  HTTP_REFERER: 'https://canary.example.com',
  SITE_NAME: 'canary site',
  LOG_RETENTION_DAYS: '9',
};
const AIP = {
  OPENAI_API_KEY: 'sk-canary-1',
  MISTRAL_API_KEY: 'sk-canary-2',
  REDIS_URL: 'redis://:canary@127.0.0.1:6379',
};

describe('14.5 the variables of one gateway', () => {
  test('14.5 nos-token-proxy: target, keys, format, model, port and its ways', async () => {
    const settings = await served('nos-token-proxy', NOS);
    expect(settings.origin.file).toBeUndefined();
    expect(settings.server).toMatchObject({ host: '127.0.0.1', port: 4015 });
    expect(settings.upstreams).toMatchObject([
      {
        id: 'target',
        dialects: ['anthropic-messages'],
        keys: [{ secret: 'sk-canary-1' }, { secret: 'sk-canary-2' }],
      },
    ]);
    expect(settings.routes.at(-1)).toMatchObject({ forceModel: 'canary-model', retry: { maxAttempts: 1 } });
    expect((await served('nos-token-proxy', { ...NOS, PORT: '5001' })).server.port).toBe(5001);
    expect((await served('nos-token-proxy', { ...NOS, PORT: '5001' }, 5002)).server.port).toBe(5002);
  });

  test('14.5 nos-token-proxy: API_KEY works alone, which it did not there', async () => {
    const settings = await served('nos-token-proxy', {
      TARGET_API_URL: 'https://api.example.com/v1',
      API_KEY: 'sk-canary-1',
    });
    expect(settings.upstreams[0]?.keys).toMatchObject([{ secret: 'sk-canary-1' }]);
    expect(settings.routes.at(-1)?.forceModel).toBe('qwen/qwen3-coder:free');
  });

  test('14.5 ai-proxy: providers, the cache in Redis, the misspelt key', async () => {
    const settings = await served('ai-proxy', AIP);
    expect(settings.server.port).toBe(8080);
    expect(settings.upstreams.map(({ id }) => id)).toEqual(['openai', 'mistral']);
    expect(settings.cache.url).toBe('redis://:canary@127.0.0.1:6379');
    expect(settings.routes.at(-1)?.cache).toMatchObject({ ttlMs: 600_000 });
    expect((await served('ai-proxy', { OPEN_API_KEY: 'sk-canary-1' })).upstreams).toMatchObject([
      { id: 'openai' },
    ]);
  });

  test('14.5 openrouter-proxy: several keys, headers, and the days that its log files are kept', async () => {
    const settings = await served('openrouter-proxy', ORP);
    expect(settings.server.port).toBe(3000);
    expect(settings.upstreams).toMatchObject([
      {
        id: 'openrouter',
        headers: { 'http-referer': 'https://canary.example.com', 'x-title': 'canary site' },
        keys: [{ secret: 'sk-canary-1' }, { secret: 'sk-canary-2' }],
      },
    ]);
    expect(settings.log).toMatchObject({ retentionDays: 9 });
    expect(settings.routes.at(-1)).toMatchObject({ order: 'sticky' });
  });

  test('14.5 notices name every variable that counts, and no value', async () => {
    for (const [source, env, names] of [
      ['nos-token-proxy', NOS, ['MODEL', 'TARGET_API_FORMAT', 'PORT']],
      ['ai-proxy', AIP, ['OPENAI_API_KEY', 'MISTRAL_API_KEY', 'REDIS_URL', 'PORT']],
      ['openrouter-proxy', ORP, ['OPENROUTER_API_KEYS', 'HTTP_REFERER', 'SITE_NAME', 'LOG_RETENTION_DAYS']],
    ] as const) {
      const { origin } = await served(source, env);
      const said = origin.notices.join('\n');
      for (const name of names) expect(said, source).toContain(name);
      expect(said, source).not.toContain('canary');
    }
  });

  test('14.5 a target that leads back to this gateway is refused', async () => {
    for (const [url, port] of [
      ['http://localhost:4015', undefined],
      ['http://127.0.0.1:7000/v1', 7_000],
    ] as const) {
      const result = await reading('nos-token-proxy', { TARGET_API_URL: url, API_KEYS: 'k' }, port);
      expect(result).toMatchObject({ ok: false });
      expect(JSON.stringify(result)).toContain('leads to the port');
    }
  });

  test('14.5 what is configured by a file is told to be imported', async () => {
    for (const source of ['token-proxy', 'api-together', 'litellm'] as const) {
      const result = await reading(source, {});
      expect(JSON.stringify(result)).toContain(`sluice import ${source}`);
    }
  });

  test('14.5 the gateway serves from them', async () => {
    const provider = await startFaultUpstream();
    onTestFinished(() => provider.close());
    const settings = await served('nos-token-proxy', { ...NOS, TARGET_API_URL: `${provider.origin}/v1` });
    const own = { ...settings, server: { ...settings.server, port: 0 } };
    const gateway = await startGateway({ upstreams: [], parts: { settings: () => own } });
    onTestFinished(() => gateway.stop());
    const body = JSON.stringify({ model: 'any', messages: [{ role: 'user', content: 'Hello!' }] });
    const secrets: string[] = [];
    for (let time = 0; time < 3; time++) {
      const answer = await ask(gateway.port, { method: 'POST', path: '/v1/chat/completions', body });
      expect(answer.status).toBe(200);
      const turn = provider.turns.at(-1);
      if (turn === undefined) throw new Error('nothing arrived');
      expect([turn.dialect, turn.model]).toEqual(['anthropic-messages', 'canary-model']);
      secrets.push(secretOf(turn));
    }
    expect(secrets).toEqual(['sk-canary-1', 'sk-canary-2', 'sk-canary-1']);
  });
});

describe('14.5 the variables of all gateways', () => {
  test('14.5 give their upstreams with the ways of this gateway, and no file counts', async () => {
    const settings = await served('all', { ...NOS, ...ORP, ...AIP, PORT: '4999' });
    expect(settings.upstreams.map(({ id }) => id)).toEqual(['target', 'openai', 'mistral', 'openrouter']);
    expect(settings.server.port).toBe(4999);
    expect(settings.routes.at(-1)).toMatchObject({ retry: { maxAttempts: 3 }, forceModel: undefined });
    expect(settings.log).toMatchObject({ retentionDays: 9 });
    const said = settings.origin.notices.join('\n');
    for (const name of [
      'TARGET_API_URL',
      'API_KEYS',
      'MODEL',
      'OPENAI_API_KEY',
      'MISTRAL_API_KEY',
      'REDIS_URL',
      'PORT',
    ])
      expect(said).toContain(name);
    for (const name of ['OPENROUTER_API_KEYS', 'HTTP_REFERER', 'SITE_NAME', 'LOG_RETENTION_DAYS'])
      expect(said).toContain(name);
    expect(said).not.toContain('canary');
  });

  test('14.5 none at all is an error that names them', async () => {
    const result = await reading('all', { LOG_RETENTION_DAYS: 'x' });
    expect(result).toMatchObject({ ok: false });
    expect(JSON.stringify(result)).toContain('TARGET_API_URL');
  });
});
