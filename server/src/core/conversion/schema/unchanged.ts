// Whether a target takes a schema exactly as it is: true for nearly all schemas of tools, and told without building anything.

import { isObject, type JsonObject } from '../../model/json.ts';
import { hasPlainTypes } from './nulls.ts';
import type { SchemaRules } from './targets.ts';

/** Schemas of more nodes, or deeper ones, are left to the compiler and its limits. */
const MOST_NODES = 2000;
const DEEPEST = 32;

/** What a keyword holds: data needs no look, and what is to be changed for some target gets the whole compiler. */
type Holds =
  | 'schema'
  | 'schemas'
  | 'schemas-by-name'
  | 'types'
  | 'const'
  | 'joined'
  | 'reference'
  | 'change'
  | 'definitions';

const KEYWORDS: ReadonlyMap<string, Holds> = new Map<string, Holds>([
  ['properties', 'schemas-by-name'],
  ['patternProperties', 'schemas-by-name'],
  ['$defs', 'schemas-by-name'],
  ['dependentSchemas', 'schemas-by-name'],
  ['definitions', 'definitions'],
  ['anyOf', 'schemas'],
  ['oneOf', 'schemas'],
  ['prefixItems', 'schemas'],
  ['allOf', 'joined'],
  ['items', 'schema'],
  ['additionalProperties', 'schema'],
  ['not', 'schema'],
  ['if', 'schema'],
  ['then', 'schema'],
  ['else', 'schema'],
  ['contains', 'schema'],
  ['propertyNames', 'schema'],
  ['unevaluatedItems', 'schema'],
  ['unevaluatedProperties', 'schema'],
  ['additionalItems', 'schema'],
  ['contentSchema', 'schema'],
  ['type', 'types'],
  ['const', 'const'],
  ['$ref', 'reference'],
  ['nullable', 'change'],
  ['$schema', 'change'],
  ['$id', 'change'],
  ['$comment', 'change'],
  ['$vocabulary', 'change'],
]);

/** Keywords that arguments must not have at their root. */
const NOT_AT_ROOT = ['$ref', 'allOf', 'anyOf', 'oneOf', 'enum', 'const'] as const;

/** True only when the compiler would give back the very same object, without a word. False may be either. */
export function isUnchanged(schema: JsonObject, rules: SchemaRules): boolean {
  if (rules.keeps !== undefined) return false;
  if (rules.objectRoot) {
    if (schema['type'] !== 'object') return false;
    for (const keyword of NOT_AT_ROOT) if (keyword in schema) return false;
  }
  return looksFine(schema, { rules, nodes: 0 }, 0);
}

interface Look {
  readonly rules: SchemaRules;
  nodes: number;
}

function looksFine(schema: unknown, look: Look, depth: number): boolean {
  if (!isObject(schema)) return true;
  if (++look.nodes > MOST_NODES || depth > DEEPEST) return false;
  for (const keyword in schema) {
    // By far the most frequent ones that say nothing here.
    if (keyword === 'description' || keyword === 'required') continue;
    const holds = KEYWORDS.get(keyword);
    if (holds !== undefined && !memberIsFine(holds, schema[keyword], look, depth + 1)) return false;
  }
  return true;
}

function memberIsFine(holds: Holds, value: unknown, look: Look, depth: number): boolean {
  switch (holds) {
    case 'types':
      return hasPlainTypes(value);
    case 'schemas-by-name':
      return allFineByName(value, look, depth);
    case 'schema':
      return Array.isArray(value) ? allFine(value, look, depth) : looksFine(value, look, depth);
    case 'schemas':
      return allFine(value, look, depth);
    case 'const':
      return !look.rules.constToEnum;
    case 'joined':
      return !look.rules.joinsAllOf && allFine(value, look, depth);
    case 'reference':
      return look.rules.refs === 'keep';
    case 'definitions':
      return look.rules.refs === 'keep' && allFineByName(value, look, depth);
    case 'change':
      return false;
  }
}

function allFine(value: unknown, look: Look, depth: number): boolean {
  if (!Array.isArray(value)) return true;
  for (const schema of value) if (!looksFine(schema, look, depth)) return false;
  return true;
}

function allFineByName(value: unknown, look: Look, depth: number): boolean {
  if (!isObject(value)) return true;
  for (const name in value) if (!looksFine(value[name], look, depth)) return false;
  return true;
}
