// Changes to lists whose entries have an id (upstreams, clients, routes) and to maps of names, as edits of single values:
// what an entry says that stays the same keeps its place and its comments.

import type { JsonValue } from '../document.ts';
import type { Edit } from './change-text.ts';
import { isMembers, type Members } from './compare.ts';

/** A list of the configuration whose entries have an id. */
export type Section = 'upstreams' | 'clients' | 'routes';

/** The entries of a list as they are written, in their order. */
export function entriesIn(written: JsonValue, section: Section): readonly Members[] {
  const list = isMembers(written) ? written[section] : undefined;
  return Array.isArray(list) ? list.map((entry) => (isMembers(entry) ? entry : {})) : [];
}

/** Where an entry stands; -1 where there is none of this id. */
export function indexIn(written: JsonValue, section: Section, id: string): number {
  return entriesIn(written, section).findIndex((entry) => entry['id'] === id);
}

/** A new last entry. */
export function appending(written: JsonValue, section: Section, entry: JsonValue): readonly Edit[] {
  const present = isMembers(written) && Array.isArray(written[section]);
  return present
    ? [{ path: [section, entriesIn(written, section).length], value: entry }]
    : [{ path: [section], value: [entry] }];
}

/** Makes an entry what it is to be, member by member. */
export function becoming(section: Section, index: number, before: Members, after: Members): readonly Edit[] {
  return memberEdits([section, index], before, after);
}

/** An entry in which some members are others; null takes a member out, objects are merged. As JSON Merge Patch (RFC 7396). */
export function patched(before: JsonValue | undefined, patch: JsonValue): JsonValue {
  if (!isMembers(patch)) return patch;
  const after: Members = isMembers(before) ? { ...before } : {};
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) delete after[name];
    else after[name] = patched(after[name], value);
  }
  return after;
}

/** The list in another order: those that are named first, the others after them as they stand now. */
export function reordering(
  written: JsonValue,
  section: Section,
  ids: readonly string[],
): readonly Edit[] | string {
  const entries = entriesIn(written, section);
  const first: number[] = [];
  for (const id of ids) {
    const index = entries.findIndex((entry) => entry['id'] === id);
    if (index < 0) return `"${section}" has no entry "${id}".`;
    if (first.includes(index)) return `"${id}" is named twice.`;
    first.push(index);
  }
  const rest = [...entries.keys()].filter((index) => !first.includes(index));
  const order = [...first, ...rest];
  return order.every((from, to) => from === to) ? [] : [{ path: [section], order }];
}

function memberEdits(path: readonly (string | number)[], before: Members, after: Members): readonly Edit[] {
  const edits: Edit[] = [];
  for (const name of new Set([...Object.keys(before), ...Object.keys(after)])) {
    const was = before[name];
    const is = after[name];
    const here = [...path, name];
    if (JSON.stringify(was) === JSON.stringify(is)) continue;
    if (isMembers(was) && isMembers(is)) edits.push(...memberEdits(here, was, is));
    else edits.push({ path: here, value: is });
  }
  return edits;
}
