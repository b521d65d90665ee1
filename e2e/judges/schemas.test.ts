// What the gateway sends upstream, judged by the vendors' own schemas: every request that we know of, converted for models
// of each other format, has only members that the vendor has, with values that it takes.

import { readdirSync, readFileSync } from 'node:fs';
import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import { describe, expect, test } from 'vitest';
import { convertRequest } from '../../server/src/core/conversion/convert.ts';
import { dialects } from '../../server/src/core/dialects/index.ts';
import type { DialectId } from '../../server/src/core/model/dialect-id.ts';
import { isObject, type JsonObject } from '../../server/src/core/model/json.ts';
import { traitsFor } from '../../server/src/core/providers/traits/index.ts';
import { REQUEST_CASES } from '../../server/test/conformance/matrix-cases.ts';
import { sharedPath } from '../../server/test/kit/shared-data.ts';
import { recordedExchanges } from './recorded-exchanges.ts';

/** Something that a client sends. */
interface Sent {
  readonly name: string;
  readonly dialect: DialectId;
  readonly stream: boolean;
  readonly body: JsonObject;
}

const CLIENT_PATHS: readonly (readonly [RegExp, DialectId])[] = [
  [/\/chat\/completions$/, 'openai-chat'],
  [/\/responses$/, 'openai-responses'],
  [/\/messages$/, 'anthropic-messages'],
  [/:(stream)?generateContent$/i, 'gemini'],
];

/** Requests of real clients. */
function captured(): readonly Sent[] {
  const root = sharedPath('clients/captures');
  if (root === undefined) return [];
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.json'),
  );
  return files.flatMap((name) => {
    const { url, body } = JSON.parse(readFileSync(`${root}/${name}`, 'utf8')) as {
      url: string;
      body: unknown;
    };
    const [path = ''] = url.split('?');
    const dialect = CLIENT_PATHS.find(([pattern]) => pattern.test(path))?.[1];
    if (dialect === undefined || !isObject(body)) return [];
    return [{ name, dialect, stream: body['stream'] === true || path.includes(':stream'), body }];
  });
}

/** Requests of the recorded exchanges. Those that the provider refused are none that one has to be able to say. */
function recorded(): readonly Sent[] {
  return recordedExchanges().flatMap(({ name, dialect, request: body, answer }) => {
    if (body === undefined || answer.status >= 300) return [];
    return [{ name, dialect, stream: answer.kind === 'stream', body }];
  });
}

const ours: readonly Sent[] = REQUEST_CASES.map(({ name, dialect, body }) => ({
  name,
  dialect,
  stream: false,
  body,
}));

/**
 * A schema as ajv takes it: 3.0's `nullable` and exclusive limits in JSON Schema's words, what ajv does not know left out.
 * Alternatives overlap there, so that one of them is any of them.
 */
function normalised(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(normalised);
  if (!isObject(node)) return node;
  const { nullable, discriminator, $recursiveAnchor, $recursiveRef, exclusiveMinimum, oneOf, ...rest } = node;
  const members = Object.entries(rest).map(([name, value]) => [name, normalised(value)] as const);
  const schema: JsonObject = {
    ...Object.fromEntries(members),
    ...(oneOf === undefined ? {} : { anyOf: normalised(oneOf) }),
    ...(typeof exclusiveMinimum === 'number' ? { exclusiveMinimum } : {}),
  };
  return nullable === true ? { anyOf: [schema, { type: 'null' }] } : schema;
}

/** Schemas made from types say nothing of other members; here there are none. */
function closed(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(closed);
  if (!isObject(node)) return node;
  const members = Object.entries(node).map(([name, value]) => [name, closed(value)] as const);
  const isOpen =
    node['type'] === 'object' && isObject(node['properties']) && !('additionalProperties' in node);
  return { ...Object.fromEntries(members), ...(isOpen ? { additionalProperties: false } : {}) };
}

/**
 * Members that answers have and requests need not, whatever the descriptions say: OpenAI takes messages of the assistant and
 * reasoning without the ids and the status that it had given them.
 */
