// Words the findings of the schema for people: what is wrong, and the nearest thing that would be right.

import type { z } from 'zod';
import type { Document, JsonValue } from './document.ts';
import { nearestName } from './nearest.ts';
import { type PathStep, type Problem, pathText } from './problem.ts';
import { type Expanded, hideLiterals } from './references.ts';
import { fieldsAt, placesOf } from './schema/fields.ts';

type Issue = z.core.$ZodIssue;

/** Names that other programs use for what is called differently here. */
const OTHER_NAMES: Readonly<Record<string, string>> = {
  apikeys: 'keys',
  secret: 'key',
  url: 'baseUrl',
  endpoint: 'baseUrl',
  apibase: 'baseUrl',
  type: 'provider',
  vendor: 'provider',
  name: 'id',
  format: 'dialects',
  formats: 'dialects',
  bind: 'host',
  address: 'host',
  disabled: 'enabled',
  strategy: 'order',
  loadbalancing: 'order',
  rotation: 'order',
  fallbacks: 'upstreams',
  retries: 'maxAttempts',
  timezone: 'timeZone',
  providers: 'upstreams',
  users: 'clients',
  database: 'storage',
  logging: 'log',
};

/** What a key is called: in a list of upstreams `keys`, in one of clients or keys `key`. */
const KEY_NAMES: readonly string[] = ['apikey', 'token'];

/** So many places of a field are named at most. */
const MOST_PLACES = 3;

/** Turns the issues of one validation into problems with positions. */
export function explainIssues(
  document: Document,
  expanded: Expanded,
  issues: readonly Issue[],
): readonly Problem[] {
  const settled = new Set(expanded.problems.map((problem) => problem.path));
  return issues
    .flatMap((issue) => explain(document, expanded, issue, []))
    .filter((problem) => !settled.has(problem.path));
}

function explain(
  document: Document,
  expanded: Expanded,
  issue: Issue,
  prefix: readonly PathStep[],
): readonly Problem[] {
  const path: readonly PathStep[] = [...prefix, ...issue.path.map(step)];
  const origin = expanded.written.get(pathText(path));
  const comesFrom = origin === undefined ? undefined : `It comes from ${hideLiterals(origin)}.`;
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => unknownField(document, path, key));
    case 'invalid_type':
      return [wrongType(document, path, valueAt(expanded.value, path), [issue.expected], origin)];
    case 'invalid_value': {
      const value = valueAt(expanded.value, path);
      return [unknownValue(document, path, value, issue.values.map(String), [], origin)];
    }
    case 'too_small':
    case 'too_big':
      return [document.problem(path, sizeMessage(issue), { suggestion: comesFrom })];
    case 'invalid_key': {
      const name = JSON.stringify(path.at(-1) ?? '');
      const why = issue.issues[0];
      const known = why?.code === 'invalid_value' ? why.values.map(String) : [];
      const near = nearestName(String(path.at(-1) ?? ''), known);
      const message =
        known.length > 0 ? `${name} is not known here.` : `${name} ${why?.message ?? 'is not a valid name'}.`;
      return [
        document.problem(path, message, { part: 'name', suggestion: near && `Did you mean "${near}"?` }),
      ];
    }
    case 'invalid_union':
      return explainUnion(document, expanded, issue, path, origin);
    default:
      return [document.problem(path, sentence(issue.message), { suggestion: comesFrom })];
  }
}

/**
 * A union fails in each branch. A branch whose type fits has the useful message; a text that is none of the known words
 * is told those; else all that could stand here is named.
 */
function explainUnion(
  document: Document,
  expanded: Expanded,
  issue: Extract<Issue, { code: 'invalid_union' }>,
  path: readonly PathStep[],
  origin: string | undefined,
): readonly Problem[] {
  const value = valueAt(expanded.value, path);
  const types: string[] = [];
  const words: string[] = [];
  const forms: string[] = [];
  for (const branch of issue.errors) {
    const [first] = branch;
    const atRoot = first?.path.length === 0;
    if (atRoot && first?.code === 'invalid_type') types.push(first.expected);
    else if (atRoot && first?.code === 'invalid_value') words.push(...first.values.map(String));
    // Beside known words the form that other texts have is one more of the things that could stand here.
    else if (atRoot && first?.code === 'invalid_format' && words.length > 0) forms.push(first.message);
    else return branch.flatMap((inner) => explain(document, expanded, inner, path));
  }
  if (words.length > 0 && typeof value === 'string')
    return [unknownValue(document, path, value, words, forms.length > 0 ? forms : types, origin)];
  return [wrongType(document, path, value, [...words.map((word) => JSON.stringify(word)), ...types], origin)];
}

