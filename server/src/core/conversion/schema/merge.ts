// Puts the branches of one schema node together: the parts of an `allOf`, and the alternatives at the root of a tool's
// arguments, where every target wants one plain object.

import { isObject, type JsonObject } from '../../model/json.ts';

/** A node while it is being rewritten, keyword by keyword. */
export type Node = Map<string, unknown>;

/** Equality of JSON values, for small ones: beyond a depth of 8 nothing counts as equal. */
function same(left: unknown, right: unknown, depth = 0): boolean {
  if (left === right) return true;
  if (depth > 8 || typeof left !== 'object' || typeof right !== 'object') return false;
  if (left === null || right === null || Array.isArray(left) !== Array.isArray(right)) return false;
  const keys = Object.keys(left);
  if (keys.length !== Object.keys(right).length) return false;
  for (const key of keys) {
    if (!Object.hasOwn(right, key)) return false;
    if (!same((left as JsonObject)[key], (right as JsonObject)[key], depth + 1)) return false;
  }
  return true;
}

function union(left: unknown, right: unknown): unknown {
  if (!Array.isArray(left) || !Array.isArray(right)) return Array.isArray(left) ? left : right;
  return [...new Set<unknown>([...left, ...right])];
}

/** Properties of both; one that both have must be the same, or the first one's is kept and `clash` is called. */
function properties(left: unknown, right: unknown, clash: () => void): unknown {
  if (!isObject(left) || !isObject(right)) return isObject(left) ? left : right;
  const merged = new Map(Object.entries(left));
  for (const [name, schema] of Object.entries(right)) {
    const there = merged.get(name);
    if (!merged.has(name)) merged.set(name, schema);
    else if (!same(there, schema)) clash();
  }
  return merged.size === Object.keys(left).length ? left : Object.fromEntries(merged);
}

/** Adds one part of an `allOf` to its node. False when both say something else about one thing: the node's word stays. */
export function addPart(node: Node, part: JsonObject): boolean {
  let agrees = true;
  const clash = (): void => {
    agrees = false;
  };
  for (const [key, value] of Object.entries(part)) {
    const there = node.get(key);
    if (!node.has(key)) node.set(key, value);
    else if (key === 'properties' || key === '$defs' || key === 'definitions')
      node.set(key, properties(there, value, clash));
    else if (key === 'required') node.set(key, union(there, value));
    else if (key !== 'title' && key !== 'description' && !same(there, value)) clash();
  }
  return agrees;
}

/**
 * The alternatives of an object as one: all their properties, of which only those are required that every alternative
 * requires. Adds to the node; alternatives that are no objects add nothing.
 */
export function addAlternatives(node: Node, alternatives: readonly JsonObject[]): void {
  const merged = new Map<string, unknown>();
  let required: Set<unknown> | undefined;
  for (const alternative of alternatives) {
    const declared = alternative['properties'];
    const wanted = new Set<unknown>(Array.isArray(alternative['required']) ? alternative['required'] : []);
    required = required === undefined ? wanted : new Set([...required].filter((name) => wanted.has(name)));
    if (!isObject(declared)) continue;
    for (const [name, schema] of Object.entries(declared)) {
      const there = merged.get(name);
      if (there === undefined) merged.set(name, schema);
      else if (!same(there, schema)) merged.set(name, joined(there, schema));
    }
  }
  if (merged.size > 0)
    node.set(
      'properties',
      properties(node.get('properties'), Object.fromEntries(merged), () => {}),
    );
  if (required !== undefined && required.size > 0)
    node.set('required', union(node.get('required'), [...required]));
}

/** Either of two schemas; two lists of values become one. */
function joined(left: unknown, right: unknown): unknown {
  const values = [left, right].map((schema) => {
    if (!isObject(schema)) return undefined;
    if (Array.isArray(schema['enum'])) return schema['enum'] as readonly unknown[];
    return Object.hasOwn(schema, 'const') ? [schema['const']] : undefined;
  });
  const [first, second] = values;
  if (first !== undefined && second !== undefined && isObject(left)) {
    const { const: _one, enum: _many, ...rest } = left;
    return { ...rest, enum: union(first, second) };
  }
  const branches = isObject(left) && Object.keys(left).length === 1 ? left['anyOf'] : undefined;
  return { anyOf: [...(Array.isArray(branches) ? (branches as readonly unknown[]) : [left]), right] };
}
