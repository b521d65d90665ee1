// What each target understands of JSON Schema, as data: which keywords stay, what becomes of references and null, and
// what has to be added.

/** A way in which a target takes schemas. */
export type SchemaTarget =
  /** Tools of openai-chat, openai-responses and anthropic-messages: all of JSON Schema, with an object at the root. */
  | 'json-schema'
  /** gemini's `parametersJsonSchema`. */
  | 'gemini-json-schema'
  /** gemini's `parameters`: a subset of OpenAPI 3.0. */
  | 'gemini-openapi'
  /** Output schemas with `strict: true`: https://developers.openai.com/api/docs/guides/structured-outputs */
  | 'openai-strict'
  /** `output_config.format`: https://platform.claude.com/docs/en/build-with-claude/structured-outputs */
  | 'anthropic-output'
  /** gemini's `responseJsonSchema`: https://ai.google.dev/api/generate-content#v1beta.GenerationConfig */
  | 'gemini-output';

/** How a target takes schemas. */
export interface SchemaRules {
  /** The keywords that may stand on a node; undefined = all. */
  readonly keeps: ReadonlySet<string> | undefined;
  /**
   * keep: references stay as they are. alone: those to a definition stay, without anything beside them.
   * acyclic: as `alone`, but a schema that refers to itself is written out. inline: none may stay.
   */
  readonly refs: 'keep' | 'alone' | 'acyclic' | 'inline';
  /** The containers that a reference that stays may point into. */
  readonly definitions: readonly string[];
  /** Null is said by a list of types, or by OpenAPI's `nullable`. */
  readonly nulls: 'type-list' | 'nullable';
  readonly constToEnum: boolean;
  readonly oneOfToAnyOf: boolean;
  /** The parts of an allOf become one node. */
  readonly joinsAllOf: boolean;
  /** `additionalProperties: false` on every object. */
  readonly closed: boolean;
  /** Every property is required; those that were not may be null. */
  readonly allRequired: boolean;
  /** anyOf may have nothing beside it (G42). */
  readonly anyOfAlone: boolean;
  /** The values of `format` that are known; undefined = any. */
  readonly formats: ReadonlySet<string> | undefined;
  /** minItems may be 0 or 1 only. */
  readonly fewItems: boolean;
  /** The schema is one of arguments: its root is an object without alternatives. */
  readonly objectRoot: boolean;
}

/** Every schema keyword that only describes where or what the schema is. It says nothing of the data. */
export const BOOKKEEPING: ReadonlySet<string> = new Set(['$schema', '$id', '$comment', '$vocabulary']);

/** Keywords whose loss does not change what is valid. */
export const ANNOTATIONS: ReadonlySet<string> = new Set([
  'title',
  'description',
  'default',
  'examples',
  'example',
  'deprecated',
  'readOnly',
  'writeOnly',
  'propertyOrdering',
  'enumDescriptions',
  'markdownDescription',
  'contentEncoding',
  'contentMediaType',
  'externalDocs',
  'xml',
]);

/** Limits that can be put into words when a target does not know them. */
export const LIMITS: ReadonlySet<string> = new Set([
  'minimum',
  'maximum',
  'exclusiveMinimum',
  'exclusiveMaximum',
  'multipleOf',
  'minLength',
  'maxLength',
  'pattern',
  'format',
  'minItems',
  'maxItems',
  'uniqueItems',
  'minProperties',
  'maxProperties',
]);

const FORMATS = ['date-time', 'time', 'date', 'duration', 'email', 'hostname', 'ipv4', 'ipv6', 'uuid'];

const ANYTHING: SchemaRules = {
  keeps: undefined,
  refs: 'keep',
  definitions: [],
  nulls: 'type-list',
  constToEnum: false,
  oneOfToAnyOf: false,
  joinsAllOf: false,
  closed: false,
  allRequired: false,
  anyOfAlone: false,
  formats: undefined,
  fewItems: false,
  objectRoot: true,
};

/** The rules of each target. */
export const SCHEMA_RULES: Readonly<Record<SchemaTarget, SchemaRules>> = {
  'json-schema': ANYTHING,
  // G41: takes unions and references, but nothing may stand beside a `$ref`.
  'gemini-json-schema': {
    ...ANYTHING,
    refs: 'alone',
    definitions: ['$defs'],
    constToEnum: true,
    joinsAllOf: true,
  },
  // G40: the whole request fails on the first unknown keyword. https://ai.google.dev/api/caching#Schema
  'gemini-openapi': {
    ...ANYTHING,
    keeps: new Set([
      'type',
      'format',
      'title',
      'description',
      'nullable',
      'enum',
      'items',
      'minItems',
      'maxItems',
      'properties',
      'required',
      'minProperties',
      'maxProperties',
      'propertyOrdering',
      'minimum',
      'maximum',
      'minLength',
      'maxLength',
      'pattern',
      'example',
      'default',
      'anyOf',
    ]),
    refs: 'inline',
    nulls: 'nullable',
    constToEnum: true,
    oneOfToAnyOf: true,
    joinsAllOf: true,
    anyOfAlone: true,
    formats: new Set(['enum', 'date-time', 'float', 'double', 'int32', 'int64']),
  },
  'openai-strict': {
    ...ANYTHING,
    keeps: new Set([
      'type',
      'title',
      'description',
      'properties',
      'required',
      'additionalProperties',
      'items',
      'anyOf',
      'enum',
      'const',
      '$ref',
      '$defs',
      'definitions',
      'pattern',
      'format',
      'multipleOf',
      'minimum',
      'maximum',
      'exclusiveMinimum',
      'exclusiveMaximum',
      'minItems',
      'maxItems',
    ]),
    refs: 'alone',
    definitions: ['$defs', 'definitions'],
    oneOfToAnyOf: true,
    joinsAllOf: true,
    closed: true,
    allRequired: true,
    formats: new Set(FORMATS),
    objectRoot: false,
  },
  // G44: no limits on numbers, lengths and lists; objects are closed; no recursion.
  'anthropic-output': {
    ...ANYTHING,
    keeps: new Set([
      'type',
      'title',
      'description',
      'properties',
      'required',
      'additionalProperties',
      'items',
      'anyOf',
      'enum',
      'const',
      'default',
      '$ref',
      '$defs',
      'definitions',
      'format',
      'minItems',
    ]),
    refs: 'acyclic',
    definitions: ['$defs', 'definitions'],
    oneOfToAnyOf: true,
    joinsAllOf: true,
    closed: true,
    formats: new Set([...FORMATS, 'uri']),
    fewItems: true,
    objectRoot: false,
  },
  'gemini-output': {
    ...ANYTHING,
    keeps: new Set([
      '$defs',
      '$ref',
      '$anchor',
      'type',
      'format',
      'title',
      'description',
      'enum',
      'items',
      'prefixItems',
      'minItems',
      'maxItems',
      'minimum',
      'maximum',
      'anyOf',
      'oneOf',
      'properties',
      'additionalProperties',
      'required',
      'propertyOrdering',
    ]),
    refs: 'alone',
    definitions: ['$defs'],
    constToEnum: true,
    joinsAllOf: true,
    objectRoot: false,
  },
};
