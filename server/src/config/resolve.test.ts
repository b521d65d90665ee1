import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  DEFAULT_HEALTH,
  DEFAULT_LIMIT_POLICY,
  DEFAULT_QUEUE,
  DEFAULT_ROUTE,
} from '../core/routing/policy.ts';
import { checkExposure, isLoopbackHost } from './exposure.ts';
import { checkConfig } from './load.ts';
import { formatProblem } from './problem.ts';
import { type Resolution, type ResolveOptions, resolveSettings } from './resolve.ts';
import { hashKey } from './resolve-clients.ts';
import type { Settings, Upstream } from './settings.ts';

function resolve(value: unknown, options: ResolveOptions = {}): Resolution {
  const checked = checkConfig(value);
  if (!checked.ok) throw new Error(checked.problems.map(formatProblem).join('\n'));
  return resolveSettings(checked.value, { env: {}, home: '/home/me', platform: 'linux', ...options });
}

function settingsOf(value: unknown, options: ResolveOptions = {}): Settings {
  const resolved = resolve(value, options);
  if (!resolved.ok) throw new Error(resolved.problems.map(formatProblem).join('\n'));
  return resolved.settings;
}

function upstreamOf(upstream: object): Upstream {
  const [first] = settingsOf({ upstreams: [{ id: 'a', ...upstream }] }).upstreams;
  if (first === undefined) throw new Error('no upstream was resolved');
  return first;
}

/** Errors and warnings as text. */
function saidOf(value: unknown, options: ResolveOptions = {}): readonly string[] {
  const resolved = resolve(value, options);
  return (resolved.ok ? resolved.warnings : resolved.problems).map(formatProblem);
}

describe('settings', () => {
  it('of an empty configuration have the documented defaults', () => {
    expect(settingsOf({}, { notices: ['Nothing was found.'] })).toEqual({
      origin: { file: undefined, notices: ['Nothing was found.'] },
      server: {
        host: '127.0.0.1',
        port: 9208,
        compatListeners: [],
        bodyLimitBytes: 100 * 1024 * 1024,
        allowOpen: false,
        allowedHosts: [],
        trustedProxies: [],
        corsOrigins: [],
        drainMs: 30_000,
        heartbeatMs: 15_000,
        workers: 1,
      },
      clients: [],
      upstreams: [],
      aliases: {},
      routes: [DEFAULT_ROUTE],
      health: DEFAULT_HEALTH,
      queue: DEFAULT_QUEUE,
      limits: { ...DEFAULT_LIMIT_POLICY, models: [] },
      conversion: { preferNative: true, strict: false, lossy: 'refuse' },
      cache: { url: undefined, maxBytes: 67_108_864, maxEntryBytes: 1_048_576 },
      prices: { file: undefined, models: [] },
      storage: {
        sqlitePath: '/home/me/.local/share/sluice/sluice.db',
        retentionDays: 90,
        maxBytes: 2_147_483_648,
        spoolBytes: 268_435_456,
      },
      log: {
        level: 'info',
        levels: {},
        file: undefined,
        folder: undefined,
        maxFileBytes: 20_971_520,
        retentionDays: 14,
      },
      metrics: { enabled: true, token: undefined, open: false, keyLabels: false },
    });
  });

  it('take host and port from the flag, then the environment, then the file', () => {
    const file = { server: { host: '127.0.0.2', port: 1 } };
    const env = { HOST: '127.0.0.3', PORT: '2' };
    const address = (options: ResolveOptions): unknown[] => {
      const { server } = settingsOf(file, options);
      return [server.host, server.port];
    };
    expect(address({})).toEqual(['127.0.0.2', 1]);
    expect(address({ env })).toEqual(['127.0.0.3', 2]);
    expect(address({ env, overrides: { host: '127.0.0.4', port: 3 } })).toEqual(['127.0.0.4', 3]);
    expect(address({ env: { HOST: '', PORT: '' } })).toEqual(['127.0.0.2', 1]);
  });

  it('do not take a port that is none from the environment', () => {
    expect(saidOf({}, { env: { PORT: '9208x' } })).toContain(
      'server.port: Must be a whole number from 0 to 65535, but the environment variable PORT says "9208x".',
    );
  });

  it('keep the ledger where the operator or the system says', () => {
    const path = (value: unknown, options: ResolveOptions = {}): string =>
      settingsOf(value, options).storage.sqlitePath;
    expect(path({ storage: { url: 'sqlite:/var/x.db' } })).toBe('/var/x.db');
    expect(path({ storage: { url: 'sqlite:///var/x.db' } })).toBe('/var/x.db');
    expect(path({ storage: { url: 'sqlite:~/x.db' } })).toBe('/home/me/x.db');
    expect(path({ storage: { url: 'sqlite:x.db' } })).toBe(join(process.cwd(), 'x.db'));
    expect(path({}, { env: { XDG_DATA_HOME: '/xdg' } })).toBe('/xdg/sluice/sluice.db');
    expect(path({}, { platform: 'darwin' })).toBe('/home/me/Library/Application Support/sluice/sluice.db');
    expect(saidOf({ storage: { url: 'sqlite::memory:' } })).toContainEqual(
      expect.stringContaining('storage.url: '),
    );
  });
});

