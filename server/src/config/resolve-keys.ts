// keys of an upstream → UpstreamKey: lists in one value are split, and what cannot be sent in a header is refused.

import type { Provider } from '../core/providers/provider.ts';
import type { Findings } from './findings.ts';
import type { PathStep } from './problem.ts';
import { hashKey } from './resolve-clients.ts';
import { ownLimits } from './resolve-limits.ts';
import type { KeyConfig, KeyObjectConfig } from './schema/key.ts';
import type { UpstreamConfig } from './schema/upstream.ts';
import type { UpstreamKey } from './settings.ts';

/** The key of servers that want none. */
const NO_KEY: UpstreamKey = { id: 'k_none', secret: '' };

/** Makes the key of a secret. Its id comes from the secret: stable over reloads and restarts, and safe to show. */
export function upstreamKey(secret: string): UpstreamKey {
  return secret === '' ? NO_KEY : { id: `k_${hashKey(secret).slice(0, 8)}`, secret };
}

/** Splits one value into the keys that it holds: commas and line breaks separate. */
export function splitKeys(value: string): readonly string[] {
  return value
    .split(/[,\r\n]/)
    .map((key) => key.trim())
    .filter((key) => key !== '');
}

/** The text of an entry, and where it stands in the list of keys. */
export function keyText(
  entry: KeyConfig,
  index: number,
): { readonly value: string; readonly steps: readonly PathStep[] } {
  return typeof entry === 'string'
    ? { value: entry, steps: [index] }
    : { value: entry.key, steps: [index, 'key'] };
}

/** Resolves the keys of one upstream, disabled ones too; gives at least one. Of a key that is there twice the last entry counts. */
export function resolveKeys(
  config: UpstreamConfig,
  provider: Provider,
  path: readonly PathStep[],
  findings: Findings,
): readonly UpstreamKey[] {
  if (provider.accounts !== undefined) return [accountsOnly(config, provider, path, findings)];
  const keys = new Map<string, UpstreamKey>();
  const names = new Map<string, number>();
  let away = 0;
  for (const [index, entry] of (config.keys ?? []).entries()) {
    const { value, steps } = keyText(entry, index);
    const at = [...path, 'keys', ...steps];
    if (typeof entry === 'object') {
      checkName(entry, index, names, path, findings);
      // The key is not known as long as the reference is unset, so that there is nothing to show.
      if (!entry.enabled && findings.isUnresolved(at, value)) {
        away++;
        continue;
      }
    }
    const secrets = splitKeys(value);
    for (const [place, secret] of secrets.entries()) {
      const key = { ...upstreamKey(secret), ...detailsOf(entry, place, secrets.length, config) };
      checkSecret(secret, keys.has(key.id), at, findings);
      keys.set(key.id, key);
    }
  }
  if (keys.size === 0) {
    if (away > 0 && away === config.keys?.length) return [{ ...NO_KEY, disabled: true }];
    reportNoKey(config, provider, path, findings);
    return [NO_KEY];
  }
  return [...keys.values()];
}

/** The keys of such an upstream are its stored accounts, which take the place of this one. Without any it is left out. */
function accountsOnly(
  config: UpstreamConfig,
  provider: Provider,
  path: readonly PathStep[],
  findings: Findings,
): UpstreamKey {
  if (config.keys !== undefined)
    findings.add([...path, 'keys'], `${provider.name} takes no keys.`, {
      suggestion: `Leave "keys" out; its logins are stored with "sluice accounts import ${provider.accounts}".`,
    });
  if (findings.hasKeysElsewhere(config.id)) return NO_KEY;
  if (config.enabled)
    findings.add(path, `${provider.name}: no account is stored for it, so that it is left out.`, {
      severity: 'warning',
      suggestion: `Store one with "sluice accounts import ${provider.accounts}".`,
    });
  return { ...NO_KEY, disabled: true };
}

/** What the operator says about a key. Several keys of one entry share it and get numbers. */
function detailsOf(
  entry: KeyConfig,
  place: number,
  count: number,
  { keyLimits }: UpstreamConfig,
): Omit<UpstreamKey, 'id' | 'secret'> {
  if (typeof entry === 'string') return {};
  const { name, weight, enabled, limits } = entry;
  return {
    ...(name === undefined ? {} : { name: count === 1 ? name : `${name}-${place + 1}` }),
    ...(enabled ? {} : { disabled: true }),
    ...(weight === undefined ? {} : { weight }),
    ...(limits === undefined ? {} : { limits: ownLimits(limits, keyLimits) }),
  };
}

function checkName(
  { name }: KeyObjectConfig,
  index: number,
  names: Map<string, number>,
  path: readonly PathStep[],
  findings: Findings,
): void {
  if (name === undefined) return;
  const earlier = names.get(name);
  const at = [...path, 'keys', index, 'name'];
  if (earlier !== undefined) findings.add(at, `Is already the name of keys[${earlier}].`);
  else names.set(name, index);
}

function checkSecret(secret: string, again: boolean, at: readonly PathStep[], findings: Findings): void {
  if (!/^[\x21-\x7e]+$/.test(secret)) {
    const message = 'A key holds a space or a character that a header cannot carry.';
    const suggestion = /^bearer /i.test(secret) ? 'Leave "Bearer" off.' : undefined;
    findings.add(at, message, { suggestion });
  } else if (again) {
    findings.add(at, 'The same key is there twice; it counts once.', { severity: 'warning' });
  }
}

function reportNoKey(
  config: UpstreamConfig,
  provider: Provider,
  path: readonly PathStep[],
  findings: Findings,
): void {
  if (provider.keyless === true || findings.hasKeysElsewhere(config.id)) return;
  if (config.keys === undefined) {
    const [variable = 'API_KEY'] = provider.environment;
    findings.add(path, `${provider.name} needs a key: "keys" is missing.`, {
      suggestion: `Write "keys": ["\${${variable}}"].`,
    });
    return;
  }
  const places = config.keys.map((entry, index) => [...path, 'keys', ...keyText(entry, index).steps]);
  const reasons = places.map((place) => findings.emptyReason(place));
  const [only] = places;
  const at = places.length === 1 && only !== undefined ? only : [...path, 'keys'];
  findings.add(at, `The upstream has no key: ${[...new Set(reasons)].join('; ')}.`, {
    suggestion: 'Set it, or write "enabled": false to leave the upstream out.',
  });
}
