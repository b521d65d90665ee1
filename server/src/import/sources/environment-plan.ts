// What the three gateways have in common that are configured by variables alone: where the variables stand, which port
// is theirs, and upstreams that the environment gives anyhow.

import { type Environment, keyVariables } from '../../config/environment.ts';
import { Fields } from '../fields.ts';
import { keysIn } from '../key-places.ts';
import { FromVariable, type PlanBuilder, type PlannedKey, SecretText } from '../plan.ts';

/** Variables to read, and what they are called in reports. */
export interface Variables {
  readonly env: Environment;
  /** "the environment", or the name of a file. */
  readonly from: string;
  /** Those that the process itself has: what stands there need not be copied. */
  readonly inherited: Environment;
}

/** A secret of a variable: a reference where the process has it too, else the text itself. */
export function secretIn({ env, inherited }: Variables, name: string): FromVariable | SecretText {
  const value = env[name]?.trim() ?? '';
  return inherited[name]?.trim() === value ? new FromVariable(name) : new SecretText(value);
}

/** PORT, or the port that the gateway has without it. */
export function portOf(env: Environment, ownPort: number): number {
  const port = Number(env['PORT']?.trim() || ownPort);
  return Number.isInteger(port) && port > 0 && port < 65_536 ? port : ownPort;
}

/** Writes the section `server`: the port that clients know, on this machine alone. */
export function planServer(
  plan: PlanBuilder,
  { env }: Variables,
  own: {
    readonly name: string;
    readonly port: number;
    readonly bodyLimitBytes: number;
    readonly body: string;
  },
): void {
  const port = portOf(env, own.port);
  const written = env['PORT']?.trim() ?? '';
  if (written !== '' && Number(written) !== port)
    plan.changed('PORT', `It is not a port from 1 to 65535; ${own.port} stands in, as without it.`);
  plan.section(
    'server',
    { host: '127.0.0.1', port, bodyLimitBytes: own.bodyLimitBytes },
    `The port of ${own.name}, so that its clients find this gateway in its place, and its largest body (${own.body}).`,
    'Other machines reach it when "host" is "0.0.0.0"; then give it clients ("sluice clients add").',
  );
  plan.carried(`PORT (${own.port} without it)`);
  plan.changed(
    'address',
    `${own.name} listens on all addresses without asking for a key; this listens on 127.0.0.1.`,
  );
}

/** The keys of some variables, each with the name of its variable; keys that are there already are left out. */
export function keysFrom(env: Environment, names: readonly string[]): readonly PlannedKey[] {
  const seen = new Set<string>();
  return names.flatMap((variable) => {
    const values = keysIn(env[variable] ?? '').filter((key) => !seen.has(key));
    for (const value of values) seen.add(value);
    return values.length === 0 ? [] : { variable, values, enabled: true };
  });
}

/** The variables that hold keys of a provider, unless its base URL leads to this gateway. */
export function keysOfProvider(env: Environment, provider: string, port: number): readonly PlannedKey[] {
  const names = keyVariables(env, port).flatMap((found) =>
    found.provider.id === provider ? [found.variable] : [],
  );
  return keysFrom(env, names);
}

/** Tells of variables of the gateway that mean nothing here. Those of other programs in the environment are not its. */
export function tellVariables(
  plan: PlanBuilder,
  { env }: Variables,
  meanings: Readonly<Record<string, string>>,
): void {
  for (const [name, why] of Object.entries(meanings))
    if ((env[name]?.trim() ?? '') !== '') plan.missing(name, why);
}

/** The variables as members that can be asked for by type. */
export function variableFields(plan: PlanBuilder, { env }: Variables): Fields {
  return new Fields(env, '', plan);
}
