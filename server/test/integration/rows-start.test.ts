// What the gateway is before anybody says anything: where it listens, what it makes of the environment, and which of
// several sources of configuration counts (features 14.4, 14.5; demand 45 and 46).

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { upstreamsFromEnvironment } from '../../src/config/environment.ts';
import { checkExposure } from '../../src/config/exposure.ts';
import { readSettings } from '../../src/config/live-settings.ts';
import { misnamedFiles } from '../../src/config/locate.ts';
import type { Settings } from '../../src/config/settings.ts';
import { configSetting } from '../kit/config-setting.ts';
import { gatewayWith } from '../kit/setting.ts';

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'sluice-start-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

async function read(text: string, env: Record<string, string> = {}): Promise<Settings> {
  const file = join(folder(), 'sluice.jsonc');
  writeFileSync(file, text, { mode: 0o600 });
  const reading = await readSettings(file, { env, home: tmpdir() });
  if (!reading.ok) throw new Error(JSON.stringify(reading.problems));
  return reading.settings;
}

const PLAIN = '{ "upstreams": [{ "id": "a", "provider": "ollama" }] }';

describe('the address it listens on', () => {
  test('14.4 is loopback: nobody else on the network reaches a gateway that nothing was said to', async () => {
    const { server } = await read(PLAIN);
    expect(server).toMatchObject({ host: '127.0.0.1', allowOpen: false });
    const gateway = await gatewayWith({ upstreams: [], server: { host: server.host } });
    expect((gateway.app.edge.server.address() as AddressInfo).address).toBe('127.0.0.1');
  });

  test('14.4 is another one only together with client keys, or when the operator says so in so many words', async () => {
    for (const host of ['0.0.0.0', '::', '192.168.1.5']) {
      const open = await read(PLAIN, { HOST: host });
      expect(checkExposure(open), host).toMatchObject({ severity: 'error', path: 'clients' });
      expect(checkExposure({ ...open, server: { ...open.server, allowOpen: true } }), host).toBeUndefined();
      const clients = [{ id: 'me', enabled: true, keyHash: '0'.repeat(64) }];
      expect(checkExposure({ ...open, clients }), host).toBeUndefined();
    }
    expect(checkExposure(await read(PLAIN, { HOST: '::1' }))).toBeUndefined();
  });
});

describe('the environment of other gateways', () => {
  test('14.5 is understood, and every variable that counts is named, never with its value', () => {
    const cases: readonly [Record<string, string>, string, readonly string[]][] = [
      [
        {
          ...{ TARGET_API_URL: 'https://api.example.com/v1', API_KEYS: 'sk-canary-1,sk-canary-2' },
          ...{ MODEL: 'm-1', TARGET_API_FORMAT: 'anthropic' },
        },
        'target',
        ['TARGET_API_URL', 'API_KEYS', 'MODEL'],
      ],
      [
        { TARGET_API_URL: 'https://api.example.com/v1', API_KEY: 'sk-canary-1' },
        'target',
        ['TARGET_API_URL', 'API_KEY'],
      ],
      [{ OPENAI_API_KEY: 'sk-canary-1' }, 'openai', ['OPENAI_API_KEY']],
      [{ OPEN_API_KEY: 'sk-canary-1' }, 'openai', ['OPEN_API_KEY', 'OPENAI_API_KEY']],
      [{ ANTHROPIC_API_KEY: 'sk-canary-1' }, 'anthropic', ['ANTHROPIC_API_KEY']],
      [{ MISTRAL_API_KEY: 'sk-canary-1' }, 'mistral', ['MISTRAL_API_KEY']],
      [
        { OPENROUTER_API_KEYS: 'sk-canary-1,sk-canary-2', HTTP_REFERER: 'https://me', SITE_NAME: 'Mine' },
        'openrouter',
        ['OPENROUTER_API_KEYS', 'HTTP_REFERER', 'SITE_NAME'],
      ],
    ];
    for (const [env, id, named] of cases) {
      const { upstreams, notices } = upstreamsFromEnvironment(env);
      expect(upstreams.map((upstream) => upstream.id)).toEqual([id]);
      expect(upstreams[0]?.keys?.[0]).toBe('sk-canary-1');
      for (const name of named) expect(notices.join('\n')).toContain(name);
      expect(notices.join('\n')).not.toContain('canary');
    }
  });

  test('14.5 PORT, HOST and REDIS_URL count with a configuration file, too', async () => {
    const env = { PORT: '4015', HOST: '127.0.0.2', REDIS_URL: 'redis://127.0.0.1:6379' };
    expect(await read(PLAIN, env)).toMatchObject({
      server: { host: '127.0.0.2', port: 4015 },
      cache: { url: 'redis://127.0.0.1:6379' },
    });
  });
});

describe('which configuration counts', () => {
  test('demand 45 a change by the API and one by hand are one file: each sees the other, and a restart both', async () => {
    const { editor, live, file, text } = await configSetting(PLAIN);
    await editor.change([{ path: ['aliases'], value: { fast: 'm-1' } }], { by: 'test' });
    expect(live.current().aliases).toEqual({ fast: 'm-1' });
    writeFileSync(file, text().replace('m-1', 'm-2'));
    await live.reload();
    await editor.change([{ path: ['server', 'drainMs'], value: 1_234 }], { by: 'test' });
    expect(live.current()).toMatchObject({ aliases: { fast: 'm-2' }, server: { drainMs: 1_234 } });
    const again = await read(text());
    expect(again).toMatchObject({ aliases: { fast: 'm-2' }, server: { drainMs: 1_234 } });
  });

  test('demand 46 a file with another name is not passed over in silence', () => {
    const there = new Set(['/cwd/sluice.json', '/cwd/config.jsonc', '/home/me/.config/sluice/config.jsonc']);
    const notices = misnamedFiles({
      ...{ env: {}, cwd: '/cwd', home: '/home/me' },
      exists: (path) => there.has(path),
    });
    expect(notices).toEqual([
      '/cwd/sluice.json was not read. Rename it to sluice.jsonc, or name it with --config.',
      '/home/me/.config/sluice/config.jsonc was not read. Rename it to sluice.jsonc, or name it with --config.',
    ]);
  });
});