describe('an upstream', () => {
  it('takes addresses and dialects from its preset', () => {
    const { baseUrls, dialects, provider } = upstreamOf({ provider: 'deepseek', keys: ['k'] });
    expect(provider.id).toBe('deepseek');
    expect(dialects).toEqual(provider.dialects);
    expect(baseUrls).toEqual(provider.bases);
  });

  it('with one address sends every dialect there and none to the vendor', () => {
    const { baseUrls } = upstreamOf({
      provider: 'deepseek',
      keys: ['k'],
      baseUrl: 'http://10.0.0.1:8000/v1/',
    });
    expect(new Set(Object.values(baseUrls))).toEqual(new Set(['http://10.0.0.1:8000/v1']));
  });

  it('with an address without a path keeps the paths of the preset', () => {
    const { baseUrls } = upstreamOf({ provider: 'openai', keys: ['k'], baseUrl: 'https://eu.example.com' });
    expect(baseUrls['openai-chat']).toBe('https://eu.example.com/v1');
  });

  it('with an address for each dialect speaks those dialects', () => {
    const { baseUrls, dialects } = upstreamOf({
      provider: 'openai-compatible',
      baseUrl: { 'anthropic-messages': 'http://127.0.0.1:1', 'openai-chat': 'http://127.0.0.1:1/v1?a=b' },
    });
    expect(dialects).toEqual(['openai-chat', 'anthropic-messages']);
    expect(baseUrls['openai-chat']).toBe('http://127.0.0.1:1/v1?a=b');
  });

  it('that names a dialect must have an address for it', () => {
    const upstream = { id: 'a', provider: 'openai', keys: ['k'], dialects: ['gemini'] };
    expect(saidOf({ upstreams: [upstream] })).toEqual([
      'upstreams[0]: OpenAI has no address in its preset for gemini: "baseUrl" is missing. Write "baseUrl": "https://host/v1" or the like.',
    ]);
  });

  it('has the keys of all its values, split at commas and line breaks, each once', () => {
    const upstream = { id: 'a', provider: 'openai', keys: ['k1, k2,', 'k3\nk1\n'] };
    expect(upstreamOf(upstream).keys.map((key) => key.secret)).toEqual(['k1', 'k2', 'k3']);
    expect(saidOf({ upstreams: [upstream] })).toEqual([
      'warning: upstreams[0].keys[1]: The same key is there twice; it counts once.',
    ]);
  });

  it('has key ids that come from the secret', () => {
    const [key] = upstreamOf({ provider: 'openai', keys: ['secret'] }).keys;
    expect(key?.id).toBe(`k_${hashKey('secret').slice(0, 8)}`);
  });

  it('on this machine needs no key and has an empty one', () => {
    expect(upstreamOf({ provider: 'ollama' }).keys.map((key) => key.secret)).toEqual(['']);
  });

  it('has lower-case headers, its own times and the global ones', () => {
    const { settings } = resolveOk({
      timeouts: { connectMs: 1, idleMs: 2 },
      upstreams: [
        { id: 'a', provider: 'ollama', headers: { 'X-A': 'b', 'X-C': null }, timeouts: { idleMs: 3 } },
      ],
    });
    expect(settings.upstreams[0]?.headers).toEqual({ 'x-a': 'b', 'x-c': null });
    expect(settings.upstreams[0]?.timeouts).toMatchObject({ connectMs: 1, idleMs: 3, headersMs: 60_000 });
  });

  it('that is switched off may be unfinished and is then left out', () => {
    const off = { id: 'b', provider: 'openai', enabled: false };
    const { upstreams } = settingsOf({ upstreams: [{ id: 'a', provider: 'ollama' }, off] });
    expect(upstreams.map((upstream) => upstream.id)).toEqual(['a']);
  });
});

