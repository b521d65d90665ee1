import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isObject, type JsonObject } from '../../model/json.ts';
import { compileSchema } from './compile.ts';
import { SCHEMA_RULES, type SchemaTarget } from './targets.ts';

const TARGETS = Object.keys(SCHEMA_RULES) as SchemaTarget[];

const KEYWORDS = [
  '$schema',
  '$id',
  '$comment',
  '$ref',
  '$defs',
  'definitions',
  'type',
  'nullable',
  'const',
  'enum',
  'anyOf',
  'oneOf',
  'allOf',
  'not',
  'properties',
  'required',
  'items',
  'prefixItems',
  'additionalProperties',
  'patternProperties',
  'minimum',
  'exclusiveMinimum',
  'minItems',
  'pattern',
  'format',
  'title',
  'description',
  'default',
  'examples',
  '__proto__',
  'x-own',
];

/** Objects that look like schemas, with values that need not fit their keyword. */
const schemaLike = fc.letrec<{ node: unknown; any: unknown }>((tie) => ({
  any: fc.oneof(
    { maxDepth: 5 },
    fc.constantFrom<unknown>(
      'string',
      'OBJECT',
      'null',
      'array',
      'object',
      '#',
      '#/$defs/a',
      '#/definitions/b',
      '#/properties/a',
      '#/nowhere',
      'x#',
      true,
      false,
      null,
      0,
      1,
      7,
      '',
    ),
    fc.array(tie('any'), { maxLength: 3 }),
    tie('node'),
    fc.dictionary(fc.constantFrom('a', 'b', 'title', '$ref', 'const', '__proto__'), tie('any'), {
      maxKeys: 3,
    }),
  ),
  node: fc
    .array(fc.tuple(fc.constantFrom(...KEYWORDS), tie('any')), { maxLength: 5 })
    .map((entries) => Object.fromEntries(entries)),
})).node as fc.Arbitrary<JsonObject>;

const quiet = (): void => {};

/** Every keyword of every schema node that `allowed` does not list. */
function strangers(schema: unknown, allowed: ReadonlySet<string>, found: string[] = []): string[] {
  if (!isObject(schema)) return found;
  for (const [key, value] of Object.entries(schema)) {
    if (!allowed.has(key)) found.push(key);
    if (['properties', '$defs', 'definitions'].includes(key) && isObject(value))
      for (const inner of Object.values(value)) strangers(inner, allowed, found);
    else if (['anyOf', 'oneOf', 'allOf', 'prefixItems'].includes(key) && Array.isArray(value))
      for (const inner of value) strangers(inner, allowed, found);
    else if (['items', 'additionalProperties'].includes(key)) strangers(value, allowed, found);
  }
  return found;
}

describe('for any JSON', () => {
  test.each(TARGETS)(
    '%s: nothing throws, twice is the same as once, and the input stays as it was',
    (target) => {
      fc.assert(
        fc.property(schemaLike, (schema) => {
          const before = JSON.stringify(schema);
          const once = compileSchema(schema, target, quiet);
          expect(JSON.stringify(schema)).toBe(before);
          const twice = compileSchema(once, target, quiet);
          expect(twice).toEqual(once);
          const settled = compileSchema(twice, target, quiet);
          expect(settled).toBe(twice);
          expect(Object.getPrototypeOf(once)).toBe(Object.prototype);
        }),
        { numRuns: 2000 },
      );
    },
  );

  test.each(TARGETS.filter((target) => SCHEMA_RULES[target].keeps !== undefined))(
    '%s: only known keywords come out',
    (target) => {
      const allowed = SCHEMA_RULES[target].keeps ?? new Set();
      fc.assert(
        fc.property(schemaLike, (schema) => {
          expect(strangers(compileSchema(schema, target, quiet), allowed)).toEqual([]);
        }),
        { numRuns: 2000 },
      );
    },
  );

  test('values that are no schemas at all are survived', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue(), { noNullPrototype: true }), (schema) => {
        for (const target of TARGETS) compileSchema(schema as JsonObject, target, quiet);
      }),
    );
  });
});
