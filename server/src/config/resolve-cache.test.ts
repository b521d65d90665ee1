import { describe, expect, test } from 'vitest';
import { DEFAULT_REUSE } from '../core/routing/policy.ts';
import { checkConfig } from './load.ts';
import { formatProblem } from './problem.ts';
import { type Resolution, resolveSettings } from './resolve.ts';
import { presentReuse, resolveReuse } from './resolve-cache.ts';
import type { Settings } from './settings.ts';

function resolve(value: unknown, env: Readonly<Record<string, string>> = {}): Resolution {
  const checked = checkConfig(value);
  if (!checked.ok) throw new Error(checked.problems.map(formatProblem).join('\n'));
  return resolveSettings(checked.value, { env, home: '/home/me', platform: 'linux' });
}

function settingsOf(value: unknown, env: Readonly<Record<string, string>> = {}): Settings {
  const resolved = resolve(value, env);
  if (!resolved.ok) throw new Error(resolved.problems.map(formatProblem).join('\n'));
  return resolved.settings;
}

describe('where answers are kept', () => {
  test('8.1 is memory unless told otherwise, 64 MiB of it', () => {
    expect(settingsOf({}).cache).toEqual({ url: undefined, maxBytes: 67_108_864, maxEntryBytes: 1_048_576 });
  });

  test('8.8 REDIS_URL is read together with the configuration, which has the last word', () => {
    const env = { REDIS_URL: 'redis://shared:6379/2' };
    expect(settingsOf({}, env).cache.url).toBe('redis://shared:6379/2');
    expect(settingsOf({ cache: { url: 'rediss://own:6380' } }, env).cache.url).toBe('rediss://own:6380');
    expect(settingsOf({ cache: { url: '' } }, env).cache.url).toBeUndefined();
    expect(settingsOf({}, { REDIS_URL: '  ' }).cache.url).toBeUndefined();
  });

  test('16.7 is the server that gateways share, unless the cache has one of its own or none', () => {
    const state = { url: 'redis://shared:6379' };
    const env = { REDIS_URL: 'redis://other:6379' };
    expect(settingsOf({ state }, env).cache.url).toBe('redis://shared:6379');
    expect(settingsOf({ state, cache: { url: 'redis://own:6379' } }, env).cache.url).toBe('redis://own:6379');
    expect(settingsOf({ state, cache: { url: '' } }, env).cache.url).toBeUndefined();
  });

  test('8.8 an address that cannot be one is refused in the file, and warned of in the environment', () => {
    const refused = resolve({ cache: { url: 'localhost:6379' } });
    expect(refused.ok).toBe(false);
    const warned = resolve({}, { REDIS_URL: 'http://localhost' });
    expect(warned.ok && warned.warnings.map(({ message }) => message).join()).toMatch(/REDIS_URL/);
  });
});

describe('whether answers are given again', () => {
  test('8.2 is off unless told otherwise, and for ten minutes where it is on', () => {
    expect(settingsOf({}).routes.map(({ cache }) => cache)).toEqual([undefined]);
    expect(settingsOf({ routing: { cache: true } }).routes[0]?.cache).toEqual(DEFAULT_REUSE);
    expect(DEFAULT_REUSE.ttlMs).toBe(600_000);
  });

  test('8.2 is said for all routes or for one', () => {
    const { routes } = settingsOf({
      routing: { cache: { ttlSeconds: 60 } },
      routes: [
        { id: 'a', models: ['a*'] },
        { id: 'b', models: ['b*'], cache: false },
        { id: 'c', models: ['c*'], cache: { staleSeconds: 5, scope: 'shared', deterministicOnly: false } },
      ],
    });
    const minute = { ...DEFAULT_REUSE, ttlMs: 60_000 };
    const own = { ttlMs: 600_000, staleMs: 5_000, scope: 'shared', deterministicOnly: false };
    expect(routes.map(({ cache }) => cache)).toEqual([minute, undefined, own, minute]);
  });

  test('is shown as the file would say it', () => {
    for (const wish of [
      false,
      { ttlSeconds: 5, staleSeconds: 7, scope: 'shared', deterministicOnly: false },
    ] as const)
      expect(presentReuse(resolveReuse(wish))).toEqual(wish);
  });
});
