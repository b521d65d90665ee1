// Null, types and fixed values on one node, in the words of the target: lists of types or `nullable`, `const` or `enum`.

import { isObject, type JsonObject } from '../../model/json.ts';
import type { Node } from './merge.ts';

const TYPES: ReadonlySet<string> = new Set([
  'string',
  'number',
  'integer',
  'boolean',
  'array',
  'object',
  'null',
]);

/** gemini writes types in capitals; everyone else does not. Other words stay. */
function typeName(type: unknown): unknown {
  if (typeof type !== 'string') return type;
  const lower = type.toLowerCase();
  return TYPES.has(lower) ? lower : type;
}

/** True for a type, or types, that need no other words. Unknown ones are nobody's business. */
export function hasPlainTypes(type: unknown): boolean {
  if (Array.isArray(type)) return type.every((name) => typeName(name) === name);
  return TYPES.has(type as string) || (type !== 'TYPE_UNSPECIFIED' && typeName(type) === type);
}

/** Puts the types of a node into lower case and takes out the type that says nothing. */
export function plainTypes(node: Node): void {
  const type = node.get('type');
  if (type === undefined) return;
  if (type === 'TYPE_UNSPECIFIED') node.delete('type');
  else if (Array.isArray(type)) {
    if (type.some((name) => typeName(name) !== name)) node.set('type', type.map(typeName));
  } else node.set('type', typeName(type));
}

function isNullSchema(schema: unknown): boolean {
  return isObject(schema) && schema['type'] === 'null';
}

/** OpenAPI's `nullable` as JSON Schema says it. */
export function nullableToTypes(node: Node): void {
  const nullable = node.get('nullable');
  if (typeof nullable !== 'boolean') return;
  node.delete('nullable');
  if (nullable) allowNull(node);
}

/** Lets null be a value of the node too. */
export function allowNull(node: Node): void {
  const type = node.get('type');
  const branches = node.get('anyOf');
  const values = node.get('enum');
  if (typeof type === 'string' && type !== 'null') node.set('type', [type, 'null']);
  else if (Array.isArray(type) && !type.includes('null')) node.set('type', [...type, 'null']);
  else if (Array.isArray(branches) && !branches.some(isNullSchema))
    node.set('anyOf', [...branches, { type: 'null' }]);
  if (Array.isArray(values) && !values.includes(null)) node.set('enum', [...values, null]);
}

/** `const` as a list of one value. */
export function constToEnum(node: Node): void {
  if (!node.has('const')) return;
  if (!node.has('enum')) node.set('enum', [node.get('const')]);
  node.delete('const');
}

/** Which keywords of a node belong to a type, where it has several. */
const BELONGS: Readonly<Record<string, readonly string[]>> = {
  items: ['array'],
  prefixItems: ['array'],
  minItems: ['array'],
  maxItems: ['array'],
  properties: ['object'],
  required: ['object'],
  propertyOrdering: ['object'],
  minProperties: ['object'],
  maxProperties: ['object'],
  minLength: ['string'],
  maxLength: ['string'],
  pattern: ['string'],
  enum: ['string'],
  format: ['string', 'number', 'integer'],
  minimum: ['number', 'integer'],
  maximum: ['number', 'integer'],
};

function belongsTo(key: string, type: string): boolean {
  return Object.hasOwn(BELONGS, key) && BELONGS[key]?.includes(type) === true;
}

/** A list of types as OpenAPI 3.0 says it: null becomes `nullable`, several become alternatives. */
export function typesToNullable(node: Node): void {
  const type = node.get('type');
  if (type === 'null') {
    node.set('type', 'string');
    node.set('nullable', true);
  } else if (Array.isArray(type))
    splitTypes(
      node,
      type.filter((name) => typeof name === 'string'),
    );
  const branches = node.get('anyOf');
  if (Array.isArray(branches) && branches.some(isNullSchema)) {
    const others = branches.filter((branch) => !isNullSchema(branch));
    node.set('nullable', true);
    if (others.length > 0) node.set('anyOf', others);
    else {
      node.delete('anyOf');
      if (!node.has('type')) node.set('type', 'string');
    }
  }
  stringsOnly(node);
}

function splitTypes(node: Node, types: readonly string[]): void {
  const others = types.filter((name) => name !== 'null');
  if (others.length < types.length) node.set('nullable', true);
  const [only] = others;
  if (others.length <= 1 || node.has('anyOf')) {
    if (only === undefined) node.set('type', 'string');
    else if (others.length === 1) node.set('type', only);
    else node.delete('type');
    return;
  }
  node.delete('type');
  const branches: JsonObject[] = others.map((type) => {
    const branch = new Map<string, unknown>([['type', type]]);
    for (const [key, value] of node) if (belongsTo(key, type)) branch.set(key, value);
    return Object.fromEntries(branch);
  });
  for (const key of [...node.keys()]) if (Object.hasOwn(BELONGS, key)) node.delete(key);
  node.set('anyOf', branches);
}

/** OpenAPI values are strings: null is said by `nullable`; a list with anything else goes into the words. */
function stringsOnly(node: Node): void {
  const values = node.get('enum');
  if (!Array.isArray(values)) return;
  const others = values.filter((value) => value !== null);
  if (others.length < values.length) node.set('nullable', true);
  if (others.length === 0) {
    node.delete('enum');
    if (values.length === 0) return;
  } else if (others.some((value) => typeof value !== 'string')) return;
  else if (others.length < values.length) node.set('enum', others);
  if (!node.has('type')) node.set('type', 'string');
}

/** True when a list of values can stay in OpenAPI. */
export function isStringList(values: unknown): boolean {
  return Array.isArray(values) && values.length > 0 && values.every((value) => typeof value === 'string');
}
