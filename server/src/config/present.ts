// The configuration as `sluice config show` prints it: resolved, every secret hidden, references as they were written,
// and where each part came from.

import { asWritten, membersAsWritten, secret } from './as-written.ts';
import type { ListenAddress } from './listen-address.ts';
import type { LoadedConfig } from './load.ts';
import { presentRoutes } from './present-routes.ts';
import { type PathStep, pathText } from './problem.ts';
import { hideLiterals } from './references.ts';
import { keyText, splitKeys, upstreamKey } from './resolve-keys.ts';
import type { KeyConfig } from './schema/key.ts';
import { timeoutsOf } from './schema/timeouts.ts';
import type { UpstreamConfig } from './schema/upstream.ts';
import type { Settings, Upstream } from './settings.ts';

/** JSON of the configuration in force. */
export interface PresentedConfig {
  readonly file: string | undefined;
  /** Part of the configuration → where it came from. */
  readonly from: Readonly<Record<string, string>>;
  readonly config: Readonly<Record<string, unknown>>;
}

/** Makes the presentation. `settings` must have been resolved from `loaded`. */
export function presentConfig(
  loaded: LoadedConfig,
  settings: Settings,
  address: ListenAddress,
): PresentedConfig {
  const { config } = loaded;
  return {
    file: loaded.document.file,
    from: originsOf(loaded, address),
    config: {
      server: {
        ...membersAsWritten(loaded, ['server'], config.server),
        ...(address.hostFrom === 'file' ? {} : { host: address.host }),
        port: address.port,
      },
      clients: config.clients.map((client, index) => ({
        id: client.id,
        ...(client.name === undefined
          ? {}
          : { name: asWritten(loaded, ['clients', index, 'name'], client.name) }),
        enabled: client.enabled,
        ...(client.key === undefined
          ? { keyHash: client.keyHash }
          : { key: secret(loaded, ['clients', index, 'key']) }),
        expiresAt: client.expiresAt,
        models: client.models,
        upstreams: client.upstreams,
        limits: client.limits,
        ...(client.budgets.length === 0
          ? {}
          : { budgets: client.budgets, unpricedModels: client.unpricedModels }),
      })),
      upstreams: config.upstreams.map((upstream, index) => {
        const resolved = settings.upstreams.find((candidate) => candidate.id === upstream.id);
        return presentUpstream(loaded, upstream, ['upstreams', index], resolved);
      }),
      aliases: asWritten(loaded, ['aliases'], config.aliases),
      timeouts: timeoutsOf(config.timeouts),
      ...presentRoutes(loaded, settings),
      retry: config.retry,
      ...settings.health,
      queue: settings.queue,
      limits: asWritten(loaded, ['limits'], config.limits),
      conversion: settings.conversion,
      prices: { file: settings.prices.file, models: config.prices.models },
      cache: {
        ...settings.cache,
        url: settings.cache.url && hideInUrl(loaded.written.get('cache.url') ?? settings.cache.url),
      },
      state: settings.state && {
        ...settings.state,
        url: hideInUrl(loaded.written.get('state.url') ?? settings.state.url),
      },
      storage: {
        url: hideInUrl(
          loaded.written.get('storage.url') ??
            settings.storage.postgresUrl ??
            `sqlite:${settings.storage.sqlitePath}`,
        ),
        retentionDays: settings.storage.retentionDays,
        maxBytes: settings.storage.maxBytes,
        spoolBytes: settings.storage.spoolBytes,
      },
      log: {
        ...settings.log,
        file: loaded.written.get('log.file') ?? settings.log.file,
        folder: loaded.written.get('log.folder') ?? settings.log.folder,
      },
      metrics: {
        ...config.metrics,
        token: config.metrics.token === undefined ? undefined : secret(loaded, ['metrics', 'token']),
      },
    },
  };
}

function presentUpstream(
  loaded: LoadedConfig,
  config: UpstreamConfig,
  path: readonly PathStep[],
  resolved: Upstream | undefined,
): Readonly<Record<string, unknown>> {
  const at = (...steps: readonly PathStep[]): readonly PathStep[] => [...path, ...steps];
  const { id, provider, enabled, priority } = config;
  const names = membersAsWritten(loaded, path, { id, provider });
  if (resolved === undefined) return { ...names, enabled, priority, note: 'unfinished, therefore left out' };
  const headers = Object.entries(config.headers).map(([name, value]) => {
    return [name, value === null ? null : secret(loaded, at('headers', name))] as const;
  });
  return {
    ...names,
    enabled,
    priority,
    dialects: resolved.dialects,
    baseUrls: presentBaseUrls(loaded, path, resolved),
    weight: resolved.weight,
    keys: (config.keys ?? []).map((key, index) => presentKey(loaded, key, index, path)),
    models: asWritten(loaded, at('models'), config.models),
    aliases: asWritten(loaded, at('aliases'), config.aliases),
    headers: Object.fromEntries(headers),
    proxy: config.proxy && hideInUrl(loaded.written.get(pathText(at('proxy'))) ?? config.proxy),
    timeouts: resolved.timeouts,
    convert: resolved.convert,
    streaming: resolved.streaming,
    lossy: resolved.lossy,
    traits: config.traits,
    limits: resolved.limits,
    keyLimits: resolved.keyLimits,
    modelLimits: config.modelLimits,
    prices: config.prices,
  };
}

function presentKey(
  loaded: LoadedConfig,
  key: KeyConfig,
  index: number,
  path: readonly PathStep[],
): Readonly<Record<string, unknown>> {
  const { value, steps } = keyText(key, index);
  const { key: _, ...details } = typeof key === 'object' ? key : { key };
  return {
    ids: splitKeys(value).map((text) => upstreamKey(text).id),
    value: secret(loaded, [...path, 'keys', ...steps]),
    ...membersAsWritten(loaded, [...path, 'keys', index], details),
  };
}

function presentBaseUrls(
  loaded: LoadedConfig,
  path: readonly PathStep[],
  resolved: Upstream,
): Readonly<Record<string, string>> {
  const shared = loaded.written.get(pathText([...path, 'baseUrl']));
  const urls = Object.entries(resolved.baseUrls).map(([dialect, url]) => {
    const own = loaded.written.get(pathText([...path, 'baseUrl', dialect]));
    return [dialect, hideInUrl(shared ?? own ?? url)] as const;
  });
  return Object.fromEntries(urls);
}

/** Hides user, password and query values of a URL; references stay, and so do versions of dated APIs. */
export function hideInUrl(url: string): string {
  return url
    .replace(/\/\/([^/?#]*)@/, (_, user: string) => `//${hideLiterals(user)}@`)
    .replace(/([?&])([^=&#]*)=([^&#]*)/g, (_, mark: string, name: string, value: string) => {
      return `${mark}${name}=${name === 'api-version' ? value : hideLiterals(value)}`;
    });
}

function originsOf(loaded: LoadedConfig, address: ListenAddress): Readonly<Record<string, string>> {
  const origins: Record<string, string> = {};
  const { value } = loaded.document;
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  for (const section of Object.keys(loaded.config).filter((name) => name !== '$schema')) {
    const place =
      isObject && Object.hasOwn(value, section) ? loaded.document.at([section], 'name') : undefined;
    origins[section] = place === undefined ? 'default' : `line ${place.line}`;
  }
  const words = { flag: (name: string) => `--${name}`, environment: (name: string) => name.toUpperCase() };
  if (address.hostFrom !== 'file') origins['server.host'] = words[address.hostFrom]('host');
  if (address.portFrom !== 'file') origins['server.port'] = words[address.portFrom]('port');
  return origins;
}
