// keys of an upstream → UpstreamKey: lists in one value are split, and what cannot be sent in a header is refused.

import type { Provider } from '../core/providers/provider.ts';
import type { Findings } from './findings.ts';
import type { PathStep } from './problem.ts';
import { hashKey } from './resolve-clients.ts';
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

/** Resolves the keys of one upstream; gives at least one. */
export function resolveKeys(
  config: UpstreamConfig,
  provider: Provider,
  path: readonly PathStep[],
  findings: Findings,
): readonly UpstreamKey[] {
  const keys = new Map<string, UpstreamKey>();
  for (const [index, value] of (config.keys ?? []).entries()) {
    const at = [...path, 'keys', index];
    for (const secret of splitKeys(value)) {
      const key = upstreamKey(secret);
      if (!/^[\x21-\x7e]+$/.test(secret)) {
        const message = 'A key holds a space or a character that a header cannot carry.';
        const suggestion = /^bearer /i.test(secret) ? 'Leave "Bearer" off.' : undefined;
        findings.add(at, message, { suggestion });
      } else if (keys.has(key.id)) {
        findings.add(at, 'The same key is there twice; it counts once.', { severity: 'warning' });
      }
      keys.set(key.id, key);
    }
  }
  if (keys.size === 0) {
    reportNoKey(config, provider, path, findings);
    return [NO_KEY];
  }
  return [...keys.values()];
}

function reportNoKey(
  config: UpstreamConfig,
  provider: Provider,
  path: readonly PathStep[],
  findings: Findings,
): void {
  if (provider.keyless === true) return;
  if (config.keys === undefined) {
    const [variable = 'API_KEY'] = provider.environment;
    findings.add(path, `${provider.name} needs a key: "keys" is missing.`, {
      suggestion: `Write "keys": ["\${${variable}}"].`,
    });
    return;
  }
  const reasons = config.keys.map((_, index) => findings.emptyReason([...path, 'keys', index]));
  const at = config.keys.length === 1 ? [...path, 'keys', 0] : [...path, 'keys'];
  findings.add(at, `The upstream has no key: ${[...new Set(reasons)].join('; ')}.`, {
    suggestion: 'Set it, or write "enabled": false to leave the upstream out.',
  });
}
