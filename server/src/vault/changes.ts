// What the commands do to the stored keys, as functions of the contents.

import { hashKey } from '../config/resolve-clients.ts';
import { upstreamKey } from '../config/resolve-keys.ts';
import type { Contents, DisabledKey, StoredEntry } from './contents.ts';
import type { SealEntry } from './vault.ts';

/** A key to be stored: itself, or the variable that holds it. */
export interface NewKey {
  readonly upstream: string;
  readonly name: string | undefined;
  readonly value: { readonly secret: string } | { readonly env: string };
  readonly nowMs: number;
}

/** What became of a key that was added. */
export interface Added {
  readonly id: string;
  /** renewed: it was there already; it has been enabled and, where one was given, renamed. */
  readonly what: 'added' | 'renewed';
  readonly wasDisabled: boolean;
}

/** The id of a key. One that is kept elsewhere is known by where, because what stands there may change. */
export function keyIdOf(value: NewKey['value']): string {
  return 'secret' in value ? upstreamKey(value.secret).id : `k_${hashKey(`env ${value.env}`).slice(0, 8)}`;
}

const is =
  ({ upstream, id }: DisabledKey): ((other: DisabledKey) => boolean) =>
  (other) =>
    other.upstream === upstream && other.id === id;

/** Adds a key; one that is there already is enabled again. `configured`: it stands in the configuration too. */
export function withAdded(
  contents: Contents,
  key: NewKey,
  seal: SealEntry,
  configured: boolean,
): { readonly contents?: Contents; readonly value: Added } {
  const id = keyIdOf(key.value);
  const { upstream, name, value } = key;
  const same = is({ upstream, id });
  const present = contents.keys.find(same);
  const wasDisabled = present?.disabled === true || contents.disabled.some(same);
  if (present !== undefined || configured) {
    const enabled = withEnabled(contents, { upstream, id });
    if (name === undefined || present === undefined)
      return { contents: enabled, value: { id, what: 'renewed', wasDisabled } };
    const keys = enabled.keys.map((entry) => (same(entry) ? { ...entry, name } : entry));
    return { contents: { ...enabled, keys }, value: { id, what: 'renewed', wasDisabled } };
  }
  const facts = {
    id,
    upstream,
    ...(name === undefined ? {} : { name }),
    addedAt: new Date(key.nowMs).toISOString(),
  };
  const entry: StoredEntry =
    'secret' in value ? { ...facts, sealed: seal(value.secret, upstream, id) } : { ...facts, env: value.env };
  return {
    contents: { ...withEnabled(contents, { upstream, id }), keys: [...contents.keys, entry] },
    value: { id, what: 'added', wasDisabled },
  };
}

/** Removes a stored key; undefined when there is none. */
export function withoutKey(contents: Contents, key: DisabledKey): Contents | undefined {
  const same = is(key);
  if (!contents.keys.some(same)) return undefined;
  return {
    keys: contents.keys.filter((entry) => !same(entry)),
    disabled: contents.disabled.filter((entry) => !same(entry)),
  };
}

/** Puts a key back into use. */
export function withEnabled(contents: Contents, key: DisabledKey): Contents {
  const same = is(key);
  const keys = contents.keys.map((entry) => {
    if (!same(entry)) return entry;
    const { disabled: _, ...enabled } = entry;
    return enabled;
  });
  return { keys, disabled: contents.disabled.filter((entry) => !same(entry)) };
}

/** Takes a key out of use: in its entry, or beside the entries where it is not a stored one. */
export function withDisabled(contents: Contents, key: DisabledKey): Contents {
  const same = is(key);
  if (contents.keys.some(same)) {
    const keys = contents.keys.map((entry) => (same(entry) ? { ...entry, disabled: true as const } : entry));
    return { ...contents, keys };
  }
  if (contents.disabled.some(same)) return contents;
  return { ...contents, disabled: [...contents.disabled, { upstream: key.upstream, id: key.id }] };
}