const NOT_NEEDED: Readonly<Record<string, readonly string[]>> = {
  OutputMessage: ['id', 'status'],
  OutputTextContent: ['logprobs'],
  ReasoningItem: ['id'],
  ResponseOutputMessage: ['id', 'status'],
  ResponseReasoningItem: ['id'],
};

function relaxed(schemas: JsonObject): JsonObject {
  const changed = Object.entries(NOT_NEEDED).flatMap(([name, members]) => {
    const schema = schemas[name];
    if (!isObject(schema) || !Array.isArray(schema['required'])) return [];
    return [[name, { ...schema, required: schema['required'].filter((each) => !members.includes(each)) }]];
  });
  return { ...schemas, ...Object.fromEntries(changed) };
}

function schemaFile(path: string): JsonObject {
  return JSON.parse(readFileSync(sharedPath(`formats/specs/${path}`) ?? '', 'utf8')) as JsonObject;
}

function compiled(schema: JsonObject, ref: string): ValidateFunction {
  const ajv = new Ajv({ strict: false, validateFormats: false, allErrors: true });
  ajv.addSchema({ ...schema, $id: 'vendor' });
  return ajv.compile({ $ref: `vendor${ref}` });
}

/** From the types of a vendor's library: the body is `Create` among the definitions. */
function fromTypes(path: string, create: (definitions: JsonObject) => JsonObject): ValidateFunction {
  const definitions = relaxed(closed(schemaFile(path)['definitions']) as JsonObject);
  return compiled({ definitions: { ...definitions, Create: create(definitions) } }, '#/definitions/Create');
}

/** From OpenAI's own description of its API. */
function fromDescription(name: string): ValidateFunction {
  const { components } = schemaFile('openai/openapi-2026-08-21.json') as { components: JsonObject };
  const schemas = relaxed(normalised(components['schemas']) as JsonObject);
  return compiled({ components: { schemas } }, `#/components/schemas/${name}`);
}

const params = (name: string) => (): JsonObject => ({
  anyOf: ['NonStreaming', 'Streaming'].map((kind) => ({ $ref: `#/definitions/${name}${kind}` })),
});

/** Messages with the members that older models take and the types of newer libraries no longer have. */
function sampledMessages(definitions: JsonObject): JsonObject {
  const sampling = { temperature: { maximum: 1 }, top_p: { maximum: 1 }, top_k: { type: 'integer' } };
  const kinds = ['MessageCreateParamsNonStreaming', 'MessageCreateParamsStreaming'].map((name) => {
    const schema = definitions[name] as { readonly properties: JsonObject };
    return { ...schema, properties: { ...schema.properties, ...sampling } };
  });
  return { anyOf: kinds };
}

const listed = (ref: string): JsonObject => ({ type: 'array', items: { $ref: `#/definitions/${ref}` } });

/** The body of generateContent; the library's types have it only in its own words. */
const generateContent = (): JsonObject => ({
  type: 'object',
  required: ['contents'],
  additionalProperties: false,
  properties: {
    contents: { ...listed('Content'), minItems: 1 },
    systemInstruction: { $ref: '#/definitions/Content' },
    tools: listed('Tool'),
    toolConfig: { $ref: '#/definitions/ToolConfig' },
    safetySettings: listed('SafetySetting'),
    generationConfig: { $ref: '#/definitions/GenerationConfig' },
    cachedContent: { type: 'string' },
    labels: { type: 'object', additionalProperties: { type: 'string' } },
    serviceTier: { enum: ['unspecified', 'flex', 'standard', 'priority'] },
  },
});

const CHAT = 'openai/schema-chat-sdk-7.55.0.json';
const RESPONSES = 'openai/schema-responses-sdk-7.55.0.json';
const MESSAGES = 'anthropic/schema-beta-messages-sdk-1.11.0.json';
const GEMINI = 'gemini/schema-genai-sdk-2.32.0.json';

