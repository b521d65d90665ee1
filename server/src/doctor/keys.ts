// Whether there is anything to serve with: keys that can be used, and stored keys that can be opened.

import type { Settings, Upstream } from '../config/settings.ts';
import type { VaultReading } from '../vault/vault.ts';
import { type Finding, finderOf } from './finding.ts';

/** About keys. */
export function keyFindings(
  settings: Pick<Settings, 'upstreams'>,
  vault: Pick<VaultReading, 'problems'>,
): readonly Finding[] {
  const { ok, warning, problem } = finderOf('keys');
  const found: Finding[] = vault.problems.map(({ severity, message, suggestion }) =>
    severity === 'error' ? problem(message, suggestion) : warning(message, suggestion),
  );
  const enabled = settings.upstreams.filter((upstream) => upstream.enabled);
  const usable = enabled.filter((upstream) => usableKeys(upstream) > 0);
  for (const { id } of enabled.filter((upstream) => usableKeys(upstream) === 0))
    found.push(
      warning(
        `The upstream "${id}" has no key that can be used.`,
        `Add one with "sluice keys add ${id}", or set "enabled": false.`,
      ),
    );
  if (settings.upstreams.length === 0)
    found.push(
      warning(
        'No key and no upstream is known: only the built-in demo model is served.',
        'Run "sluice keys add", set a variable such as OPENAI_API_KEY, or run "sluice init".',
      ),
    );
  else if (usable.length === 0)
    found.push(
      problem(
        'No upstream can be used: all are switched off or lack a key.',
        'Run "sluice keys list" to see why, and "sluice keys add" to add one.',
      ),
    );
  else {
    const keys = usable.reduce((sum, upstream) => sum + usableKeys(upstream), 0);
    found.push(
      ok(
        `${keys} ${keys === 1 ? 'key' : 'keys'} of ${usable.length} ${usable.length === 1 ? 'upstream' : 'upstreams'} can be used.`,
      ),
    );
  }
  return found;
}

/** Keys that are not switched off. A local server has one without a secret; an account keeps its secret elsewhere. */
function usableKeys({ keys, provider }: Pick<Upstream, 'keys' | 'provider'>): number {
  return keys.filter(
    (key) =>
      key.disabled !== true && (key.secret !== '' || provider.keyless === true || key.account !== undefined),
  ).length;
}
