// Embeddings as OpenAI and those who copy it speak them (Mistral, Together, local servers, …).
// https://platform.openai.com/docs/api-reference/embeddings

import { type SluiceError, sluiceError } from '../model/error.ts';
import { isObject, type JsonObject, listOf, objectOf, textOf } from '../model/json.ts';
import { base64ToFloats, floatsToBase64 } from './base64-floats.ts';
import type { EmbedRequest, EmbedResponse } from './model.ts';

const isTokens = (value: unknown): value is readonly number[] =>
  Array.isArray(value) && value.length > 0 && value.every((item) => typeof item === 'number');

function wrong(param: string, wanted: string): SluiceError {
  return sluiceError('invalid_request', `${param} must be ${wanted}.`, { param });
}

/** Reads a request body. */
export function decodeOpenaiRequest(wire: unknown): EmbedRequest | SluiceError {
  if (!isObject(wire)) return wrong('body', 'an object');
  const { input, model, dimensions, encoding_format: format, user } = wire as Record<string, unknown>;
  const inputs = typeof input === 'string' || isTokens(input) ? [input] : input;
  const isList = Array.isArray(inputs) && inputs.length > 0;
  if (!isList || !inputs.every((item) => typeof item === 'string' || isTokens(item)))
    return wrong('input', 'a text, a list of texts, or a list of token ids');
  if (dimensions !== undefined && dimensions !== null && typeof dimensions !== 'number')
    return wrong('dimensions', 'a number');
  if (format !== undefined && format !== null && format !== 'float' && format !== 'base64')
    return wrong('encoding_format', '"float" or "base64"');
  return {
    origin: 'openai-chat',
    model: textOf(model) ?? '',
    inputs,
    single: false,
    encoding: format === 'base64' ? 'base64' : 'float',
    ...(typeof dimensions === 'number' ? { dimensions } : {}),
    ...(typeof user === 'string' ? { endUser: user } : {}),
  };
}

/** Writes a request body. Floats are asked for: every server knows them. */
export function encodeOpenaiRequest(request: EmbedRequest, model: string): JsonObject {
  return {
    model,
    input: request.inputs.length === 1 ? request.inputs[0] : request.inputs,
    encoding_format: 'float',
    ...(request.dimensions === undefined ? {} : { dimensions: request.dimensions }),
    ...(request.endUser === undefined ? {} : { user: request.endUser }),
  };
}

/** Reads an answer; undefined when it is none. */
export function decodeOpenaiResponse(wire: unknown): EmbedResponse | undefined {
  const body = objectOf(wire);
  const rows = listOf(body?.['data']).map(objectOf);
  if (body === undefined || rows.length === 0) return undefined;
  const ordered = rows.toSorted((a, b) => Number(a?.['index'] ?? 0) - Number(b?.['index'] ?? 0));
  const vectors: (readonly number[])[] = [];
  for (const row of ordered) {
    const value = row?.['embedding'];
    const vector = typeof value === 'string' ? base64ToFloats(value) : value;
    if (!isTokens(vector)) return undefined;
    vectors.push(vector);
  }
  const tokens = objectOf(body['usage'])?.['prompt_tokens'];
  return {
    model: textOf(body['model']),
    vectors,
    inputTokens: typeof tokens === 'number' && tokens >= 0 ? tokens : undefined,
  };
}

/** Writes an answer. */
export function encodeOpenaiResponse(
  response: EmbedResponse,
  request: EmbedRequest,
  model: string,
  inputTokens: number,
): JsonObject {
  const tokens = response.inputTokens ?? inputTokens;
  return {
    object: 'list',
    data: response.vectors.map((vector, index) => ({
      object: 'embedding',
      index,
      embedding: request.encoding === 'base64' ? floatsToBase64(vector) : vector,
    })),
    model,
    usage: { prompt_tokens: tokens, total_tokens: tokens },
  };
}