function resolveOk(value: unknown): Extract<Resolution, { ok: true }> {
  const resolved = resolve(value);
  if (!resolved.ok) throw new Error(resolved.problems.map(formatProblem).join('\n'));
  return resolved;
}

describe('a client', () => {
  const upstreams = [{ id: 'a', provider: 'ollama' }];
  const key = 'sk-sluice-0123456789abcdef';

  it('is known by the hash of its key, however it is written', () => {
    const clients = [
      { id: 'me', key },
      { id: 'you', keyHash: `sha256:${hashKey('another').toUpperCase()}` },
    ];
    expect(settingsOf({ clients, upstreams }).clients).toEqual([
      { id: 'me', enabled: true, keyHash: hashKey(key) },
      { id: 'you', enabled: true, keyHash: hashKey('another') },
    ]);
  });

  it.each(['sk-123', 'changeme', 'short', 'aaaaaaaaaaaaaaaaaaaaaaaa'])(
    'with the key %s is doubtful on loopback and refused elsewhere, without repeating the key',
    (weak) => {
      const config = { clients: [{ id: 'me', key: weak }], upstreams };
      const [warning = ''] = saidOf(config);
      expect(warning).toMatch(/^warning: clients\[0\]\.key: The key is easy to guess\./);
      const [error = ''] = saidOf(config, { overrides: { host: '0.0.0.0' } });
      expect(error).toMatch(/^clients\[0\]\.key: The key is easy to guess\./);
      expect(warning + error).not.toContain(weak);
    },
  );

  it('with the hash of a key that everyone knows is refused as well', () => {
    const clients = [{ id: 'me', keyHash: `sha256:${hashKey('sk-123')}` }];
    expect(saidOf({ clients, upstreams }, { overrides: { host: '::' } })).toHaveLength(1);
  });

  it('has an id and a key of its own', () => {
    expect(
      saidOf({
        clients: [
          { id: 'me', key },
          { id: 'me', key: `${key}2` },
        ],
        upstreams,
      }),
    ).toEqual(['clients[1].id: Is already the id of clients[0].']);
    expect(
      saidOf({
        clients: [
          { id: 'me', key },
          { id: 'you', key },
        ],
        upstreams,
      }),
    ).toEqual(['clients[1].key: Is the same key as that of clients[0].']);
  });

  it('without a key is refused', () => {
    expect(saidOf({ clients: [{ id: 'me', key: '' }], upstreams })).toEqual([
      'clients[0].key: The client has no key: it is empty.',
    ]);
  });
});

describe('a gateway that other machines can reach', () => {
  it('is refused without clients unless the operator insists', () => {
    const host = { overrides: { host: '0.0.0.0' } };
    const clients = [{ id: 'me', key: 'sk-sluice-0123456789abcdef' }];
    expect(checkExposure(settingsOf({}, host))?.message).toContain('no client key protects the gateway');
    expect(checkExposure(settingsOf({ clients }, host))).toBeUndefined();
    expect(checkExposure(settingsOf({ server: { allowOpen: true } }, host))).toBeUndefined();
    expect(checkExposure(settingsOf({}))).toBeUndefined();
  });

  it('is told from one that only this machine can reach', () => {
    for (const host of ['localhost', '127.0.0.1', '127.9.9.9', '::1', '[::1]', '::ffff:127.0.0.1']) {
      expect(isLoopbackHost(host)).toBe(true);
    }
    for (const host of ['0.0.0.0', '::', '', '127.0.0.1.example.com', '10.0.0.1', 'gateway', '1270.0.0.1']) {
      expect(isLoopbackHost(host)).toBe(false);
    }
  });
});
