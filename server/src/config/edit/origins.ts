// To which hosts the keys of an upstream go. Keys are given for an address: when it becomes another one, they do not
// follow by themselves.

import { findProvider } from '../../core/providers/index.ts';
import type { JsonValue } from '../document.ts';
import type { PathStep } from '../problem.ts';
import { isMembers, type Members } from './compare.ts';
import type { Restored } from './secret-text.ts';

/** The addresses of an upstream as it is written. References are compared as they are written. */
function originsOf(entry: Members): ReadonlySet<string> {
  const base = entry['baseUrl'];
  const texts = typeof base === 'string' ? [base] : isMembers(base) ? Object.values(base) : presetUrls(entry);
  return new Set(texts.map((text) => originOf(String(text))));
}

function presetUrls(entry: Members): readonly string[] {
  const provider = findProvider(String(entry['provider'] ?? ''));
  return provider === undefined ? [] : Object.values(provider.bases).filter((url) => url !== undefined);
}

function originOf(text: string): string {
  return URL.canParse(text) ? new URL(text).origin : text;
}

/** True when keys for `before` must not be sent to where `after` is. */
function moved(before: Members, after: Members): boolean {
  const known = originsOf(before);
  return [...originsOf(after)].some((origin) => !known.has(origin));
}

/** Ids of upstreams whose address is another one afterwards. One that is not written yet is that of its provider. */
export function movedUpstreams(before: JsonValue, after: JsonValue): readonly string[] {
  const known = new Map(upstreamsOf(before).map((entry) => [entry['id'], entry]));
  return upstreamsOf(after).flatMap((entry) => {
    const id = entry['id'];
    if (typeof id !== 'string') return [];
    const preset = { id, provider: id };
    const was = known.get(id) ?? (findProvider(id) === undefined ? undefined : preset);
    return was !== undefined && moved(was, entry) ? [id] : [];
  });
}

/** Hidden secrets that have come back to another address than that which they were given for. */
export function astray(
  before: JsonValue,
  after: JsonValue,
  restored: readonly Restored[],
): readonly (readonly PathStep[])[] {
  return restored.flatMap(({ from, to }) => {
    const was = upstreamAt(before, from);
    const is = upstreamAt(after, to);
    if (was === undefined && is === undefined && from[0] === to[0]) return [];
    return was === undefined || is === undefined || moved(was, is) ? [to] : [];
  });
}

/** Id of the upstream that a place is within. */
export function upstreamIdAt(value: JsonValue, path: readonly PathStep[]): string | undefined {
  const id = upstreamAt(value, path)?.['id'];
  return typeof id === 'string' ? id : undefined;
}

function upstreamAt(value: JsonValue, [section, index]: readonly PathStep[]): Members | undefined {
  return section === 'upstreams' && typeof index === 'number' ? upstreamsOf(value)[index] : undefined;
}

function upstreamsOf(value: JsonValue): readonly Members[] {
  const list = isMembers(value) ? value['upstreams'] : undefined;
  return Array.isArray(list) ? list.map((entry) => (isMembers(entry) ? entry : {})) : [];
}
