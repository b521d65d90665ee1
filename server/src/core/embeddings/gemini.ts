// Embeddings of the Gemini API: embedContent for one content, batchEmbedContents for several.
// https://ai.google.dev/api/embeddings

import type { EncodedRequest } from '../dialects/dialect.ts';
import { type SluiceError, sluiceError } from '../model/error.ts';
import { isObject, type JsonObject, listOf, objectOf, textOf } from '../model/json.ts';
import type { LossReport } from '../model/loss.ts';
import type { EmbedRequest, EmbedResponse } from './model.ts';

/** A member under its name or, as the API also accepts it, in snake_case. */
function member(object: JsonObject, name: string): unknown {
  return object[name] ?? object[name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)];
}

/** The text of one content; undefined when it has anything but text. */
function textOfContent(content: unknown): string | undefined {
  const texts = listOf(objectOf(content)?.['parts']).map((part) => objectOf(part)?.['text']);
  return texts.length > 0 && texts.every((text) => typeof text === 'string') ? texts.join('\n') : undefined;
}

/** Reads the body of embedContent or batchEmbedContents. All requests of a batch share what the first one says. */
export function decodeGeminiRequest(wire: unknown, model: string): EmbedRequest | SluiceError {
  if (!isObject(wire)) return sluiceError('invalid_request', 'The body must be an object.');
  const batch = wire['requests'];
  const requests = Array.isArray(batch) ? batch.map((one) => objectOf(one) ?? {}) : [wire];
  if (requests.length === 0)
    return sluiceError('invalid_request', 'requests must not be empty.', { param: 'requests' });
  const inputs: string[] = [];
  for (const [index, request] of requests.entries()) {
    const text = textOfContent(request['content']);
    const param = Array.isArray(batch) ? `requests[${index}].content` : 'content';
    if (text === undefined)
      return sluiceError('invalid_request', `${param} must have parts with text.`, { param });
    inputs.push(text);
  }
  const [first = {}] = requests;
  const options = { ...objectOf(member(first, 'embedContentConfig')), ...first };
  const dimensions = member(options, 'outputDimensionality');
  const purpose = textOf(member(options, 'taskType'));
  const title = textOf(options['title']);
  return {
    origin: 'gemini',
    model,
    inputs,
    single: !Array.isArray(batch),
    encoding: 'float',
    ...(typeof dimensions === 'number' ? { dimensions } : {}),
    ...(purpose === undefined ? {} : { purpose }),
    ...(title === undefined ? {} : { title }),
  };
}

/** Writes a batchEmbedContents request, which serves one input as well as many. */
export function encodeGeminiRequest(
  request: EmbedRequest,
  model: string,
  losses: LossReport,
): EncodedRequest {
  const name = model.startsWith('models/') || model.startsWith('tunedModels/') ? model : `models/${model}`;
  const requests = request.inputs.map((input, index) => {
    if (typeof input !== 'string')
      losses.add({
        path: `input[${index}]`,
        feature: 'embedding-tokens',
        action: 'dropped',
        severity: 'semantic',
        note: "Token ids of one vendor's tokenizer mean nothing to another's: send text.",
      });
    return {
      model: name,
      content: { parts: [{ text: typeof input === 'string' ? input : '' }] },
      ...(request.dimensions === undefined ? {} : { outputDimensionality: request.dimensions }),
    };
  });
  // A lone surrogate cannot be written into an address.
  const segments = name.replace(/[\ud800-\udfff]/gu, '\ufffd').split('/');
  const path = `/v1beta/${segments.map(encodeURIComponent).join('/')}:batchEmbedContents`;
  return { path, body: { requests } };
}

/** Reads an answer; undefined when it is none. */
export function decodeGeminiResponse(wire: unknown): EmbedResponse | undefined {
  const body = objectOf(wire);
  const single = objectOf(body?.['embedding']);
  const all = single === undefined ? listOf(body?.['embeddings']).map(objectOf) : [single];
  const vectors = all.map((one) => listOf(one?.['values']));
  const isVector = (vector: readonly unknown[]): vector is readonly number[] =>
    vector.length > 0 && vector.every((value) => typeof value === 'number');
  if (vectors.length === 0 || !vectors.every(isVector)) return undefined;
  const tokens = objectOf(body?.['usageMetadata'])?.['promptTokenCount'];
  return { model: undefined, vectors, inputTokens: typeof tokens === 'number' ? tokens : undefined };
}

/** Writes an answer in the shape of what was asked: one embedding or a list. */
export function encodeGeminiResponse(response: EmbedResponse, request: EmbedRequest): JsonObject {
  const embeddings = response.vectors.map((values) => ({ values }));
  return request.single ? { embedding: embeddings[0] } : { embeddings };
}
