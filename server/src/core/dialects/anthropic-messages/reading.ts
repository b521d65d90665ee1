// What readers of this format share besides kit/read-wire: cache marks, and how a node remembers the rarer of two forms.

import type { CacheMark, Part } from '../../model/content.ts';
import { isObject, type JsonObject } from '../../model/json.ts';
import type { ToolDefinition } from '../../model/request.ts';
import { hasMembers, otherMembers } from '../kit/read-wire.ts';

/**
 * The `ext` that has no members, by identity: what it stands on was written in the longer or rarer of two forms that mean
 * the same. On the only text of a content: the content was a bare string. On a turn: it stood among the messages although
 * it is a leading system turn, or its list was empty on purpose. On a tool: `type: "custom"` was written out.
 */
export const MARKED: JsonObject = {};

/** The list of tools, by identity, that was there and empty. */
export const NO_TOOLS: readonly ToolDefinition[] = [];

/** `{ ext }`, to be spread; nothing where there are no members. */
export function extra(rest: JsonObject): { readonly ext?: JsonObject } {
  return hasMembers(rest) ? { ext: rest } : {};
}

/** The mark that a `cache_control` is; undefined where there is none. */
export function markOf(control: unknown): CacheMark | undefined {
  if (!isObject(control) || control['type'] !== 'ephemeral') return undefined;
  const ttl = control['ttl'];
  return typeof ttl === 'string' ? { ttl } : {};
}

/**
 * The node with its `cache` and `ext`: members that are not in `known`, and those of `more`. A cache_control that says more
 * than a mark can is kept as it is, too.
 */
export function withFacts<Node extends Pick<Part, 'cache' | 'ext'>>(
  node: Node,
  block: JsonObject,
  known: ReadonlySet<string>,
  more?: JsonObject,
): Node {
  const control = block['cache_control'];
  const others = otherMembers(block, known);
  const rest = more === undefined || !hasMembers(more) ? others : { ...others, ...more };
  if (control === undefined || control === null) return rest === undefined ? node : { ...node, ext: rest };
  const cache = markOf(control);
  if (cache === undefined) return { ...node, ext: { ...rest, cache_control: control } };
  const said = cache.ttl === undefined ? 1 : 2;
  const isWhole = Object.keys(Object(control)).length === said;
  const ext = isWhole ? rest : { ...rest, cache_control: control };
  return ext === undefined ? { ...node, cache } : { ...node, cache, ext };
}
