import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../model/json.ts';
import { compileSchema, MOST_NODES } from './compile.ts';
import type { SchemaTarget } from './targets.ts';

interface Compiled {
  readonly schema: JsonObject;
  /** "feature action severity" of each report. */
  readonly told: readonly string[];
}

function compiled(schema: JsonObject, target: SchemaTarget): Compiled {
  const told: string[] = [];
  const result = compileSchema(schema, target, (_path, feature, action, severity) => {
    told.push(`${feature} ${action} ${severity}`);
  });
  return { schema: result, told };
}

const object = (properties: JsonObject, more: JsonObject = {}): JsonObject => ({
  type: 'object',
  properties,
  ...more,
});

describe('tools of every target', () => {
  test('a plain schema comes back as the same object', () => {
    const schema = object({ city: { type: 'string', description: 'A place' } }, { required: ['city'] });
    for (const target of ['json-schema', 'gemini-json-schema', 'gemini-openapi'] as const)
      expect(compiled(schema, target).schema).toBe(schema);
  });

  test('bookkeeping goes, everything else of JSON Schema stays', () => {
    const schema = {
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      $id: 'urn:x',
      $comment: 'note',
      ...object(
        { n: { type: 'integer', exclusiveMinimum: 0, $comment: 'inner' } },
        { additionalProperties: false },
      ),
    };
    const result = compiled(schema, 'json-schema');
    expect(result.schema).toEqual(
      object({ n: { type: 'integer', exclusiveMinimum: 0 } }, { additionalProperties: false }),
    );
    expect(result.told).toEqual([]);
  });

  test('an empty schema becomes one of an object', () => {
    expect(compiled({}, 'json-schema').schema).toEqual({ type: 'object' });
  });

  test('alternatives at the root become one object whose common members are required', () => {
    const result = compiled(
      {
        anyOf: [
          object({ kind: { const: 'a' }, x: { type: 'string' } }, { required: ['kind', 'x'] }),
          object({ kind: { const: 'b' }, y: { type: 'number' } }, { required: ['kind', 'y'] }),
        ],
      },
      'json-schema',
    );
    expect(result.schema).toEqual({
      type: 'object',
      properties: { kind: { enum: ['a', 'b'] }, x: { type: 'string' }, y: { type: 'number' } },
      required: ['kind'],
    });
    expect(result.told).toEqual(['schema-root-union approximated quality']);
  });

  test('types in capitals and nullable, as gemini clients write them, become JSON Schema', () => {
    const schema = { type: 'OBJECT', properties: { a: { type: 'STRING', nullable: true, enum: ['x'] } } };
    expect(compiled(schema, 'json-schema').schema).toEqual(
      object({ a: { type: ['string', 'null'], enum: ['x', null] } }),
    );
  });
});

describe('G43 names of properties and data are no keywords', () => {
  const schema = object(
    {
      title: { type: 'string' },
      format: { type: 'string', default: { $schema: 'x', const: 1 } },
      $ref: { type: 'string' },
      const: { type: 'string', enum: ['$ref', 'title'] },
      $schema: { type: 'string', example: { exclusiveMinimum: 1 } },
    },
    { required: ['title', 'format', '$ref', 'const', '$schema'] },
  );

  test.each(['json-schema', 'gemini-json-schema', 'gemini-openapi'] as const)('%s', (target) => {
    expect(compiled(schema, target)).toEqual({ schema, told: [] });
  });

  test('a property called __proto__ stays one', () => {
    const hostile = JSON.parse(
      '{"type":"object","properties":{"__proto__":{"type":["string","null"]}}}',
    ) as JsonObject;
    const result = compiled(hostile, 'gemini-openapi').schema;
    expect(JSON.stringify(result)).toBe(
      '{"type":"object","properties":{"__proto__":{"type":"string","nullable":true}}}',
    );
  });
});

