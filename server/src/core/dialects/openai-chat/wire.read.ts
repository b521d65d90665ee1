// Reads members of a request whose shape nobody has checked yet. What is of the wrong type is noted as a fault that names
// its path, and the first fault is the answer to the request; null counts as absent.

import { type SluiceError, sluiceError } from '../../model/error.ts';
import { isObject, type JsonObject } from '../../model/json.ts';

/** The first thing that was wrong with the request that is being read. */
export interface Faults {
  first: SluiceError | undefined;
}

/** Notes that the member at `path` is not what it must be ("a string", "an object"). */
export function fault(faults: Faults, path: string, expected: string): undefined {
  faults.first ??= sluiceError('invalid_request', `'${path}' must be ${expected}.`, { param: path });
  return undefined;
}

/** A string, the empty one included. */
export function readString(faults: Faults, from: JsonObject, name: string, base = ''): string | undefined {
  const value = from[name];
  if (typeof value === 'string' || value === undefined) return value;
  return value === null ? undefined : fault(faults, base + name, 'a string');
}

/** A number. */
export function readNumber(faults: Faults, from: JsonObject, name: string): number | undefined {
  const value = from[name];
  if (typeof value === 'number' || value === undefined) return value;
  return value === null ? undefined : fault(faults, name, 'a number');
}

/** True or false. */
export function readBoolean(faults: Faults, from: JsonObject, name: string, base = ''): boolean | undefined {
  const value = from[name];
  if (typeof value === 'boolean' || value === undefined) return value;
  return value === null ? undefined : fault(faults, base + name, 'true or false');
}

/** An object. */
export function readObject(
  faults: Faults,
  from: JsonObject,
  name: string,
  base = '',
): JsonObject | undefined {
  const value = from[name];
  if (value === undefined || isObject(value)) return value;
  return value === null ? undefined : fault(faults, base + name, 'an object');
}

/** A list. */
export function readList(
  faults: Faults,
  from: JsonObject,
  name: string,
  base = '',
): readonly unknown[] | undefined {
  const value = from[name];
  if (value === undefined || Array.isArray(value)) return value;
  return value === null ? undefined : fault(faults, base + name, 'an array');
}

/** A list of strings. */
export function readStrings(faults: Faults, from: JsonObject, name: string): readonly string[] | undefined {
  const list = readList(faults, from, name);
  if (list === undefined || list.every((item) => typeof item === 'string')) return list;
  return fault(faults, name, 'an array of strings');
}

/** The members of an object that are not in `known`, null ones aside; undefined when there are none. */
export function unknownMembers(from: JsonObject, known: ReadonlySet<string>): JsonObject | undefined {
  let rest: Record<string, unknown> | undefined;
  for (const name in from) {
    if (known.has(name) || from[name] === null || from[name] === undefined) continue;
    if (name === '__proto__') continue;
    rest ??= {};
    rest[name] = from[name];
  }
  return rest;
}
