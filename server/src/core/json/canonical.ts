// JSON that comes out the same whatever the order in which its members were written, so that it can be compared and hashed.

import { isObject } from '../model/json.ts';

/** The value as JSON text: members in the order of their names, those that are undefined left out. */
export function canonicalText(value: unknown): string {
  return JSON.stringify(value, ordered);
}

/** Objects as JSON.stringify is to see them. `__proto__` is a member like any other. */
function ordered(_name: string, value: unknown): unknown {
  if (!isObject(value)) return value;
  const names = Object.keys(value);
  if (names.length < 2) return value;
  const sorted: Record<string, unknown> = Object.create(null);
  for (const name of names.sort()) sorted[name] = value[name];
  return sorted;
}

/** JSON text in canonical form; text that is not JSON stays as it is. */
export function canonicalJson(text: string): string {
  try {
    return canonicalText(JSON.parse(text));
  } catch {
    return text;
  }
}
