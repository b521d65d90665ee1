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
  const isOpen = isObject(node['properties']) && !('additionalProperties' in node) && !('allOf' in node);
  return { ...Object.fromEntries(members), ...(isOpen ? { additionalProperties: false } : {}) };
}

function schemaFile(path: string): JsonObject {
  return JSON.parse(readFileSync(sharedPath(`formats/specs/${path}`) ?? '', 'utf8')) as JsonObject;
}

function compiled(schema: JsonObject, ref: string): ValidateFunction {
  const ajv = new Ajv({ strict: false, validateFormats: false, allErrors: false, verbose: false });
  ajv.addSchema({ ...schema, $id: 'vendor' });
  return ajv.compile({ $ref: `vendor${ref}` });
}

/** From the types of a vendor's library. */
function fromTypes(path: string, definitions: JsonObject, ref: string): ValidateFunction {
  const schema = schemaFile(path);
  const all = { ...(closed(schema['definitions']) as JsonObject), ...definitions };
  const isResponses = 'ResponseOutputMessage' in all;
  return compiled({ definitions: isResponses ? withoutIds(all, 'ResponseOutputMessage') : all }, ref);
}

/** From OpenAI's own description of its API. */
function fromDescription(ref: string): ValidateFunction {
  const { components } = schemaFile('openai/openapi-2026-08-21.json') as { components: JsonObject };
  return compiled(
    { components: { schemas: withoutIds(normalised(components['schemas']) as JsonObject, 'OutputMessage') } },
    ref,
  );
}

/** Messages of the assistant are taken without the id and the status that answers have, whatever the description says. */
function withoutIds(schemas: JsonObject, name: string): JsonObject {
  const message = schemas[name] as { readonly required: readonly string[] };
  const required = message.required.filter((member) => member !== 'id' && member !== 'status');
  return { ...schemas, [name]: { ...message, required } };
}

const either = (...refs: readonly string[]): JsonObject => ({ anyOf: refs.map(($ref) => ({ $ref })) });
const listed = (ref: string): JsonObject => ({ type: 'array', items: { $ref: `#/definitions/${ref}` } });

/** The body of generateContent; the library's types have it only in its own words. */
const GENERATE_CONTENT: JsonObject = {
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
};

const CREATE = '#/definitions/Create';
const params = (name: string): JsonObject => ({
  Create: either(`#/definitions/${name}NonStreaming`, `#/definitions/${name}Streaming`),
});

const SCHEMAS: Readonly<Record<DialectId, () => readonly ValidateFunction[]>> = {
  'openai-chat': () => [
    fromTypes('openai/schema-chat-sdk-7.55.0.json', params('ChatCompletionCreateParams'), CREATE),
    fromDescription('#/components/schemas/CreateChatCompletionRequest'),
  ],
  'openai-responses': () => [
    fromTypes('openai/schema-responses-sdk-7.55.0.json', params('ResponseCreateParams'), CREATE),
    fromDescription('#/components/schemas/CreateResponse'),
  ],
  'anthropic-messages': () => [
    fromTypes('anthropic/schema-beta-messages-sdk-1.11.0.json', params('MessageCreateParams'), CREATE),
  ],
  gemini: () => [fromTypes('gemini/schema-genai-sdk-2.32.0.json', { Create: GENERATE_CONTENT }, CREATE)],
};

/** Models that everything is converted for. */
const MODELS: readonly (readonly [provider: string, dialect: DialectId, model: string])[] = [
  ['openai', 'openai-chat', 'gpt-4o'],
  ['openai', 'openai-chat', 'gpt-5.6-sol'],
  ['openai', 'openai-responses', 'gpt-4.1'],
  ['openai', 'openai-responses', 'gpt-5.4'],
  ['anthropic', 'anthropic-messages', 'claude-sonnet-4-5'],
  ['anthropic', 'anthropic-messages', 'claude-opus-4-8'],
  ['gemini', 'gemini', 'gemini-2.5-pro'],
  ['gemini', 'gemini', 'gemini-3-pro-preview'],
];

/** The body for one model. */
function converted(
  { dialect, stream, body }: Sent,
  [provider, to, model]: (typeof MODELS)[number],
): JsonObject {
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

describe.skipIf(!hasSchemas)('requests are valid by the schemas of the vendor (where they are)', () => {
  test.each(MODELS)('to %s in %s for %s', (...target) => {
    const schemas = SCHEMAS[target[1]]();
    const faults: string[] = [];
    for (const each of sent.filter(({ dialect }) => dialect !== target[1])) {
      const body = converted(each, target);
      for (const validate of schemas)
        if (!validate(body)) faults.push(`${each.name}${worst(validate.errors ?? [])}`);
    }
    expect(faults).toEqual([]);
  });
});
