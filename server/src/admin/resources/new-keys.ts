// Keys that come with an upstream are sealed instead of being written into the file.

import type { NewUpstreamKey } from '../../config/edit/orders.ts';
import { KEY_NAME, keyFault } from '../../config/key-fault.ts';
import { HIDDEN, hideLiterals } from '../../config/references.ts';
import { splitKeys } from '../../config/resolve-keys.ts';
import { isObject } from '../../core/model/json.ts';
import type { EntryBody } from '../contract/entries.ts';
import type { AdminParts } from '../parts.ts';

/** What goes into the file, and what is sealed. */
export interface Sealable {
  readonly body: EntryBody;
  readonly newKeys: readonly NewUpstreamKey[];
}

/** Takes the keys out of what is sent that can be sealed: those that say nothing but themselves and a name. */
export function sealable(
  { keyStore }: AdminParts,
  upstream: string,
  body: EntryBody,
  method: 'POST' | 'PUT' | 'PATCH',
): Sealable {
  const { keys, ...rest } = body;
  if (keyStore === undefined || !Array.isArray(keys)) return { body, newKeys: [] };
  const newKeys: NewUpstreamKey[] = [];
  const left = keys.filter((entry: unknown) => {
    const found = literalKey(entry);
    if (found === undefined) return true;
    const parts = splitKeys(found.key);
    if (found.name !== undefined && !KEY_NAME.test(found.name)) return true;
    if (parts.length === 0 || parts.some((secret) => keyFault(secret) !== undefined)) return true;
    for (const secret of parts)
      newKeys.push({ upstream, value: { secret }, ...(parts.length === 1 ? { name: found.name } : {}) });
    return false;
  });
  if (newKeys.length === 0) return { body, newKeys };
  if (left.length > 0) return { body: { ...rest, keys: left }, newKeys };
  // The keys that are sent stand for those that stood there: nothing is left of these either.
  return { body: method === 'PATCH' ? { ...rest, keys: null } : rest, newKeys };
}

function literalKey(entry: unknown): { readonly key: string; readonly name: string | undefined } | undefined {
  if (typeof entry === 'string') return isLiteral(entry) ? { key: entry, name: undefined } : undefined;
  if (!isObject(entry)) return undefined;
  const { key, name, ...more } = entry as { readonly key?: unknown; readonly name?: unknown };
  if (typeof key !== 'string' || !isLiteral(key) || Object.keys(more).length > 0) return undefined;
  return { key, name: typeof name === 'string' ? name : undefined };
}

function isLiteral(text: string): boolean {
  return hideLiterals(text) !== text && !text.includes(HIDDEN) && !text.includes('${');
}