describe('references', () => {
  const tree = {
    type: 'object',
    properties: { root: { $ref: '#/$defs/node', description: 'The top' } },
    $defs: { node: object({ children: { type: 'array', items: { $ref: '#/$defs/node' } } }) },
  };

  test('G41 a reference stands alone on its node; words beside it are kept by writing it out', () => {
    const { schema } = compiled(tree, 'gemini-json-schema');
    expect(schema['properties']).toEqual({
      root: { ...tree.$defs.node, description: 'The top' },
    });
    expect(schema['$defs']).toBe(tree.$defs);
  });

  test('G40 where references are unknown they are written out, and recursion is cut', () => {
    const { schema, told } = compiled(tree, 'gemini-openapi');
    expect(JSON.stringify(schema)).not.toContain('$');
    expect(schema).toEqual(
      object({
        root: {
          ...object({
            children: {
              type: 'array',
              items: object({ children: { type: 'array', items: { type: 'object' } } }),
            },
          }),
          description: 'The top',
        },
      }),
    );
    expect(told).toEqual(['schema-recursion approximated quality']);
  });

  test('pointers of draft 7 and into the middle of a schema are followed', () => {
    const schema = {
      ...object({ a: { $ref: '#/definitions/x~1y' }, b: { $ref: '#/properties/a' } }),
      definitions: { 'x/y': { type: 'integer' } },
    };
    expect(compiled(schema, 'gemini-json-schema').schema).toEqual(
      object({ a: { type: 'integer' }, b: { type: 'integer' } }),
    );
  });

  test('a reference to another document leads nowhere and is reported', () => {
    const result = compiled(
      object({ a: { $ref: 'https://example.org/s.json', description: 'A' } }),
      'gemini-openapi',
    );
    expect(result.schema).toEqual(object({ a: { description: 'A' } }));
    expect(result.told).toEqual(['schema-ref approximated quality']);
  });

  test('a schema that grows without end by its references is cut', () => {
    const $defs: Record<string, JsonObject> = {};
    for (let i = 0; i < 40; i++)
      $defs[`d${i}`] = object({ l: { $ref: `#/$defs/d${i + 1}` }, r: { $ref: `#/$defs/d${i + 1}` } });
    const result = compiled({ ...object({ a: { $ref: '#/$defs/d0' } }), $defs }, 'gemini-openapi');
    expect(result.told).toContain('schema-size approximated quality');
    expect(JSON.stringify(result.schema).length).toBeLessThan(MOST_NODES * 100);
  });

  test('deep nesting is cut', () => {
    let schema: JsonObject = { type: 'string' };
    for (let i = 0; i < 5000; i++) schema = object({ a: schema });
    for (const target of ['json-schema', 'anthropic-output'] as const)
      expect(JSON.stringify(compiled(schema, target).schema).length).toBeLessThan(20_000);
  });
});

describe('gemini’s OpenAPI subset', () => {
  const one = (schema: JsonObject): unknown =>
    (compiled(object({ a: schema }), 'gemini-openapi').schema['properties'] as JsonObject)['a'];

  test('G40 unknown keywords are put into words or dropped', () => {
    const result = compiled(
      object(
        { a: { type: 'integer', exclusiveMinimum: 0, multipleOf: 5, description: 'N' } },
        { additionalProperties: false },
      ),
      'gemini-openapi',
    );
    expect(result.schema).toEqual(
      object({ a: { type: 'integer', description: 'N\n\n{exclusiveMinimum: 0, multipleOf: 5}' } }),
    );
    expect(result.told).toEqual(['schema-limits approximated quality', 'schema-keyword dropped hint']);
  });

  test('const, lists of types and null become enum and nullable', () => {
    expect(one({ const: 'x' })).toEqual({ enum: ['x'], type: 'string' });
    expect(one({ type: ['string', 'null'] })).toEqual({ type: 'string', nullable: true });
    expect(one({ anyOf: [{ type: 'number' }, { type: 'null' }], description: 'D' })).toEqual({
      description: 'D',
      nullable: true,
      type: 'number',
    });
    expect(one({ enum: ['a', null] })).toEqual({ enum: ['a'], type: 'string', nullable: true });
  });

  test('values that are no strings go into the description', () => {
    expect(one({ type: 'integer', enum: [1, 2] })).toEqual({ type: 'integer', description: '{enum: [1,2]}' });
  });

  test('formats that it does not know go into the description', () => {
    expect(one({ type: 'string', format: 'uri' })).toEqual({ type: 'string', description: '{format: uri}' });
    expect(one({ type: 'string', format: 'date-time' })).toEqual({ type: 'string', format: 'date-time' });
  });

  test('G42 alternatives stand alone on their node', () => {
    expect(
      one({ description: 'D', oneOf: [{ type: 'string' }, { type: 'object', description: 'O' }] }),
    ).toEqual({
      anyOf: [
        { description: 'D', type: 'string' },
        { description: 'O', type: 'object' },
      ],
    });
    expect(one({ type: ['string', 'array'], items: { type: 'string' }, minLength: 1 })).toEqual({
      anyOf: [
        { type: 'string', minLength: 1 },
        { type: 'array', items: { type: 'string' } },
      ],
    });
  });

  test('parts of an allOf are put together', () => {
    expect(
      one({
        allOf: [object({ x: { type: 'string' } }, { required: ['x'] }), object({ y: { type: 'number' } })],
      }),
    ).toEqual(object({ x: { type: 'string' }, y: { type: 'number' } }, { required: ['x'] }));
  });

  test('a list without items gets some, and a required property that is not described is not required', () => {
    expect(one({ type: 'array' })).toEqual({ type: 'array', items: { type: 'string' } });
    expect(one(object({ x: { type: 'string' } }, { required: ['x', 'y'] }))).toEqual(
      object({ x: { type: 'string' } }, { required: ['x'] }),
    );
  });
});

