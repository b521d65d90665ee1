// Stored keys and settings become settings: keys join the upstream of their name, or make one of the provider of that
// name; what the operator has taken out of use is marked.

import type { Environment } from '../config/environment.ts';
import { checkConfig } from '../config/load.ts';
import type { Problem } from '../config/problem.ts';
import { resolveSettings } from '../config/resolve.ts';
import { splitKeys } from '../config/resolve-keys.ts';
import type { Settings, Upstream, UpstreamKey } from '../config/settings.ts';
import { findProvider } from '../core/providers/index.ts';
import type { StoredKey, StoredKeys } from './vault.ts';

/** Settings with the stored keys in them, and what was doubtful about those. */
export interface Merged {
  readonly settings: Settings;
  /** Warnings: each says which key is not used and why. */
  readonly problems: readonly Problem[];
}

/** What resolving says of a configuration without upstreams. */
const NO_UPSTREAM_PATH = 'upstreams';

/** Warnings about a configuration that still hold when stored keys and accounts have joined it: these make upstreams, too. */
export function stillTrue(warnings: readonly Problem[], { upstreams }: Settings): readonly Problem[] {
  const served = upstreams.some(({ enabled }) => enabled);
  return served ? warnings.filter(({ path }) => path !== NO_UPSTREAM_PATH) : warnings;
}

/** Merges. Pure: what a variable holds is looked up in `env`. */
export function withStoredKeys(settings: Settings, stored: StoredKeys, env: Environment): Merged {
  const problems: Problem[] = [];
  const warn = (message: string, suggestion?: string): void => {
    const place = { severity: 'warning', file: undefined, line: undefined, column: undefined } as const;
    problems.push({ ...place, path: '', message, ...(suggestion === undefined ? {} : { suggestion }) });
  };
  const byUpstream = new Map<string, UpstreamKey[]>();
  for (const entry of stored.keys) {
    const key = keyOf(entry, env, warn);
    if (key === undefined) continue;
    const list = byUpstream.get(entry.upstream);
    if (list === undefined) byUpstream.set(entry.upstream, [key]);
    else list.push(key);
  }
  const upstreams = settings.upstreams.map((upstream) => {
    const keys = byUpstream.get(upstream.id) ?? [];
    if (keys.length > 0 || !lacksKey(upstream)) return joined(upstream, keys);
    if (upstream.enabled) warn(`The upstream "${upstream.id}" has no key that can be used, and is left out.`);
    return withoutUse(upstream);
  });
  const known = new Set(settings.upstreams.map(({ id }) => id));
  for (const [id, keys] of byUpstream) {
    if (known.has(id)) continue;
    const made = upstreamOf(id, env);
    if (typeof made === 'string') warn(`Stored keys of "${id}" are not used: ${made}`);
    else upstreams.push({ ...made, keys });
  }
  const disabled = new Set(stored.disabled.map(({ upstream, id }) => `${upstream} ${id}`));
  const marked = upstreams.map((upstream) => withMarks(upstream, disabled));
  return { settings: { ...settings, upstreams: marked }, problems };
}

function keyOf(
  entry: StoredKey,
  env: Environment,
  warn: (message: string, suggestion?: string) => void,
): UpstreamKey | undefined {
  const { id, upstream, name, disabled } = entry;
  const secret = 'secret' in entry ? entry.secret : (env[entry.env] ?? '').trim();
  if ('env' in entry && disabled !== true) {
    const label = `The stored key ${id} of "${upstream}" is not used: ${entry.env}`;
    if (secret === '') warn(`${label} is empty or not set.`, 'Set it where the gateway is started.');
    else if (splitKeys(secret).length > 1)
      warn(`${label} holds several keys.`, 'Give each its own variable.');
    else if (!/^[\x21-\x7e]+$/.test(secret)) warn(`${label} holds a character that a header cannot carry.`);
  }
  if (splitKeys(secret).length !== 1 || !/^[\x21-\x7e]+$/.test(secret)) return undefined;
  return { id, secret, ...(name === undefined ? {} : { name }), ...(disabled === true ? { disabled } : {}) };
}

/** The upstream with stored keys after its own. The same secret counts once, as the key of the configuration. */
function joined(upstream: Upstream, stored: readonly UpstreamKey[]): Upstream {
  if (stored.length === 0) return upstream;
  const keys = upstream.keys.filter(({ secret, account }) => secret !== '' || account !== undefined);
  for (const key of stored) {
    const at = keys.findIndex(({ secret }) => secret === key.secret);
    const same = keys[at];
    if (same === undefined) keys.push(key);
    else keys[at] = { ...key, ...same, ...(key.disabled === true ? { disabled: true } : {}) };
  }
  return { ...upstream, keys };
}

/** True where a key is needed and there is none: that much is allowed to upstreams with stored keys. */
function lacksKey({ provider, keys }: Upstream): boolean {
  const lacks = keys.every(({ secret, account }) => secret === '' && account === undefined);
  return provider.keyless !== true && lacks;
}

function withoutUse(upstream: Upstream): Upstream {
  const keys = upstream.keys.map((key) => ({ ...key, disabled: true as const }));
  return { ...upstream, enabled: false, keys };
}

/** An upstream made of a provider's preset, as a person would have written it; a text says why there is none. */
export function upstreamOf(id: string, env: Environment): Upstream | string {
  const provider = findProvider(id);
  if (provider === undefined) return 'there is no upstream and no provider of this name.';
  const accounts = provider.accounts !== undefined;
  const entry = { id, provider: id, ...(accounts ? {} : { keys: ['stored'] }) };
  const checked = checkConfig({ upstreams: [entry] });
  const resolved = checked.ok
    ? resolveSettings(checked.value, { env: dataOnly(env), hasKeysElsewhere: () => accounts })
    : checked;
  if ('settings' in resolved) {
    const [made] = resolved.settings.upstreams;
    if (made !== undefined) return made;
  }
  const [first] = 'problems' in resolved ? resolved.problems : [];
  return first === undefined ? 'its preset is not complete.' : first.message;
}

/** HOST and PORT are the business of the settings that are merged into. */
function dataOnly(env: Environment): Environment {
  const { HOST: _host, PORT: _port, ...rest } = env;
  return rest;
}

function withMarks(upstream: Upstream, disabled: ReadonlySet<string>): Upstream {
  const marked = (key: UpstreamKey): boolean =>
    key.disabled !== true && disabled.has(`${upstream.id} ${key.id}`);
  const keys = upstream.keys.map((key) => (marked(key) ? { ...key, disabled: true as const } : key));
  // An upstream whose keys are all switched off is switched off itself.
  const enabled = upstream.enabled && keys.some((key) => key.disabled !== true);
  return enabled === upstream.enabled && !upstream.keys.some(marked)
    ? upstream
    : { ...upstream, enabled, keys };
}