/** A value that is none of the known ones, nor (in a union) of the other types that may stand there. */
function unknownValue(
  document: Document,
  path: readonly PathStep[],
  value: JsonValue | undefined,
  known: readonly string[],
  types: readonly string[],
  origin: string | undefined,
): Problem {
  if (value === undefined) return document.problem(path, 'Is missing.');
  const shown = origin === undefined ? JSON.stringify(value) : hideLiterals(origin);
  const near = typeof value === 'string' ? nearestName(value, known) : undefined;
  const all = [...known, ...types.map((type) => TYPE_NAMES[type] ?? type)].join(', ');
  const retype = retyped(value, types, origin);
  const suggestion = retype ?? (near === undefined ? `Known: ${all}.` : `Did you mean "${near}"?`);
  return document.problem(path, `${shown} is not known here.`, { suggestion });
}

function unknownField(document: Document, path: readonly PathStep[], key: string): Problem {
  const known = fieldsAt(path);
  const bare = key.toLowerCase().replace(/[^a-z]/g, '');
  const other = [OTHER_NAMES[bare], ...(KEY_NAMES.includes(bare) ? ['keys', 'key'] : [])];
  const near = other.find((name) => name !== undefined && known.includes(name)) ?? nearestName(key, known);
  const places = placesOf(key)
    .filter((place) => place !== '')
    .slice(0, MOST_PLACES);
  let suggestion: string | undefined;
  if (near !== undefined) suggestion = `Did you mean "${near}"?`;
  else if (places.length > 0)
    suggestion = `It belongs in ${places.map((place) => `"${place}"`).join(' or ')}.`;
  else if (known.length > 0)
    suggestion = `Known here: ${known.filter((name) => name !== '$schema').join(', ')}.`;
  return document.problem([...path, key], 'There is no such field.', { part: 'name', suggestion });
}

function wrongType(
  document: Document,
  path: readonly PathStep[],
  value: JsonValue | undefined,
  expected: readonly string[],
  origin: string | undefined,
): Problem {
  if (value === undefined) return document.problem(path, 'Is missing.');
  const wanted = expected.map((type) => TYPE_NAMES[type] ?? type).join(' or ');
  if (expected[0] === 'int' && typeof value === 'number')
    return document.problem(path, 'Must be a whole number.');
  const message = `Must be ${wanted}, but is ${typeName(value)}.`;
  return document.problem(path, message, { suggestion: retyped(value, expected, origin) });
}

/** How to write the value so that it has the wanted type, where that is plain to see. */
function retyped(
  value: JsonValue,
  expected: readonly string[],
  origin: string | undefined,
): string | undefined {
  const numeric = expected[0] === 'number' || expected[0] === 'int';
  if (origin !== undefined)
    return numeric || expected[0] === 'boolean' ? 'A reference always gives text.' : undefined;
  const bareword = typeof value === 'string' && (numeric ? /^-?\d+$/ : /^(?:true|false)$/).test(value);
  if (bareword && (numeric || expected[0] === 'boolean')) return `Write ${value} without quotes.`;
  if (expected[0] === 'array' && typeof value === 'string') return 'Put it in brackets: ["…"].';
  return undefined;
}

const TYPE_NAMES: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  record: 'an object',
  null: 'null',
};

function typeName(value: JsonValue): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'boolean') return String(value);
  return TYPE_NAMES[typeof value] ?? typeof value;
}

function sizeMessage(issue: Extract<Issue, { code: 'too_small' | 'too_big' }>): string {
  const [word, limit] = issue.code === 'too_small' ? ['at least', issue.minimum] : ['at most', issue.maximum];
  if (issue.inclusive === false)
    return `Must be ${issue.code === 'too_small' ? 'more' : 'less'} than ${limit}.`;
  if (issue.origin === 'array')
    return limit === 1 ? 'Must not be an empty list.' : `Must have ${word} ${limit} entries.`;
  return `Must be ${word} ${limit}.`;
}

function sentence(message: string): string {
  const text = message.charAt(0).toUpperCase() + message.slice(1);
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

function step(part: PropertyKey): PathStep {
  return typeof part === 'symbol' ? String(part) : part;
}

function valueAt(root: JsonValue, path: readonly PathStep[]): JsonValue | undefined {
  let value: JsonValue | undefined = root;
  for (const part of path) {
    if (Array.isArray(value) && typeof part === 'number') value = value[part];
    else if (typeof value === 'object' && value !== null && !Array.isArray(value)) value = value[part];
    else return undefined;
  }
  return value;
}
