// Reads members of a request whose shape nobody has checked: absent and null are the same, and the first member of the
// wrong type is remembered with its path, so that reading can go on without exceptions.

import { type SluiceError, sluiceError } from '../../model/error.ts';
import { isObject, type JsonObject } from '../../model/json.ts';

/** What has been found wrong so far. */
export interface Reading {
  flaw: SluiceError | undefined;
}

/** Remembers the first flaw. */
export function wrong(reading: Reading, path: string, must: string): undefined {
  reading.flaw ??= sluiceError('invalid_request', `${path} ${must}`, { param: path });
  return undefined;
}

/** A string; '' counts. */
export function stringAt(
  reading: Reading,
  json: JsonObject,
  member: string,
  path: string,
): string | undefined {
  const value = json[member];
  if (typeof value === 'string') return value;
  return value === undefined || value === null
    ? undefined
    : wrong(reading, path + member, 'must be a string.');
}

/** A string that must be there; '' where it is not. */
export function requiredString(reading: Reading, json: JsonObject, member: string, path: string): string {
  const value = json[member];
  if (typeof value === 'string') return value;
  wrong(reading, path + member, 'must be a string.');
  return '';
}

/** A finite number. */
export function numberAt(reading: Reading, json: JsonObject, member: string): number | undefined {
  const value = json[member];
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  return value === undefined || value === null ? undefined : wrong(reading, member, 'must be a number.');
}

/** True or false. */
export function booleanAt(
  reading: Reading,
  json: JsonObject,
  member: string,
  path: string,
): boolean | undefined {
  const value = json[member];
  if (typeof value === 'boolean') return value;
  return value === undefined || value === null
    ? undefined
    : wrong(reading, path + member, 'must be true or false.');
}

/** An object. */
export function objectAt(
  reading: Reading,
  json: JsonObject,
  member: string,
  path: string,
): JsonObject | undefined {
  const value = json[member];
  if (isObject(value)) return value;
  return value === undefined || value === null
    ? undefined
    : wrong(reading, path + member, 'must be an object.');
}

/** A list; empty where there is none. */
export function listAt(reading: Reading, json: JsonObject, member: string, path: string): readonly unknown[] {
  const value = json[member];
  if (Array.isArray(value)) return value;
  if (value !== undefined && value !== null) wrong(reading, path + member, 'must be a list.');
  return [];
}

/** The members that are not known and not null, under their own names; undefined where there are none. */
export function extOf(json: JsonObject, known: ReadonlySet<string>): JsonObject | undefined {
  let ext: Record<string, unknown> | undefined;
  for (const member in json) {
    if (known.has(member) || json[member] === null || member === '__proto__') continue;
    ext ??= {};
    ext[member] = json[member];
  }
  return ext;
}

/** `{ ext }`, to be spread; nothing where there is none. */
export function extra(json: JsonObject, known: ReadonlySet<string>): { ext?: JsonObject } {
  const ext = extOf(json, known);
  return ext === undefined ? {} : { ext };
}
