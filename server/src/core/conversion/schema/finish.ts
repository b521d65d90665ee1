// The last touch on a node whose children are done: limits in words, closed objects, alternatives alone on their node.

import { isObject, type JsonObject } from '../../model/json.ts';
import type { LossAction, LossSeverity } from '../../model/loss.ts';
import type { Node } from './merge.ts';
import { allowNull, isStringList } from './nulls.ts';
import { LIMITS, type SchemaRules } from './targets.ts';

type Tell = (feature: string, action: LossAction, severity: LossSeverity, note: string) => void;

/** Most characters of limits that are added to a description. */
const MOST_WORDS = 400;

/** Whether a keyword that is a limit can stay as a keyword. */
function stays(key: string, value: unknown, rules: SchemaRules): boolean {
  if (rules.keeps !== undefined && !rules.keeps.has(key)) return false;
  if (key === 'format')
    return rules.formats === undefined || (typeof value === 'string' && rules.formats.has(value));
  return !(key === 'minItems' && rules.fewItems) || value === 0 || value === 1;
}

/** Moves limits that the target does not know into the description. */
function limitsInWords(node: Node, rules: SchemaRules, tell: Tell): void {
  const words: string[] = [];
  const listed = node.get('enum');
  // OpenAPI's values are strings.
  if (rules.nulls === 'nullable' && listed !== undefined && !isStringList(listed)) {
    words.push(`enum: ${JSON.stringify(listed)}`);
    node.delete('enum');
  }
  for (const [key, value] of [...node]) {
    if (!LIMITS.has(key) || stays(key, value, rules)) continue;
    node.delete(key);
    words.push(`${key}: ${typeof value === 'string' ? value : JSON.stringify(value)}`);
  }
  if (words.length === 0) return;
  const text = `{${words.join(', ').slice(0, MOST_WORDS)}}`;
  const description = node.get('description');
  node.set(
    'description',
    typeof description === 'string' && description !== '' ? `${description}\n\n${text}` : text,
  );
  tell(
    'schema-limits',
    'approximated',
    'quality',
    'Limits that are not known there were put into descriptions.',
  );
}

function isObjectNode(node: Node): boolean {
  const type = node.get('type');
  return (
    type === 'object' || (Array.isArray(type) && type.includes('object')) || isObject(node.get('properties'))
  );
}

function orNull(schema: unknown): unknown {
  if (!isObject(schema) || Object.keys(schema).length === 0) return schema;
  const alone = '$ref' in schema || 'const' in schema || !('type' in schema || 'anyOf' in schema);
  if (alone) return { anyOf: [schema, { type: 'null' }] };
  const node: Node = new Map(Object.entries(schema));
  allowNull(node);
  return Object.fromEntries(node);
}

function closed(node: Node, rules: SchemaRules, tell: Tell): void {
  const open = node.get('additionalProperties');
  const declared = node.get('properties');
  if (open !== false) {
    const wasOpen = open === true || isObject(open) || !isObject(declared);
    if (wasOpen)
      tell(
        'schema-open-object',
        'dropped',
        rules.allRequired ? 'semantic' : 'quality',
        'An object with any members cannot be described there.',
      );
    node.set('additionalProperties', false);
  }
  if (!rules.allRequired) return;
  if (!isObject(declared)) {
    node.set('properties', {});
    node.set('required', []);
    return;
  }
  const names = Object.keys(declared);
  const listed = node.get('required');
  const required = new Set<unknown>(Array.isArray(listed) ? listed : []);
  if (names.length === required.size && names.every((name) => required.has(name))) return;
  node.set(
    'properties',
    Object.fromEntries(
      names.map((name) => [name, required.has(name) ? declared[name] : orNull(declared[name])]),
    ),
  );
  node.set('required', names);
  tell(
    'schema-optional',
    'approximated',
    'quality',
    'Properties that may be left out became ones that may be null.',
  );
}

/** An array without items is refused there, and so is a required property that is not described. */
function repair(node: Node): void {
  if (node.get('type') === 'array' && !node.has('items')) node.set('items', { type: 'string' });
  const required = node.get('required');
  const declared = node.get('properties');
  if (!Array.isArray(required)) return;
  const there = required.filter(
    (name) => isObject(declared) && typeof name === 'string' && Object.hasOwn(declared, name),
  );
  if (there.length === 0) node.delete('required');
  else if (there.length < required.length) node.set('required', there);
}

/** G42: whatever stands beside alternatives goes into each of them. */
function alternativesAlone(node: Node): void {
  const given = node.get('anyOf');
  if (!Array.isArray(given) || node.size === 1) return;
  const beside = Object.fromEntries([...node].filter(([key]) => key !== 'anyOf'));
  const branches = given.flatMap((branch: unknown): unknown[] => {
    const inner = isObject(branch) ? branch['anyOf'] : undefined;
    return Array.isArray(inner) ? inner : [branch];
  });
  node.clear();
  const joined = branches.map((branch): JsonObject => {
    const whole: Node = new Map(Object.entries({ ...beside, ...(isObject(branch) ? branch : {}) }));
    repair(whole);
    return Object.fromEntries(whole);
  });
  const [only] = joined;
  if (joined.length > 1) node.set('anyOf', joined);
  else for (const [key, value] of Object.entries(only ?? beside)) node.set(key, value);
}

/** Finishes a node in place. */
export function finished(node: Node, rules: SchemaRules, tell: Tell): void {
  if (rules.keeps !== undefined || rules.formats !== undefined) limitsInWords(node, rules, tell);
  if (rules.closed && isObjectNode(node) && !node.has('$ref')) closed(node, rules, tell);
  if (!rules.anyOfAlone) return;
  alternativesAlone(node);
  repair(node);
}
