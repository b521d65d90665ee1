// Whether a schema is of the form that OpenAI asks of strict tools.

import { isObject, listOf, objectOf } from '../../../model/json.ts';

/** Keywords that a strict schema must not have: https://developers.openai.com/api/docs/guides/structured-outputs */
const REFUSED = [
  'allOf',
  'oneOf',
  'not',
  'if',
  'then',
  'else',
  'dependentRequired',
  'dependentSchemas',
  'patternProperties',
  'default',
  'prefixItems',
  'propertyNames',
  'unevaluatedProperties',
] as const;

/** True when the root is an object, and every object in it is closed and requires all of its properties. */
export function isStrictForm(schema: unknown): boolean {
  const root = objectOf(schema);
  return root?.['type'] === 'object' && root['anyOf'] === undefined && isStrictNode(root);
}

function isStrictNode(node: unknown): boolean {
  if (!isObject(node)) return false;
  if (REFUSED.some((keyword) => node[keyword] !== undefined)) return false;
  if (describesObject(node) && !isClosed(node)) return false;
  const inner = [
    ...Object.values(objectOf(node['properties']) ?? {}),
    ...Object.values(objectOf(node['$defs']) ?? {}),
    ...Object.values(objectOf(node['definitions']) ?? {}),
    ...listOf(node['anyOf']),
    ...(node['items'] === undefined ? [] : [node['items']]),
  ];
  return inner.every(isStrictNode);
}

function describesObject(node: Readonly<Record<string, unknown>>): boolean {
  const { type, properties } = node;
  return type === 'object' || listOf(type).includes('object') || properties !== undefined;
}

function isClosed(node: Readonly<Record<string, unknown>>): boolean {
  if (node['additionalProperties'] !== false) return false;
  const required = new Set(listOf(node['required']));
  return Object.keys(objectOf(node['properties']) ?? {}).every((name) => required.has(name));
}
