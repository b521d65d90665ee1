// Makes a value that fits a JSON schema, with words of the prompt where text is wanted.

import { isRecord, type Json } from './json.ts';

const DEPTH_LIMIT = 8;

/** A word for a text field: what the prompt put in quotes, else its last capitalised word, else its last word. */
function wordFrom(prompt: string): string {
  const quoted = /["“'`]([^"”'`]{1,80})["”'`]/.exec(prompt)?.[1];
  if (quoted !== undefined) return quoted;
  const words = prompt.match(/[\p{L}\p{N}_./-]+/gu) ?? [];
  return words.slice(1).findLast((word) => /^\p{Lu}/u.test(word)) ?? words.at(-1) ?? 'demo';
}

/** A value of the schema. Unknown or missing parts of the schema give a string. */
export function sampleOf(schema: Json, prompt: string, depth = 0): unknown {
  if (depth > DEPTH_LIMIT) return null;
  if ('const' in schema) return schema['const'];
  const { enum: choices, anyOf, oneOf, allOf } = schema;
  if (Array.isArray(choices)) return choices[0];
  for (const union of [anyOf, oneOf, allOf]) {
    const first = Array.isArray(union) ? union.find(isRecord) : undefined;
    if (first !== undefined) return sampleOf(first, prompt, depth + 1);
  }
  const type = Array.isArray(schema['type'])
    ? schema['type'].find((name) => name !== 'null')
    : schema['type'];
  switch (
    typeof type === 'string' ? type.toLowerCase() : isRecord(schema['properties']) ? 'object' : 'string'
  ) {
    case 'object':
      return sampleObject(schema, prompt, depth);
    case 'array':
      return [sampleOf(isRecord(schema['items']) ? schema['items'] : {}, prompt, depth + 1)];
    case 'integer':
    case 'number':
      return typeof schema['minimum'] === 'number' ? schema['minimum'] : 1;
    case 'boolean':
      return true;
    case 'null':
      return null;
    default:
      return wordFrom(prompt);
  }
}

/** Required members, or all of them where none is required. */
function sampleObject(schema: Json, prompt: string, depth: number): Json {
  const properties = isRecord(schema['properties']) ? schema['properties'] : {};
  const required = Array.isArray(schema['required'])
    ? schema['required'].filter((name) => typeof name === 'string')
    : [];
  const names = required.length > 0 ? required : Object.keys(properties);
  const members = names.map((name): [string, unknown] => {
    const member = Object.hasOwn(properties, name) ? properties[name] : undefined;
    return [name, sampleOf(isRecord(member) ? member : {}, prompt, depth + 1)];
  });
  return Object.fromEntries(members);
}
