// Reads members of a request whose shape nobody has checked. The first member of the wrong type is remembered with its
// path, so that reading can go on without exceptions; absent and null are the same.

import type { CacheMark, Part } from '../../model/content.ts';
import { type SluiceError, sluiceError } from '../../model/error.ts';
import { isObject, type JsonObject } from '../../model/json.ts';
import type { ToolDefinition } from '../../model/request.ts';

/** What has been found wrong so far. Readers of answers do not look at it: they take what they can get. */
export interface Reading {
  flaw: SluiceError | undefined;
}

/**
 * The `ext` that has no members, by identity: what it stands on was written in the longer or rarer of two forms that mean
 * the same. On the only text of a content: the content was a bare string. On a turn: it stood among the messages although
 * it is a leading system turn, or its list was empty on purpose. On a tool: `type: "custom"` was written out.
 */
export const MARKED: JsonObject = {};

/** The list of tools, by identity, that was there and empty. */
export const NO_TOOLS: readonly ToolDefinition[] = [];

/** Remembers the first flaw; `must` says what was expected ("must be a string."). */
export function wrong(reading: Reading, path: string, must: string): undefined {
  reading.flaw ??= sluiceError('invalid_request', `${path} ${must}`, { param: path });
  return undefined;
}

/** A string; '' counts. */
export function stringAt(reading: Reading, value: unknown, path: string): string | undefined {
  if (typeof value === 'string') return value;
  return value === undefined || value === null ? undefined : wrong(reading, path, 'must be a string.');
}

/** A string that must be there; '' where it is not. */
export function requiredString(reading: Reading, value: unknown, path: string): string {
  if (typeof value === 'string') return value;
  wrong(reading, path, 'must be a string.');
  return '';
}

/** A finite number. */
export function numberAt(reading: Reading, value: unknown, path: string): number | undefined {
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  return value === undefined || value === null ? undefined : wrong(reading, path, 'must be a number.');
}

/** True or false. */
export function booleanAt(reading: Reading, value: unknown, path: string): boolean | undefined {
  if (typeof value === 'boolean') return value;
  return value === undefined || value === null ? undefined : wrong(reading, path, 'must be true or false.');
}

/** An object. */
export function objectAt(reading: Reading, value: unknown, path: string): JsonObject | undefined {
  if (isObject(value)) return value;
  return value === undefined || value === null ? undefined : wrong(reading, path, 'must be an object.');
}

/** A list; undefined where there is none. */
export function listAt(reading: Reading, value: unknown, path: string): readonly unknown[] | undefined {
  if (Array.isArray(value)) return value;
  return value === undefined || value === null ? undefined : wrong(reading, path, 'must be a list.');
}

/** True when an object has members of its own. */
export function hasMembers(object: JsonObject): boolean {
  for (const _member in object) return true;
  return false;
}

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

/** `cache` and `ext` of a node: a cache_control that says more than a mark can is kept as it is, too. */
export function factsOf(control: unknown, rest: JsonObject): Pick<Part, 'cache' | 'ext'> {
  if (control === undefined || control === null) return extra(rest);
  const cache = markOf(control);
  if (cache === undefined) return { ext: { ...rest, cache_control: control } };
  const said = cache.ttl === undefined ? 1 : 2;
  const isWhole = Object.keys(Object(control)).length === said;
  return { cache, ...(isWhole ? extra(rest) : { ext: { ...rest, cache_control: control } }) };
}
