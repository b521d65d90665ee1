// `cache` of the file and REDIS_URL → where answers are kept; `routing.cache` → how they are given again. The environment
// is read here, when everything that may set it has been read, and not when a client is made.

import { DEFAULT_REUSE, type ReusePolicy } from '../core/routing/policy.ts';
import type { Environment } from './environment.ts';
import type { Findings } from './findings.ts';
import { isRedisUrl } from './resolve-state.ts';
import type { CacheConfig, CacheWish } from './schema/cache.ts';
import type { CacheSettings, StateSettings } from './settings.ts';

/** Resolves the section; a URL that cannot be one is reported. `state`: the server that is used where none is named. */
export function resolveCache(
  { url, maxBytes, maxEntryBytes }: CacheConfig,
  env: Environment,
  findings: Findings,
  state?: StateSettings,
): CacheSettings {
  if (url === undefined && state !== undefined) return { url: state.url, maxBytes, maxEntryBytes };
  const fromEnv = url === undefined ? env['REDIS_URL']?.trim() || undefined : undefined;
  const given = (url?.trim() || undefined) ?? fromEnv;
  const fits = given === undefined || isRedisUrl(given);
  if (!fits && url !== undefined) {
    const suggestion = 'Write "redis://localhost:6379", or "rediss://" for TLS.';
    findings.add(['cache', 'url'], 'Is not the URL of a Redis server.', { suggestion });
  }
  if (!fits && fromEnv !== undefined) {
    const message = 'REDIS_URL is not the URL of a Redis server; answers are kept in memory.';
    findings.add(['cache', 'url'], message, { severity: 'warning' });
  }
  return { url: fits ? given : undefined, maxBytes, maxEntryBytes };
}

/** What a route does with answers; undefined: nothing. */
export function resolveReuse(wish: CacheWish): ReusePolicy | undefined {
  if (typeof wish === 'boolean') return wish ? DEFAULT_REUSE : undefined;
  const { ttlSeconds, staleSeconds, scope, deterministicOnly } = wish;
  return { ttlMs: ttlSeconds * 1000, staleMs: staleSeconds * 1000, scope, deterministicOnly };
}

/** The same as the file would say it. */
export function presentReuse(reuse: ReusePolicy | undefined): CacheWish {
  if (reuse === undefined) return false;
  const { ttlMs, staleMs, scope, deterministicOnly } = reuse;
  return { ttlSeconds: ttlMs / 1000, staleSeconds: staleMs / 1000, scope, deterministicOnly };
}
