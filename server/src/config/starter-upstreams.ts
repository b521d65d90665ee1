// Turns what the environment offers into upstreams that refer to it, so that a written file names variables, not values.

import { findProvider } from '../core/providers/index.ts';
import type { Provider } from '../core/providers/provider.ts';
import { type Environment, upstreamsFromEnvironment } from './environment.ts';
import type { UpstreamEntry } from './settings.ts';
import type { StarterUpstream } from './starter-file.ts';

/** Upstreams for everything that the environment names, in the order in which zero-config finds them. */
export function starterUpstreams(env: Environment, gatewayPort: number): readonly StarterUpstream[] {
  return upstreamsFromEnvironment(env, gatewayPort).upstreams.map((entry) => referring(entry, env));
}

function referring(entry: UpstreamEntry, env: Environment): StarterUpstream {
  const provider = findProvider(entry.provider);
  const isTarget = entry.id === 'target';
  const singles = provider?.environment ?? [];
  const single = singles.find((name) => isSet(env, name));
  const ofProvider = [...(single === undefined ? [] : [single]), ...singles.map((name) => `${name}S`)];
  const keyNames = (isTarget ? ['API_KEYS', 'API_KEY'] : ofProvider).filter((name) => isSet(env, name));
  const urlNames = isTarget ? ['TARGET_API_URL'] : (provider?.baseUrlEnvironment ?? []);
  const urlName = entry.baseUrl === undefined ? undefined : urlNames.find((name) => isSet(env, name));
  return {
    id: entry.id,
    provider: entry.provider,
    keys: entry.keys === undefined ? [] : keyNames.map((name) => `\${${name}}`),
    ...(urlName === undefined ? {} : { baseUrl: `\${${urlName}}` }),
    ...(isTarget && isSet(env, 'MODEL') ? { aliases: { '*': '${MODEL}' } } : {}),
    ...(entry.headers === undefined ? {} : { headers: referringHeaders(entry.headers, provider) }),
  };
}

/** Headers that the environment sets, as references to its variables. */
function referringHeaders(
  headers: Readonly<Record<string, string>>,
  provider: Provider | undefined,
): Readonly<Record<string, string>> {
  const variables = provider?.headerEnvironment ?? {};
  const named = Object.keys(headers).map((name) => [name, `\${${variables[name] ?? ''}}`] as const);
  return Object.fromEntries(named.filter(([name]) => variables[name] !== undefined));
}

function isSet(env: Environment, name: string): boolean {
  return (env[name] ?? '').trim() !== '';
}