const chatSchemas = (): readonly ValidateFunction[] => [
  fromTypes(CHAT, params('ChatCompletionCreateParams')),
  fromDescription('CreateChatCompletionRequest'),
];
const responsesSchemas = (): readonly ValidateFunction[] => [
  fromTypes(RESPONSES, params('ResponseCreateParams')),
  fromDescription('CreateResponse'),
];
const geminiSchemas = (): readonly ValidateFunction[] => [fromTypes(GEMINI, generateContent)];

/** A model that everything is converted for, and what judges it. */
interface Target {
  readonly provider: string;
  readonly dialect: DialectId;
  readonly model: string;
  readonly schemas: () => readonly ValidateFunction[];
}

const TARGETS: readonly Target[] = [
  { provider: 'openai', dialect: 'openai-chat', model: 'gpt-4o', schemas: chatSchemas },
  { provider: 'openai', dialect: 'openai-chat', model: 'gpt-5.6-sol', schemas: chatSchemas },
  { provider: 'openai', dialect: 'openai-responses', model: 'gpt-4.1', schemas: responsesSchemas },
  { provider: 'openai', dialect: 'openai-responses', model: 'gpt-5.6-sol', schemas: responsesSchemas },
  {
    provider: 'anthropic',
    dialect: 'anthropic-messages',
    model: 'claude-sonnet-4-5',
    schemas: () => [fromTypes(MESSAGES, sampledMessages)],
  },
  {
    provider: 'anthropic',
    dialect: 'anthropic-messages',
    model: 'claude-opus-4-8',
    schemas: () => [fromTypes(MESSAGES, params('MessageCreateParams'))],
  },
  { provider: 'gemini', dialect: 'gemini', model: 'gemini-2.5-pro', schemas: geminiSchemas },
  { provider: 'gemini', dialect: 'gemini', model: 'gemini-3-pro-preview', schemas: geminiSchemas },
];

/** Faults that are none: the request and where in it. */
const EXPECTED: readonly { readonly fault: RegExp; readonly reason: string }[] = [
  { fault: /^codex\/.*image_url\/detail: /, reason: 'the description is older than the detail "original"' },
  {
    fault: /^responses-file-id\/contents: /,
    reason: 'nothing is left of it; it is refused before it is sent',
  },
];

/** The body for one model. */
function converted({ dialect, stream, body }: Sent, { provider, dialect: to, model }: Target): JsonObject {
  const request = dialects[dialect].codec.decodeRequest(body, { model: 'alias', stream });
  if ('code' in request) throw new Error(request.message);
  const { encoded } = convertRequest({
    from: dialects[dialect],
    to: dialects[to],
    request,
    target: { model, stream, traits: traitsFor(provider, to, model) },
  });
  return JSON.parse(JSON.stringify(encoded.body)) as JsonObject;
}

/** The fault that stands deepest is the one that says most. */
function worst(errors: readonly ErrorObject[]): string {
  const [first] = errors.toSorted((a, b) => b.instancePath.length - a.instancePath.length);
  return `${first?.instancePath}: ${first?.message} ${JSON.stringify(first?.params)}`;
}

const hasSchemas = sharedPath('formats/specs') !== undefined;
const sent = [...ours, ...captured(), ...recorded()];
if (!hasSchemas) process.emitWarning('No schemas of the vendors here: what is sent upstream is not judged.');

/** What the schemas say against the requests for a model. */
function faultsOf(target: Target): readonly string[] {
  const schemas = target.schemas();
  const faults = sent
    .filter(({ dialect, body }) => dialect !== target.dialect && body['generate'] !== false)
    .flatMap((each) => {
      const body = converted(each, target);
      return schemas
        .filter((validate) => !validate(body))
        .map(({ errors }) => `${each.name}${worst(errors ?? [])}`);
    });
  return faults.filter((fault) => !EXPECTED.some((each) => each.fault.test(fault)));
}

describe.skipIf(!hasSchemas)('G88 requests are valid by the schemas of the vendor (where they are)', () => {
  test('there are requests of every format', () => {
    expect(new Set(sent.map(({ dialect }) => dialect)).size).toBe(4);
  });

  test.each(TARGETS)('$dialect for $model', (target) => {
    expect(faultsOf(target)).toEqual([]);
  });
});
