// What differs between two configurations, place by place. Entries with an id are the same entry wherever they stand.

import { createHash } from 'node:crypto';
import { canonicalText } from '../../core/json/canonical.ts';
import type { JsonValue } from '../document.ts';
import { type PathStep, pathText } from '../problem.ts';
import { withoutSecrets } from './secret-places.ts';

/** One difference, as it may be shown: secrets are hidden. */
export interface Change {
  /** As in "upstreams[0].priority"; of what is gone, where it stood. */
  readonly path: string;
  /** undefined: it was not there. */
  readonly before: JsonValue | undefined;
  /** undefined: it is gone. */
  readonly after: JsonValue | undefined;
  /** Most take effect at once, for the next request; some belong to the start of the program. */
  readonly takesEffect: 'now' | 'at the next start';
}

/** What a change leaves at a place: enough to know later whether it is still that. */
export interface Trace {
  /** The place by names, as in "upstreams.openai.priority": the same wherever the entry stands in its list. */
  readonly place: string;
  /** Hash of the value; '' where it is gone. */
  readonly hash: string;
}

/** All that differs. */
export interface Comparison {
  readonly changes: readonly Change[];
  readonly traces: readonly Trace[];
}

/** What is bound or opened when the program starts. */
const AT_START: readonly (readonly [section: string, names: readonly string[]])[] = [
  ['server', ['host', 'port', 'compatListeners', 'workers']],
  ['storage', ['url', 'retentionDays', 'maxBytes', 'spoolBytes']],
  ['log', ['file', 'folder', 'maxFileBytes', 'retentionDays']],
  ['cache', ['url', 'maxBytes']],
  ['state', ['url', 'prefix', 'instances', 'timeoutMs']],
  ['metrics', ['enabled']],
];

/** An object of JSON. */
export type Members = { [name: string]: JsonValue };

/** Compares two configurations as written (references are texts). */
export function compare(before: JsonValue, after: JsonValue): Comparison {
  const changes: Change[] = [];
  const traces: Trace[] = [];
  const visit = (
    path: readonly PathStep[],
    place: readonly string[],
    was: JsonValue | undefined,
    is: JsonValue | undefined,
  ): void => {
    if (same(was, is)) return;
    if (isMembers(was) && isMembers(is)) {
      for (const name of new Set([...Object.keys(was), ...Object.keys(is)]))
        visit([...path, name], [...place, name], was[name], is[name]);
      return;
    }
    const entriesBefore = entriesOf(was);
    const entriesAfter = entriesOf(is);
    if (entriesBefore !== undefined && entriesAfter !== undefined) {
      for (const [id, { item, index }] of entriesAfter)
        visit([...path, index], [...place, id], entriesBefore.get(id)?.item, item);
      for (const [id, { item, index }] of entriesBefore)
        if (!entriesAfter.has(id)) visit([...path, index], [...place, id], item, undefined);
      const kept = [...entriesBefore.keys()].filter((id) => entriesAfter.has(id));
      const now = [...entriesAfter.keys()].filter((id) => entriesBefore.has(id));
      if (!same(kept, now)) changes.push(changeOf(path, kept, now));
      return;
    }
    changes.push(changeOf(path, was, is));
    const left = is === undefined ? leavesOf(was, place) : leavesOf(is, place);
    for (const leaf of left) traces.push(is === undefined ? { ...leaf, hash: '' } : leaf);
  };
  visit([], [], before, after);
  return { changes, traces };
}

function changeOf(path: readonly PathStep[], was: JsonValue | undefined, is: JsonValue | undefined): Change {
  const text = pathText(path);
  const changed = (name: string): boolean => !same(memberOf(was, name), memberOf(is, name));
  const later = AT_START.some(([section, names]) =>
    names.some((name) => text === `${section}.${name}` || (text === section && changed(name))),
  );
  return {
    path: text,
    before: was && withoutSecrets(path, was),
    after: is && withoutSecrets(path, is),
    takesEffect: later ? 'at the next start' : 'now',
  };
}

function memberOf(value: JsonValue | undefined, name: string): JsonValue | undefined {
  return isMembers(value) ? value[name] : undefined;
}

/** One value that is no object, with its place. */
export interface Leaf extends Trace {
  readonly path: readonly PathStep[];
  readonly value: JsonValue;
}

/** All values below a value. Lists of entries with ids are gone through; other lists are one value. */
export function leavesOf(
  value: JsonValue | undefined,
  place: readonly string[] = [],
  path: readonly PathStep[] = place,
): readonly Leaf[] {
  if (value === undefined) return [];
  const entries = entriesOf(value);
  if (entries !== undefined && entries.size > 0)
    return [...entries].flatMap(([id, { item, index }]) => leavesOf(item, [...place, id], [...path, index]));
  if (isMembers(value) && Object.keys(value).length > 0)
    return Object.entries(value).flatMap(([name, item]) => leavesOf(item, [...place, name], [...path, name]));
  return [{ place: place.join('.'), hash: hashOf(value), path, value }];
}

function hashOf(value: JsonValue): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 16);
}

/** The entries of a list by id; undefined where it is no list of entries that each have an id of their own. */
function entriesOf(
  value: JsonValue | undefined,
): ReadonlyMap<string, { readonly item: JsonValue; readonly index: number }> | undefined {
  if (!Array.isArray(value)) return undefined;
  const entries = new Map<string, { readonly item: JsonValue; readonly index: number }>();
  for (const [index, item] of value.entries()) {
    const id = isMembers(item) ? item['id'] : undefined;
    if (typeof id !== 'string' || entries.has(id)) return undefined;
    entries.set(id, { item, index });
  }
  return entries;
}

/** True for an object of JSON. */
export function isMembers(value: JsonValue | undefined): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function same(left: JsonValue | undefined, right: JsonValue | undefined): boolean {
  if (left === right) return true;
  if (left === undefined || right === undefined) return false;
  return canonicalText(left) === canonicalText(right);
}
