// Reading members of a request. Google's servers take every name in camelCase and in snake_case, numbers also as strings,
// and names of enumerations in any case as recorded; all of that becomes one spelling here.
// https://protobuf.dev/programming-guides/json/

import { isObject, type JsonObject } from '../../model/json.ts';
import { hasMembers, objectIn, type Reading, stringIn, wrong } from '../kit/read-wire.ts';

/** The object with its own members in camelCase; the same object where nothing is to change. Not for maps of names. */
export function spelled(object: JsonObject): JsonObject {
  for (const name in object) if (name.includes('_')) return respelled(object);
  return object;
}

/** Where both spellings are there, camelCase wins. */
function respelled(object: JsonObject): JsonObject {
  const snake: [string, unknown][] = [];
  const camel: [string, unknown][] = [];
  for (const [name, value] of Object.entries(object)) {
    if (/^[a-z][a-zA-Z0-9]*(?:_[a-z0-9]+)+$/.test(name)) snake.push([inCamelCase(name), value]);
    else camel.push([name, value]);
  }
  return Object.fromEntries([...snake, ...camel]);
}

function inCamelCase(name: string): string {
  return name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

/** A number, also one that is written as a string. */
export function numberIn(reading: Reading, from: JsonObject, member: string): number | undefined {
  const value = from[member];
  if (typeof value === 'number') return value;
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'string' && /^-?\d{1,15}(?:\.\d{1,15})?$/.test(value)) return Number(value);
  return wrong(reading, from, member, 'a number');
}

/** A name of an enumeration, in capitals whatever the client wrote. */
export function wordIn(reading: Reading, from: JsonObject, member: string): string | undefined {
  return stringIn(reading, from, member)?.toUpperCase();
}

/** An object with its members in camelCase. */
export function spelledIn(reading: Reading, from: JsonObject, member: string): JsonObject | undefined {
  const found = objectIn(reading, from, member);
  return found === undefined ? undefined : respell(reading, found);
}

/** A list of objects, their members in camelCase; one object alone is taken for a list of it. */
export function objectsIn(reading: Reading, from: JsonObject, member: string): readonly JsonObject[] {
  const value = from[member];
  if (value === undefined || value === null) return [];
  if (isObject(value)) return [respell(reading, value)];
  const objects: JsonObject[] = [];
  if (!Array.isArray(value)) wrong(reading, from, member, 'a list of objects');
  else
    for (let at = 0; at < value.length; at++) {
      const entry: unknown = value[at];
      if (isObject(entry)) objects.push(respell(reading, entry));
      else wrong(reading, value, at, 'an object');
    }
  return objects;
}

/** See `spelled`; faults of the copy are faults of the object. */
export function respell(reading: Reading, object: JsonObject): JsonObject {
  const copy = spelled(object);
  if (copy !== object) reading.copies.set(copy, object);
  return copy;
}

/** `{ext}` when the object has members, else nothing: to be spread into a node. */
export function extOf(rest: JsonObject): { readonly ext?: JsonObject } {
  return hasMembers(rest) ? { ext: rest } : {};
}

/** Members that went to `ext`, put back: objects are merged, anything else of `ext` wins. */
export function withExt(wire: JsonObject, ext: JsonObject | undefined): JsonObject {
  if (ext === undefined) return wire;
  if (!hasMembers(ext)) return wire;
  const nested = Object.entries(ext).flatMap(([name, value]): [string, JsonObject][] => {
    const own = Object.hasOwn(wire, name) ? wire[name] : undefined;
    return isObject(own) && isObject(value) ? [[name, withExt(own, value)]] : [];
  });
  return { ...wire, ...ext, ...Object.fromEntries(nested) };
}
