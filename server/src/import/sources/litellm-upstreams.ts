// Deployments of LiteLLM as upstreams: those that share address, key and rank become one upstream with several models;
// those of one name at different places take turns by the order of the routing.

import type { Environment } from '../../config/environment.ts';
import { findProvider } from '../../core/providers/index.ts';
import { keysIn } from '../key-places.ts';
import type { PlanBuilder, PlanMembers, PlannedKey, PlanValue } from '../plan.ts';
import type { Deployment } from './litellm-deployments.ts';

/** Gathers deployments into upstreams. Without a key of its own a deployment takes the variable of its vendor. */
export function planDeployments(
  plan: PlanBuilder,
  deployments: readonly Deployment[],
  known: Environment,
): void {
  const upstreams = new Map<string, Deployment[]>();
  for (const deployment of deployments) {
    const { members, key, order, weight, group, model } = deployment;
    const same = JSON.stringify([members, key ?? null, order, weight ?? null]);
    // One upstream has one target for a name.
    for (let count = 1; ; count++) {
      const found = upstreams.get(`${same} ${count}`);
      if (found === undefined) upstreams.set(`${same} ${count}`, [deployment]);
      else if (found.some((other) => other.group === group && other.model !== model)) continue;
      else found.push(deployment);
      break;
    }
  }
  for (const [first, ...rest] of upstreams.values())
    if (first !== undefined) planUpstream(plan, first, [first, ...rest], known);
}

function planUpstream(
  plan: PlanBuilder,
  { members, key, order, weight }: Deployment,
  all: readonly Deployment[],
  known: Environment,
): void {
  const wild = all.filter(({ model }) => model.includes('*'));
  const named = all.filter(({ model }) => !model.includes('*'));
  const aliases = named.filter(({ group, model }) => group !== model);
  const limits = named.filter((one) => Object.keys(one.limits).length > 0);
  const prices = named.filter(({ price }) => price !== undefined);
  const provider = String(members['provider']);
  const id = plan.upstreamId(idFor(provider, members, wild));
  const variable = OWN_VARIABLES[provider] ?? findProvider(provider)?.environment[0];
  const keys = key ?? keyIn(variable, known);
  plan.upstreams.push({
    id,
    why: all.map(({ place, group }) => `${place} ${group}`).join(', '),
    members: {
      ...members,
      ...(order === 0 ? {} : { priority: -Math.round(order) }),
      ...(weight === undefined ? {} : { weight }),
      // The names of groups alone are offered, as there: those of the vendor are not.
      ...(wild.length > 0 ? {} : { models: [...new Set(named.map(({ group }) => group))] }),
      ...mapped('aliases', aliases, ({ group, model }) => [group, model]),
      ...mapped('modelLimits', limits, (one) => [one.model, one.limits]),
      ...mapped('prices', prices, (one) => [one.model, one.price ?? null]),
    },
    keys: keys === undefined ? [] : [keys],
  });
  plan.carried(`${all.map(({ group }) => group).join(', ')} at upstream ${id}`);
  for (const { group, model } of wild)
    if (group !== '*' && group !== `${id}/*`)
      plan.changed(`${group} for ${model}`, `Ask for these models as ${id}/<model>, or by their own names.`);
}

function keyIn(variable: string | undefined, known: Environment): PlannedKey | undefined {
  if (variable === undefined) return undefined;
  return { variable, values: keysIn(known[variable] ?? ''), enabled: true };
}

/** Names of variables that LiteLLM reads and that are not those of the preset. */
const OWN_VARIABLES: Readonly<Record<string, string>> = {
  'azure-openai': 'AZURE_API_KEY',
  together: 'TOGETHERAI_API_KEY',
  nvidia: 'NVIDIA_NIM_API_KEY',
  perplexity: 'PERPLEXITYAI_API_KEY',
  fireworks: 'FIREWORKS_AI_API_KEY',
};

/** "groq/*" is asked for as groq/<model>, which here is the id of an upstream. */
function idFor(provider: string, members: PlanMembers, wild: readonly Deployment[]): string {
  const prefix = wild.map(({ group }) => /^([\w.-]+)\/\*$/.exec(group)?.[1]).find((one) => one !== undefined);
  if (prefix !== undefined) return prefix;
  if (provider !== 'openai-compatible') return provider;
  const { baseUrl } = members;
  return typeof baseUrl === 'string' && URL.canParse(baseUrl) ? new URL(baseUrl).hostname : 'compatible';
}

/** A member that maps names to values; nothing where there are none. */
function mapped(
  name: string,
  all: readonly Deployment[],
  pair: (deployment: Deployment) => readonly [string, PlanValue],
): PlanMembers {
  return all.length === 0 ? {} : { [name]: Object.fromEntries(all.map(pair)) };
}
