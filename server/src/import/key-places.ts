// Decides where each imported key is kept: in the variable that holds it already, sealed beside the ledger, or in the
// file itself.

import type { Environment } from '../config/environment.ts';
import { splitKeys } from '../config/resolve-keys.ts';
import type { ImportPlan, PlannedKey, PlannedUpstream } from './plan.ts';

/** What the user may ask for. */
export const SECRET_PLACES = ['env', 'vault', 'inline'] as const;

/** One of them. */
export type SecretPlace = (typeof SECRET_PLACES)[number];

/** A key to be stored, sealed. */
export interface KeyToStore {
  readonly upstream: string;
  readonly secret: string;
  readonly enabled: boolean;
}

/** An entry of `keys` to be written: a reference, or the key itself. */
export type KeyEntry = { readonly enabled: boolean } & (
  | { readonly variable: string }
  | { readonly secret: string }
);

/** Where all keys of a plan go. */
export interface KeyPlaces {
  /** upstream id → entries of its `keys`; absent where there are none. */
  readonly entries: ReadonlyMap<string, readonly KeyEntry[]>;
  readonly stored: readonly KeyToStore[];
  /** Variables that were made up: which one is to hold the key of which upstream. */
  readonly invented: readonly { readonly variable: string; readonly upstream: string }[];
}

/** Splits the keys that one text holds: commas, semicolons and white space separate; quotes around one go. */
export function keysIn(text: string): readonly string[] {
  const parts = text.split(/[\s,;]+/).map((part) => part.replace(/^["']|["']$/g, ''));
  return [...new Set(parts.filter((part) => part !== ''))];
}

/** Gives every key its place. Without a wish: the variable where `env` has it, else the vault. */
export function placeKeys(
  plan: Pick<ImportPlan, 'upstreams'>,
  wish: SecretPlace | undefined,
  env: Environment,
): KeyPlaces {
  const entries = new Map<string, readonly KeyEntry[]>();
  const stored: KeyToStore[] = [];
  const invented: { variable: string; upstream: string }[] = [];
  for (const upstream of plan.upstreams) {
    const own: KeyEntry[] = [];
    for (const [index, key] of upstream.keys.entries()) {
      const { enabled, values, variable } = key;
      const place = placeFor(key, wish, env);
      if (place === 'vault') {
        for (const secret of values) stored.push({ upstream: upstream.id, secret, enabled });
      } else if (place === 'inline') {
        for (const secret of values) own.push({ enabled, secret });
      } else {
        const name = variable ?? inventedName(upstream, index);
        if (variable === undefined) invented.push({ variable: name, upstream: upstream.id });
        own.push({ enabled, variable: name });
      }
    }
    if (own.length > 0) entries.set(upstream.id, own);
  }
  return { entries, stored, invented };
}

function placeFor(
  { variable, values }: PlannedKey,
  wish: SecretPlace | undefined,
  env: Environment,
): SecretPlace {
  if (values.length === 0) return 'env';
  if (wish !== undefined) return wish;
  if (variable === undefined) return 'vault';
  // As the configuration splits what a reference gives: commas and line breaks alone.
  const present = splitKeys(env[variable] ?? '');
  return present.length === values.length && values.every((key) => present.includes(key)) ? 'env' : 'vault';
}

/** SLUICE_MY_UPSTREAM_KEY, with a number from the second key on. */
function inventedName({ id }: PlannedUpstream, index: number): string {
  const name = `SLUICE_${id.toUpperCase().replace(/[^A-Z0-9]+/g, '_')}_KEY`;
  return index === 0 ? name : `${name}_${index + 1}`;
}
