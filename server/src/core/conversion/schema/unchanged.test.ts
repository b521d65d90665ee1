import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../model/json.ts';
import { compileSchema } from './compile.ts';
import { SCHEMA_RULES, type SchemaTarget } from './targets.ts';
import { isUnchanged } from './unchanged.ts';

const TOOL: JsonObject = {
  type: 'object',
  properties: { type: { type: ['string', 'null'] }, list: { type: 'array', items: { $ref: '#/$defs/a' } } },
  $defs: { a: { type: 'object', additionalProperties: { anyOf: [{ type: 'string' }, {}] } } },
};
const PLAIN: JsonObject = { type: 'object', properties: { const: { type: 'string', default: { $ref: 1 } } } };

const CASES: readonly JsonObject[] = [
  TOOL,
  PLAIN,
  {},
  { type: 'OBJECT' },
  { type: 'object', nullable: true },
  { type: 'object', $schema: 'x' },
  { type: 'object', anyOf: [{}] },
  { type: 'object', properties: { a: { const: 1 } } },
  { type: 'object', properties: { a: { allOf: [{ type: 'string' }] } } },
  { type: 'object', properties: { a: { items: [{ nullable: true }] } } },
  { type: 'object', definitions: { a: {} } },
  { type: 'object', properties: 7, required: ['a'], items: 'x' },
  { type: 'object', properties: { a: { type: 'TYPE_UNSPECIFIED' } } },
];

describe('isUnchanged', () => {
  test('is true for schemas of tools as they mostly are', () => {
    expect(isUnchanged(TOOL, SCHEMA_RULES['json-schema'])).toBe(true);
    expect(isUnchanged(PLAIN, SCHEMA_RULES['gemini-json-schema'])).toBe(true);
  });

  test.each(Object.keys(SCHEMA_RULES) as SchemaTarget[])(
    'is never true where %s changes or tells something',
    (target) => {
      for (const schema of CASES) {
        if (!isUnchanged(schema, SCHEMA_RULES[target])) continue;
        const told: string[] = [];
        expect(compileSchema(schema, target, (path) => told.push(path))).toBe(schema);
        expect(told).toEqual([]);
      }
    },
  );

  test('leaves what is very deep to the compiler', () => {
    let schema: JsonObject = { type: 'string' };
    for (let depth = 0; depth < 40; depth++) schema = { type: 'object', properties: { a: schema } };
    expect(isUnchanged(schema, SCHEMA_RULES['json-schema'])).toBe(false);
  });
});
