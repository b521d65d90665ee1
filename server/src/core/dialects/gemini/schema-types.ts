// Google's schemas and JSON Schema. `parameters` and `responseSchema` follow a subset of OpenAPI 3.0 with type names in
// capitals; `parametersJsonSchema` and `responseJsonSchema` are JSON Schema, but clients write capitals there as well.
// https://ai.google.dev/api/caching#Schema

import { isObject, type JsonObject } from '../../model/json.ts';
import { spelled } from './wire.read.ts';

/** How the client wrote a schema: the member and the value. */
export interface WrittenSchema {
  readonly member: string;
  readonly schema: JsonObject;
}

/**
 * The client's own writing of schemas that were brought into JSON Schema. It is found as long as nobody has put another
 * schema in the place of the one that was read, so that a request goes back to this format as it came.
 */
const written = new WeakMap<JsonObject, WrittenSchema>();

/** A schema of a request as JSON Schema. `member` is where it stood. */
export function readSchema(schema: JsonObject, member: string): JsonObject {
  const read = isJsonSchema(schema) ? schema : jsonSchemaOf(schema);
  // Each reading gets an object of its own where the member decides the form.
  const own = read === schema && !member.endsWith('JsonSchema') ? { ...schema } : read;
  if (own !== schema) written.set(own, { member, schema });
  return own;
}

/** How the client wrote the schema, if it is still the one that was read. */
export function writtenSchema(schema: JsonObject): WrittenSchema | undefined {
  return written.get(schema);
}

/** Members that hold one schema. */
const ONE: ReadonlySet<string> = new Set(['items', 'additionalProperties', 'not']);
/** Members that hold a list of schemas. */
const LISTS: ReadonlySet<string> = new Set(['anyOf', 'oneOf', 'allOf', 'prefixItems']);
/** Members that hold schemas by name. */
const MAPS: ReadonlySet<string> = new Set(['properties', '$defs', 'definitions', 'patternProperties']);
/** Members of type int64, which Google writes as strings. */
const COUNTS: ReadonlySet<string> = new Set([
  'minItems',
  'maxItems',
  'minLength',
  'maxLength',
  'minProperties',
  'maxProperties',
]);

/** Changes the members of one schema; gives back the same value where there is nothing to do. */
type Change = (schema: JsonObject) => JsonObject;

/** A schema after `change` was made to it and to all schemas inside; the same object where nothing changed. */
function changed(schema: JsonObject, change: Change): JsonObject {
  const self = change(schema);
  let copy: Record<string, unknown> | undefined;
  for (const name in self) {
    const value = self[name];
    const inside = changedMember(name, value, change);
    if (inside === value) continue;
    copy ??= { ...self };
    copy[name] = inside;
  }
  return copy ?? self;
}

function changedMember(name: string, value: unknown, change: Change): unknown {
  if (ONE.has(name)) return isObject(value) ? changed(value, change) : value;
  if (LISTS.has(name)) {
    if (!Array.isArray(value)) return value;
    const list: unknown[] = value.map((entry: unknown) => (isObject(entry) ? changed(entry, change) : entry));
    return list.every((entry, at) => entry === value[at]) ? value : list;
  }
  if (!MAPS.has(name) || !isObject(value)) return value;
  const entries = Object.entries(value).map(([key, entry]): [string, unknown] => [
    key,
    isObject(entry) ? changed(entry, change) : entry,
  ]);
  return entries.every(([key, entry]) => entry === value[key]) ? value : Object.fromEntries(entries);
}

/** True for a schema in which `jsonSchemaOf` would change nothing, told without building anything; false may be either. */
function isJsonSchema(node: JsonObject): boolean {
  for (const name in node) {
    if (name === 'description' || name === 'required') continue;
    const value = node[name];
    if (name === 'type') {
      if (!isLowerType(value)) return false;
    } else if (name === 'nullable' || name.includes('_') || (name === 'format' && value === 'enum'))
      return false;
    else if (typeof value !== 'object' || value === null) {
      if (typeof value === 'string' && COUNTS.has(name)) return false;
    } else if (MAPS.has(name) || LISTS.has(name)) {
      for (const key in value) {
        const entry = (value as JsonObject)[key];
        if (isObject(entry) && !isJsonSchema(entry)) return false;
      }
    } else if (ONE.has(name) && isObject(value) && !isJsonSchema(value)) return false;
  }
  return true;
}

/** Names of types that begin in lower case are in it. */
function isLowerType(type: unknown): boolean {
  return typeof type === 'string' && type.charCodeAt(0) >= 97;
}

/** Type names in lower case, `nullable` as the type "null", numbers as numbers. The same object where nothing changes. */
function jsonSchemaOf(schema: JsonObject): JsonObject {
  return changed(schema, (node) => {
    const self = spelled(node);
    const type = lowerType(self['type']);
    const counts = Object.keys(self).filter((name) => COUNTS.has(name) && typeof self[name] === 'string');
    const isSame = type === self['type'] && counts.length === 0 && !('nullable' in self);
    if (isSame && self['format'] !== 'enum') return self;
    const { nullable, type: _type, format, ...rest } = self;
    const copy: Record<string, unknown> = {
      ...(type === undefined ? {} : { type }),
      ...(format === undefined || format === 'enum' ? {} : { format }),
      ...rest,
    };
    for (const name of counts) copy[name] = Number(self[name]);
    return nullable === true ? orNull(copy) : copy;
  });
}

function lowerType(type: unknown): unknown {
  if (Array.isArray(type)) {
    const types = type.map(lowerType);
    return types.every((entry, at) => entry === type[at]) ? type : types;
  }
  if (typeof type !== 'string' || !/^[A-Z_]+$/.test(type)) return type;
  return type === 'TYPE_UNSPECIFIED' ? undefined : type.toLowerCase();
}

function orNull(schema: Record<string, unknown>): JsonObject {
  const { type, enum: values, anyOf } = schema;
  if (Array.isArray(values) && !values.includes(null)) schema['enum'] = [...values, null];
  if (typeof type === 'string') schema['type'] = type === 'null' ? type : [type, 'null'];
  else if (Array.isArray(anyOf)) schema['anyOf'] = [...anyOf, { type: 'null' }];
  return schema;
}

/** Type names in capitals, the type "null" as `nullable`: what `parameters` takes. Keywords are left as they are. */
export function openApiOf(schema: JsonObject): JsonObject {
  return changed(schema, (node) => {
    const { type } = node;
    if (typeof type === 'string') return { ...node, type: type.toUpperCase() };
    if (!Array.isArray(type)) return node;
    const { type: _type, ...rest } = node;
    const types = type.filter((entry) => typeof entry === 'string' && entry !== 'null');
    const nullable = types.length < type.length ? { nullable: true } : {};
    if (types.length === 1) return { type: String(types[0]).toUpperCase(), ...rest, ...nullable };
    return { anyOf: types.map((entry) => ({ type: entry })), ...rest, ...nullable };
  });
}
