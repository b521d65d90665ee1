// Stored accounts become keys of their upstream: the one of their name, or one that is made of the provider's preset.

import type { Environment } from '../config/environment.ts';
import type { Problem } from '../config/problem.ts';
import type { Settings, Upstream, UpstreamKey } from '../config/settings.ts';
import type { AccountEntry } from '../core/providers/account.ts';
import { type Merged, upstreamOf } from './merge.ts';

/** The key that stands for an account. */
function keyOf({ id, name, disabled }: AccountEntry, rank: number): UpstreamKey {
  return {
    id,
    secret: '',
    account: id,
    ...(rank === 0 ? {} : { rank }),
    ...(name === undefined ? {} : { name }),
    ...(disabled === true ? { disabled } : {}),
  };
}

/** Those of higher priority first, of equals the one that was there first. */
function inOrder(entries: readonly AccountEntry[]): readonly AccountEntry[] {
  return entries.toSorted(
    (a, b) => (b.priority ?? 0) - (a.priority ?? 0) || a.addedAt.localeCompare(b.addedAt),
  );
}

/** How many priorities are lower than that of an account. */
function rankOf({ priority = 0 }: AccountEntry, entries: readonly AccountEntry[]): number {
  const lower = entries.map((other) => other.priority ?? 0).filter((other) => other < priority);
  return Math.min(new Set(lower).size, HIGHEST_RANK);
}

const HIGHEST_RANK = 999;

/** Settings with the accounts in them. To come before the stored keys, which leave out what has neither. */
export function withAccounts(settings: Settings, entries: readonly AccountEntry[], env: Environment): Merged {
  if (entries.length === 0) return { settings, problems: [] };
  const problems: Problem[] = [];
  const warn = (message: string): void => {
    const place = { severity: 'warning', file: undefined, line: undefined, column: undefined } as const;
    problems.push({ ...place, path: '', message });
  };
  const upstreams = [...settings.upstreams];
  for (const id of new Set(entries.map(({ upstream }) => upstream))) {
    const accounts = inOrder(entries.filter(({ upstream }) => upstream === id));
    const at = upstreams.findIndex((upstream) => upstream.id === id);
    const upstream = upstreams[at] ?? upstreamOf(id, env);
    if (typeof upstream === 'string') {
      warn(`Stored accounts of "${id}" are not used: ${upstream}`);
      continue;
    }
    const fitting = accounts.filter(({ kind }) => kind === upstream.provider.accounts);
    if (fitting.length < accounts.length)
      warn(`Accounts of another kind are stored for "${id}" and not used: its provider is not theirs.`);
    if (fitting.length === 0) continue;
    const joined = withKeys(
      upstream,
      fitting.map((entry) => keyOf(entry, rankOf(entry, fitting))),
    );
    if (at === -1) upstreams.push(joined);
    else upstreams[at] = joined;
  }
  return { settings: { ...settings, upstreams }, problems };
}

function withKeys(upstream: Upstream, keys: readonly UpstreamKey[]): Upstream {
  const usable = keys.some(({ disabled }) => disabled !== true);
  return { ...upstream, keys, enabled: upstream.enabled && usable };
}
