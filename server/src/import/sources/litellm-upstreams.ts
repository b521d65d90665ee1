// Deployments of LiteLLM as upstreams: those that share address, key and rank become one upstream with several models;
// those of one name at different places take turns by the order of the routing.

import type { Environment } from '../../config/environment.ts';
import { findProvider } from '../../core/providers/index.ts';
import { keysIn } from '../key-places.ts';
import type { PlanBuilder, PlanMembers, PlannedKey, PlanValue } from '../plan.ts';
import type { Deployment } from './litellm-deployments.ts';

/** Group → ids of the upstreams that its deployments became. */
export type Served = ReadonlyMap<string, readonly string[]>;

/** Gathers deployments into upstreams. Without a key of its own a deployment takes the variable of its vendor. */
export function planDeployments(
  plan: PlanBuilder,
  deployments: readonly Deployment[],
  known: Environment,
): Served {
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
  const served = new Map<string, string[]>();
  const spoken = new Set(deployments.flatMap((one) => (one.model === '*' ? [] : prefixOf(one.group))));
  for (const alike of sameButForKeys([...upstreams.values()])) {
    const [[first, ...rest] = []] = alike;
    if (first === undefined) continue;
    const all: [Deployment, ...Deployment[]] = [first, ...rest];
    const id = planUpstream(plan, all, keysOf(alike, known), spoken);
    for (const { group } of all) served.set(group, [...(served.get(group) ?? []), id]);
  }
  return served;
}

/**
 * A wildcard with several keys is one upstream with as many: "groq/llama" addresses one upstream alone. The others stay
 * apart, since their weights and limits are for each deployment.
 */
function sameButForKeys(upstreams: readonly (readonly Deployment[])[]): (readonly Deployment[])[][] {
  const gathered = new Map<string, (readonly Deployment[])[]>();
  for (const [index, all] of upstreams.entries()) {
    const isWild = all.every(({ model, weight, key }) => model.includes('*') && weight === undefined && key);
    const what = all.map(({ group, model, limits, price, members, order }) => ({
      ...{ group, model, limits, price, members, order },
    }));
    const same = isWild ? JSON.stringify(what) : String(index);
    gathered.set(same, [...(gathered.get(same) ?? []), all]);
  }
  return [...gathered.values()];
}

/** The keys of upstreams that became one; without any, the variable of the vendor. */
function keysOf(alike: readonly (readonly Deployment[])[], known: Environment): readonly PlannedKey[] {
  const own = alike.flatMap(([first]) => (first?.key === undefined ? [] : [first.key]));
  if (own.length > 0) return own;
  const provider = String(alike[0]?.[0]?.members['provider']);
  const key = keyIn(OWN_VARIABLES[provider] ?? findProvider(provider)?.environment[0], known);
  return key === undefined ? [] : [key];
}

/** Answers the id that the upstream got. */
function planUpstream(
  plan: PlanBuilder,
  all: readonly [Deployment, ...Deployment[]],
  keys: readonly PlannedKey[],
  spoken: ReadonlySet<string>,
): string {
  const [{ members, order, weight }] = all;
  const wild = all.filter(({ model }) => model.includes('*'));
  const named = all.filter(({ model }) => !model.includes('*'));
  const aliases = named.filter(({ group, model }) => group !== model);
  const limits = named.filter((one) => Object.keys(one.limits).length > 0);
  const prices = named.filter(({ price }) => price !== undefined);
  const provider = String(members['provider']);
  const wished = idFor(provider, members, wild);
  // "anthropic/claude-…" is a name at another upstream, which must not come to mean this one.
  const id = plan.upstreamId(spoken.has(wished) ? `${wished}-itself` : wished);
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
    keys,
  });
  plan.carried(`${all.map(({ group }) => group).join(', ')} at upstream ${id}`);
  for (const { group, model } of wild)
    if (group !== '*' && group !== model && (group !== `${id}/*` || model !== '*'))
      plan.changed(`${group} for ${model}`, `Ask for these models as ${id}/<model>, or by their own names.`);
  return id;
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

/** "groq" of "groq/*"; nothing of another name. */
function prefixOf(group: string): readonly string[] {
  const prefix = /^([\w.-]+)\/\*$/.exec(group)?.[1];
  return prefix === undefined ? [] : [prefix];
}

/**
 * "groq/*" for all models of Groq is asked for as groq/<model>, which here is the id of an upstream. "anthropic/*" for the
 * models of that name at OpenRouter is none: there the prefix is a part of the name.
 */
function idFor(provider: string, members: PlanMembers, wild: readonly Deployment[]): string {
  const [prefix] = wild.filter(({ model }) => model === '*').flatMap(({ group }) => prefixOf(group));
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
