// A plan as the configuration of a gateway that has no file: references are replaced by what the environment holds now.

import type { Environment } from '../config/environment.ts';
import { type ConfigCheck, checkConfig } from '../config/load.ts';
import { FromVariable, type ImportPlan, type PlanValue, SecretText } from './plan.ts';
import { clientValue } from './write.ts';

/** Checks the configuration that a plan comes to in an environment. */
export function checkPlan(plan: ImportPlan, env: Environment): ConfigCheck {
  const sections = [...plan.sections].map(([name, { value }]) => [name, plain(value, env)] as const);
  return checkConfig({
    ...Object.fromEntries(sections),
    clients: plan.clients.map((client) => plain(clientValue(client), env)),
    upstreams: plan.upstreams.map(({ id, members, keys }) => {
      const listed = keys.flatMap(({ values, variable, enabled }) => {
        const known = values.length > 0 || variable === undefined ? values : [env[variable] ?? ''];
        return known.map((key) => ({ key, enabled }));
      });
      const written = listed.length === 0 ? {} : { keys: listed };
      return { id, ...Object.fromEntries(membersOf(members, env)), ...written };
    }),
  });
}

function membersOf(
  value: { readonly [name: string]: PlanValue },
  env: Environment,
): readonly (readonly [string, unknown])[] {
  return Object.entries(value).map(([name, item]) => [name, plain(item, env)] as const);
}

function plain(value: PlanValue, env: Environment): unknown {
  if (value instanceof FromVariable) return env[value.variable] ?? '';
  if (value instanceof SecretText) return value.secret;
  if (Array.isArray(value)) return value.map((item: PlanValue) => plain(item, env));
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(membersOf(value as { readonly [name: string]: PlanValue }, env));
  return value;
}