describe('output schemas', () => {
  test('openai-strict: all properties become required, and those that were not may be null', () => {
    const result = compiled(
      object(
        { a: { type: 'string' }, b: { type: 'string', enum: ['x'] }, c: { $ref: '#/$defs/c' } },
        {
          required: ['a'],
          $defs: { c: { type: 'number' } },
        },
      ),
      'openai-strict',
    );
    expect(result.schema).toEqual({
      type: 'object',
      properties: {
        a: { type: 'string' },
        b: { type: ['string', 'null'], enum: ['x', null] },
        c: { anyOf: [{ $ref: '#/$defs/c' }, { type: 'null' }] },
      },
      required: ['a', 'b', 'c'],
      $defs: { c: { type: 'number' } },
      additionalProperties: false,
    });
    expect(result.told).toEqual(['schema-optional approximated quality']);
  });

  test('openai-strict: a map of any members cannot be said, which is a loss of meaning', () => {
    const map = object(
      { m: { type: 'object', additionalProperties: { type: 'string' } } },
      { required: ['m'] },
    );
    expect(compiled(map, 'openai-strict').told).toContain('schema-open-object dropped semantic');
  });

  test('openai-strict: a schema that is strict already stays the same object', () => {
    const schema = object({ a: { type: 'string' } }, { required: ['a'], additionalProperties: false });
    expect(compiled(schema, 'openai-strict').schema).toBe(schema);
  });

  test('G44 anthropic: limits go into the description and objects are closed', () => {
    const result = compiled(
      object({
        n: { type: 'integer', minimum: 1, maximum: 9 },
        l: { type: 'array', items: {}, minItems: 2 },
      }),
      'anthropic-output',
    );
    expect(result.schema).toEqual(
      object(
        {
          n: { type: 'integer', description: '{minimum: 1, maximum: 9}' },
          l: { type: 'array', items: {}, description: '{minItems: 2}' },
        },
        { additionalProperties: false },
      ),
    );
  });

  test('anthropic: definitions stay, unless they are recursive', () => {
    const plain = object(
      { a: { $ref: '#/$defs/s' } },
      { additionalProperties: false, $defs: { s: { type: 'string' } } },
    );
    expect(compiled(plain, 'anthropic-output').schema).toBe(plain);
    const list = object({ next: { $ref: '#' } }, { additionalProperties: false });
    const result = compiled(list, 'anthropic-output');
    expect(JSON.stringify(result.schema)).not.toContain('$ref');
    expect(result.told).toContain('schema-recursion approximated quality');
  });

  test('gemini: only the listed keywords come through', () => {
    const result = compiled(
      object({ a: { type: 'string', pattern: '^x', const: 'x1' } }, { additionalProperties: false }),
      'gemini-output',
    );
    expect(result.schema).toEqual(
      object(
        { a: { type: 'string', enum: ['x1'], description: '{pattern: ^x}' } },
        { additionalProperties: false },
      ),
    );
  });
});
