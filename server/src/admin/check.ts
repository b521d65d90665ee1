// Checks what was sent with the schemas of a route. Texts of paths and queries become what their schema says they are.

import type { z } from 'zod';
import { isObject, parseJson } from '../core/model/json.ts';
import type { AdminError, Issue } from './app.ts';
import { jsonSchemaOf } from './described.ts';
import { MOST_LEVELS, nestedDeeperThan } from './nesting.ts';

/** What was sent, as its schema has it; or what is wrong with it. */
export type Checked =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly error: AdminError };

/** Which part of a request is checked. */
export type Part = 'path' | 'query' | 'body';

function pathText(path: readonly PropertyKey[]): string {
  let text = '';
  for (const step of path)
    text += typeof step === 'number' ? `[${step}]` : `${text === '' ? '' : '.'}${String(step)}`;
  return text;
}

/** What a schema has against a value. */
function issuesOf(error: z.ZodError): Issue[] {
  return error.issues.map((issue) => ({ path: pathText(issue.path), message: issue.message }));
}

/** Checks one part. */
export function check(schema: z.ZodType | undefined, part: Part, sent: unknown): Checked {
  if (schema === undefined) return { ok: true, value: undefined };
  const parsed = schema.safeParse(part === 'body' ? sent : typed(schema, sent));
  if (parsed.success) return { ok: true, value: parsed.data };
  const issues = issuesOf(parsed.error);
  const where = { path: 'The path', query: 'The query', body: 'The body' }[part];
  const message = `${where} is not what this endpoint takes.`;
  return { ok: false, error: { status: 400, code: 'invalid', message, issues } };
}

/** Checks a body that came as bytes. */
export function checkBody(schema: z.ZodType, bytes: Buffer): Checked {
  const text = bytes.toString('utf8');
  const value = parseJson(text);
  if (value === undefined) {
    const message = 'The body is not valid JSON.';
    return { ok: false, error: { status: 400, code: 'invalid_json', message } };
  }
  if (nestedDeeperThan(value, MOST_LEVELS)) {
    const message = `The body is nested deeper than ${MOST_LEVELS} levels.`;
    return { ok: false, error: { status: 400, code: 'invalid', message } };
  }
  return check(schema, 'body', value);
}

const members = new WeakMap<z.ZodType, Readonly<Record<string, unknown>>>();

/** The JSON types of the members of a schema of objects; asked once for each schema. */
function membersOf(schema: z.ZodType): Readonly<Record<string, unknown>> {
  const known = members.get(schema);
  if (known !== undefined) return known;
  const { properties } = jsonSchemaOf(schema, 'input');
  const found = isObject(properties) ? properties : {};
  members.set(schema, found);
  return found;
}

function typed(schema: z.ZodType, sent: unknown): unknown {
  if (!isObject(sent)) return sent;
  const types = membersOf(schema);
  return Object.fromEntries(
    Object.entries(sent).map(([name, value]) => {
      const member = types[name];
      return [name, converted(isObject(member) ? member['type'] : undefined, value)];
    }),
  );
}

function converted(type: unknown, value: unknown): unknown {
  if (type === 'array') return Array.isArray(value) ? value : [value];
  if (typeof value !== 'string') return value;
  if ((type === 'number' || type === 'integer') && value.trim() !== '') {
    const number = Number(value);
    return Number.isNaN(number) ? value : number;
  }
  if (type === 'boolean' && (value === 'true' || value === 'false')) return value === 'true';
  return value;
}
