// References within one schema: what `#/$defs/node` points to, and whether a schema leads back to itself.

import { isObject, type JsonObject } from '../../model/json.ts';

/** Longest chain of definitions that is followed before a schema counts as going in circles. */
const LONGEST_CHAIN = 64;

/** Most values that are looked at in search of circles. */
const MOST_STEPS = 100_000;

function unescaped(step: string): string {
  let text = step;
  try {
    text = decodeURIComponent(step);
  } catch {
    // Not percent-encoded after all.
  }
  return text.replaceAll('~1', '/').replaceAll('~0', '~');
}

/** What a reference of this schema points to; undefined for foreign documents, anchors and for what is not there. */
export function resolved(root: JsonObject, ref: string): JsonObject | boolean | undefined {
  if (ref !== '#' && !ref.startsWith('#/')) return undefined;
  let node: unknown = root;
  for (const step of ref.split('/').slice(1)) {
    if (typeof node !== 'object' || node === null) return undefined;
    const member = unescaped(step);
    if (!Object.hasOwn(node, member)) return undefined;
    node = (node as JsonObject)[member];
  }
  return isObject(node) || typeof node === 'boolean' ? node : undefined;
}

/** The definition a reference points to, as [container, name]; undefined where it points elsewhere, or deeper. */
export function definitionOf(ref: string): readonly [string, string] | undefined {
  const [hash, container, name, more] = ref.split('/');
  if (hash !== '#' || container === undefined || name === undefined || more !== undefined) return undefined;
  return [container, unescaped(name)];
}

/**
 * True when following references can go on for ever. Each target of a reference is looked at once; a schema that takes
 * more than `MOST_STEPS` to look through counts as recursive.
 */
export function isRecursive(root: JsonObject): boolean {
  const done = new Map<string, 'open' | 'done'>();
  let steps = 0;
  const refsBelow = (value: unknown, into: Set<string>, depth: number): void => {
    if (typeof value !== 'object' || value === null || depth > LONGEST_CHAIN || ++steps > MOST_STEPS) return;
    if (Array.isArray(value)) {
      for (const item of value) refsBelow(item, into, depth + 1);
      return;
    }
    for (const [key, member] of Object.entries(value)) {
      if (key === '$ref' && typeof member === 'string') into.add(member);
      else refsBelow(member, into, depth + 1);
    }
  };
  const leadsBack = (ref: string, length: number): boolean => {
    const state = done.get(ref);
    if (state !== undefined) return state === 'open';
    if (length > LONGEST_CHAIN || steps > MOST_STEPS) return true;
    const target = resolved(root, ref);
    if (!isObject(target)) return false;
    done.set(ref, 'open');
    const refs = new Set<string>();
    refsBelow(target, refs, 0);
    for (const next of refs) if (leadsBack(next, length + 1)) return true;
    done.set(ref, 'done');
    return false;
  };
  const first = new Set<string>();
  refsBelow(root, first, 0);
  for (const ref of first) if (leadsBack(ref, 0)) return true;
  return steps > MOST_STEPS;
}
