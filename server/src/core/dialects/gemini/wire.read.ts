// Reading members of a request. Google's servers take every name in camelCase and in snake_case, numbers also as strings,
// and names of enumerations in any case as recorded; all of that becomes one spelling here.
// https://protobuf.dev/programming-guides/json/

import { type SluiceError, sluiceError } from '../../model/error.ts';
import { isObject, type JsonObject } from '../../model/json.ts';

/** What was found wrong while reading; the first find counts, and reading goes on with what is usable. */
export interface Reading {
  fault(path: string, expected: string): void;
  error(): SluiceError | undefined;
}

/** A reading that has found nothing wrong yet. */
export function createReading(): Reading {
  let first: SluiceError | undefined;
  return {
    fault(path, expected) {
      first ??= sluiceError('invalid_request', `\`${path}\` must be ${expected}.`, { param: path });
    },
    error: () => first,
  };
}

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

/** A string; null and absent are undefined. */
export function textAt(reading: Reading, value: unknown, path: string): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'string') return value;
  reading.fault(path, 'a string');
  return undefined;
}

/** A number, also one that is written as a string. */
export function numberAt(reading: Reading, value: unknown, path: string): number | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'number') return value;
  if (typeof value === 'string' && /^-?\d{1,15}(?:\.\d{1,15})?$/.test(value)) return Number(value);
  reading.fault(path, 'a number');
  return undefined;
}

/** True or false. */
export function booleanAt(reading: Reading, value: unknown, path: string): boolean | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'boolean') return value;
  reading.fault(path, 'true or false');
  return undefined;
}

/** An object with its members in camelCase. */
export function objectAt(reading: Reading, value: unknown, path: string): JsonObject | undefined {
  const found = mapAt(reading, value, path);
  return found === undefined ? undefined : spelled(found);
}

/** An object whose names mean something to the caller alone: they stay as they are. */
export function mapAt(reading: Reading, value: unknown, path: string): JsonObject | undefined {
  if (value === undefined || value === null) return undefined;
  if (isObject(value)) return value;
  reading.fault(path, 'an object');
  return undefined;
}

/** A list of objects; one object alone is taken for a list of it. */
export function objectsAt(reading: Reading, value: unknown, path: string): readonly JsonObject[] {
  if (value === undefined || value === null) return [];
  if (isObject(value)) return [spelled(value)];
  if (!Array.isArray(value)) {
    reading.fault(path, 'a list of objects');
    return [];
  }
  return value.map((entry: unknown, at) => {
    if (isObject(entry)) return spelled(entry);
    reading.fault(`${path}[${at}]`, 'an object');
    return {};
  });
}

/** A list of strings. */
export function textsAt(reading: Reading, value: unknown, path: string): readonly string[] | undefined {
  if (value === undefined || value === null) return undefined;
  if (Array.isArray(value) && value.every((entry) => typeof entry === 'string')) return value;
  reading.fault(path, 'a list of strings');
  return undefined;
}

/** `{ext}` when the object has members, else nothing: to be spread into a node. */
export function extOf(rest: JsonObject): { readonly ext?: JsonObject } {
  for (const _name in rest) return { ext: rest };
  return {};
}

/** Members that went to `ext`, put back: objects are merged, anything else of `ext` wins. */
export function withExt(wire: JsonObject, ext: JsonObject | undefined): JsonObject {
  if (ext === undefined) return wire;
  const nested = Object.entries(ext).flatMap(([name, value]): [string, JsonObject][] => {
    const own = Object.hasOwn(wire, name) ? wire[name] : undefined;
    return isObject(own) && isObject(value) ? [[name, withExt(own, value)]] : [];
  });
  return { ...wire, ...ext, ...Object.fromEntries(nested) };
}
