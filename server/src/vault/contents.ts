// What stands in keys.json: stored keys, sealed or as the name of an environment variable, and the operator's word on
// keys that stand elsewhere. Reading is strict, so that a damaged file is reported and never half understood.

import { KEY_NAME } from '../config/key-fault.ts';

/** What all stored keys have in common. */
interface StoredFacts {
  /** `k_` and 8 hex digits: from the secret, or from the name of the variable. */
  readonly id: string;
  /** Id of an upstream or of a provider. */
  readonly upstream: string;
  readonly name?: string;
  /** ISO 8601. */
  readonly addedAt: string;
  readonly disabled?: true;
}

/** A stored key as it stands in the file. */
export type StoredEntry = StoredFacts & ({ readonly sealed: string } | { readonly env: string });

/** A key that stands in the configuration or the environment and is taken out of use. */
export interface DisabledKey {
  readonly upstream: string;
  readonly id: string;
}

/** The whole of keys.json. */
export interface Contents {
  readonly keys: readonly StoredEntry[];
  readonly disabled: readonly DisabledKey[];
}

/** A file that is not there. */
export const NO_CONTENTS: Contents = { keys: [], disabled: [] };

const VERSION = 1;
/** More than anybody has; a file with more was not written here. */
const MOST_ENTRIES = 10_000;

type Members = Readonly<Record<string, unknown>>;

function membersOf(value: unknown): Members | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Members)
    : undefined;
}

function isText(value: unknown, pattern: RegExp): value is string {
  return typeof value === 'string' && value.length <= 100_000 && pattern.test(value);
}

const ID = /^k_[0-9a-z]{4,16}$/;
const UPSTREAM = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
/** Name of an environment variable. */
export const VARIABLE: RegExp = /^[A-Za-z_][A-Za-z0-9_]{0,127}$/;

function entryOf(value: unknown): StoredEntry | undefined {
  const members = membersOf(value);
  if (members === undefined) return undefined;
  const { id, upstream, name, addedAt, disabled, sealed, env } = members as Partial<
    Record<'id' | 'upstream' | 'name' | 'addedAt' | 'disabled' | 'sealed' | 'env', unknown>
  >;
  if (!isText(id, ID) || !isText(upstream, UPSTREAM) || !isText(addedAt, /^\d{4}-\d\d-\d\dT[\d:.]+Z$/))
    return undefined;
  if (name !== undefined && !isText(name, KEY_NAME)) return undefined;
  if (disabled !== undefined && typeof disabled !== 'boolean') return undefined;
  const facts: StoredFacts = {
    id,
    upstream,
    ...(name === undefined ? {} : { name }),
    addedAt,
    ...(disabled === true ? { disabled } : {}),
  };
  if (isText(sealed, /^v\d+\.[\w-]+$/) && env === undefined) return { ...facts, sealed };
  if (isText(env, VARIABLE) && sealed === undefined) return { ...facts, env };
  return undefined;
}

function disabledOf(value: unknown): DisabledKey | undefined {
  const members = membersOf(value);
  const id = members?.['id'];
  const upstream = members?.['upstream'];
  return isText(id, ID) && isText(upstream, UPSTREAM) ? { upstream, id } : undefined;
}

function listOf<T>(value: unknown, read: (item: unknown) => T | undefined): readonly T[] | undefined {
  if (!Array.isArray(value) || value.length > MOST_ENTRIES) return undefined;
  const items = value.map(read);
  return items.every((item) => item !== undefined) ? items : undefined;
}

/** Reads keys.json. A text is what is wrong with it; it never repeats what stands there. */
export function readContents(text: string): Contents | string {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return 'it is not JSON';
  }
  const members = membersOf(value);
  const version = members?.['version'];
  if (members === undefined || typeof version !== 'number') return 'it is not a file of stored keys';
  if (version !== VERSION) return `its version is ${version}, and this Sluice knows version ${VERSION}`;
  const keys = listOf(members['keys'], entryOf);
  const disabled = listOf(members['disabled'] ?? [], disabledOf);
  if (keys === undefined) return 'one of its keys is not written as it should be';
  if (disabled === undefined) return 'its list of disabled keys is not written as it should be';
  return { keys, disabled };
}

/** The text of keys.json. */
export function writeContents({ keys, disabled }: Contents): string {
  return `${JSON.stringify({ version: VERSION, keys, disabled }, undefined, 2)}\n`;
}
