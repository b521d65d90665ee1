// LiteLLM goes to a wildcard only for names that no group has. Here an upstream without a list of models offers every
// name of its vendor, so routes say which upstreams may serve a group.

import type { PlanBuilder, PlanMembers } from '../plan.ts';
import type { Served } from './litellm-upstreams.ts';

/** Writes routes where there are wildcards; without any, the lists of models say everything. `aliases`: name → group. */
export function planRoutes(plan: PlanBuilder, served: Served, aliases: ReadonlyMap<string, string>): void {
  const wild = [...served.keys()].filter((group) => group.includes('*'));
  if (wild.length === 0) return;
  const named = new Map<string, { names: string[]; upstreams: readonly string[] }>();
  for (const [group, ids] of served) {
    if (group.includes('*')) continue;
    const upstreams = [...new Set([...ids, ...offering(plan, group)])];
    const same = named.get(upstreams.join()) ?? { names: [], upstreams };
    const others = [...aliases].filter(([, target]) => target === group).map(([name]) => name);
    same.names.push(group, ...others);
    named.set(upstreams.join(), same);
  }
  const routes: PlanMembers[] = [...named.values()].map(({ names, upstreams }, index) => ({
    id: index === 0 ? 'groups' : `groups-${index + 1}`,
    models: names,
    upstreams,
  }));
  // The longest is the most exact; "*" is last and takes what is left.
  for (const [index, group] of wild.sort((a, b) => b.length - a.length).entries())
    routes.push({
      id: group === '*' ? 'other-models' : `wildcard-${index + 1}`,
      ...(group === '*' ? {} : { models: [group] }),
      upstreams: [...(served.get(group) ?? [])],
    });
  plan.section(
    'routes',
    routes,
    'A name of a group goes to its deployments and fallbacks alone, everything else to the wildcard that fits it best.',
  );
  plan.carried('which deployments a name may go to, as routes');
  if (!served.has('*'))
    plan.changed(
      'names that no group has',
      `They go to the upstreams of ${wild.join(', ')} without the prefix, too, instead of being refused.`,
    );
}

/** Upstreams that list the name: its fallbacks, too. */
function offering(plan: PlanBuilder, group: string): readonly string[] {
  return plan.upstreams
    .filter(({ members: { models } }) => Array.isArray(models) && models.includes(group))
    .map(({ id }) => id);
}
