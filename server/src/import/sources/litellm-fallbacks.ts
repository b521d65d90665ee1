// Fallbacks of LiteLLM from one group of deployments to others: here they are upstreams of a lower priority that offer
// another model under the name that was asked for.

import type { Fields } from '../fields.ts';
import { isObject } from '../fields.ts';
import type { PlanBuilder, PlannedUpstream } from '../plan.ts';
import type { Deployment } from './litellm-deployments.ts';

/** Adds the upstreams; answers the length of the longest list of fallbacks. */
export function planFallbacks(
  plan: PlanBuilder,
  { settings, router }: { readonly settings: Fields; readonly router: Fields },
  deployments: readonly Deployment[],
): number {
  const groups = new Set(deployments.map(({ group }) => group));
  const chains = readChains(plan, [...router.list('fallbacks'), ...settings.list('fallbacks')]);
  const byDefault = [...router.texts('default_fallbacks'), ...settings.texts('default_fallbacks')];
  for (const group of groups)
    if (byDefault.length > 0 && !chains.has(group) && !group.includes('*'))
      chains.set(
        group,
        byDefault.filter((other) => other !== group),
      );
  const wild = [...groups].filter((group) => group.includes('*') && !chains.has(group));
  if (byDefault.length > 0 && wild.length > 0)
    plan.missing(
      `default_fallbacks of ${wild.join(', ')}`,
      'Only groups with a name of their own have them here.',
    );
  const lowest = Math.min(0, ...plan.upstreams.map(({ members }) => Number(members['priority'] ?? 0)));
  const own = [...plan.upstreams];
  let longest = 0;
  for (const [group, chain] of chains) {
    let level = 0;
    for (const other of chain) {
      const serving = own.filter((upstream) => targetOf(upstream, other) !== undefined);
      if (serving.length === 0 || !groups.has(group)) {
        plan.missing(`fallback from ${group} to ${other}`, 'One of the two is no model of the list.');
        continue;
      }
      level++;
      for (const upstream of serving) addFallback(plan, upstream, { group, other, priority: lowest - level });
    }
    if (level > 0) plan.carried(`fallbacks of ${group}: ${chain.join(', ')}`);
    longest = Math.max(longest, level);
  }
  if (longest > 0)
    plan.changed(
      'fallbacks',
      'Each is an upstream of its own with a lower priority: what it uses counts against its own limits.',
    );
  return longest;
}

/** [{ group: [others] }] → group → others. */
function readChains(plan: PlanBuilder, list: readonly unknown[]): Map<string, readonly string[]> {
  const chains = new Map<string, readonly string[]>();
  for (const entry of list) {
    const pairs = isObject(entry) ? Object.entries(entry) : [];
    for (const [group, others] of pairs) {
      const names = Array.isArray(others)
        ? others.filter((name): name is string => typeof name === 'string')
        : [];
      if (names.length === 0) plan.missing(`fallbacks of ${group}`, 'They are no list of names.');
      else chains.set(group, names);
    }
    if (pairs.length === 0) plan.missing('fallbacks', 'An entry is not of the form {name: [names]}.');
  }
  return chains;
}

/** The name to send when this upstream is asked for a group. */
function targetOf({ id, members }: PlannedUpstream, group: string): string | undefined {
  const { aliases, models } = members;
  // Written by this importer alone: names and texts.
  const names = (aliases ?? {}) as Readonly<Record<string, string>>;
  if (Object.hasOwn(names, group)) return names[group];
  // A wildcard: "groq/llama" at the upstream "groq".
  if (models === undefined && group.startsWith(`${id}/`)) return group.slice(id.length + 1);
  return Array.isArray(models) && models.includes(group) ? group : undefined;
}

function addFallback(
  plan: PlanBuilder,
  upstream: PlannedUpstream,
  { group, other, priority }: { readonly group: string; readonly other: string; readonly priority: number },
): void {
  const target = targetOf(upstream, other);
  if (target === undefined) return;
  const existing = plan.upstreams.find(
    ({ members, why }) => members['priority'] === priority && why.startsWith(`Fallback at ${upstream.id}:`),
  );
  const { models: _models, aliases: _aliases, prices, modelLimits, ...rest } = upstream.members;
  if (existing !== undefined) {
    const aliases = (existing.members['aliases'] ?? {}) as Readonly<Record<string, string>>;
    const models = existing.members['models'];
    const listed = Array.isArray(models) ? models : [];
    plan.upstreams[plan.upstreams.indexOf(existing)] = {
      ...existing,
      why: `${existing.why}, ${group} → ${other}`,
      members: {
        ...existing.members,
        models: [...new Set([...listed, group])],
        aliases: { ...aliases, [group]: target },
      },
    };
    return;
  }
  plan.upstreams.push({
    id: plan.upstreamId(`${upstream.id}-fallback`),
    why: `Fallback at ${upstream.id}: ${group} → ${other}`,
    members: {
      ...rest,
      priority,
      models: [group],
      aliases: { [group]: target },
      ...(modelLimits === undefined ? {} : { modelLimits }),
      ...(prices === undefined ? {} : { prices }),
    },
    keys: upstream.keys,
  });
}
