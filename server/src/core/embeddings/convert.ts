// Embeddings between the two formats that have them: OpenAI's and Gemini's.

import type { EncodedRequest } from '../dialects/dialect.ts';
import type { DialectId } from '../model/dialect-id.ts';
import { type SluiceError, sluiceError } from '../model/error.ts';
import type { JsonObject } from '../model/json.ts';
import type { LossReport } from '../model/loss.ts';
import type { Usage } from '../model/usage.ts';
import {
  decodeGeminiRequest,
  decodeGeminiResponse,
  encodeGeminiRequest,
  encodeGeminiResponse,
} from './gemini.ts';
import type { EmbedRequest } from './model.ts';
import {
  decodeOpenaiRequest,
  decodeOpenaiResponse,
  encodeOpenaiRequest,
  encodeOpenaiResponse,
} from './openai.ts';

/** The formats that have embeddings. */
export const EMBEDDING_DIALECTS: readonly DialectId[] = ['openai-chat', 'gemini'];

/** Reads a client's body. `pathModel` is the model that the path names (gemini). */
export function decodeEmbedRequest(
  from: DialectId,
  wire: unknown,
  pathModel: string,
): EmbedRequest | SluiceError {
  return from === 'gemini' ? decodeGeminiRequest(wire, pathModel) : decodeOpenaiRequest(wire);
}

/** Writes the request of a target. */
export function encodeEmbedRequest(
  to: DialectId,
  request: EmbedRequest,
  model: string,
  losses: LossReport,
): EncodedRequest {
  if (to === 'gemini') return encodeGeminiRequest(request, model, losses);
  for (const [feature, value] of [
    ['embedding-purpose', request.purpose],
    ['embedding-title', request.title],
  ] as const)
    if (value !== undefined)
      losses.add({
        path: feature === 'embedding-purpose' ? 'taskType' : 'title',
        feature,
        action: 'dropped',
        severity: 'quality',
        note: 'Embeddings of OpenAI are the same for every purpose.',
      });
  return { path: '/v1/embeddings', body: encodeOpenaiRequest(request, model) };
}

/** An answer for the client, and what it cost. */
export interface ConvertedEmbeddings {
  readonly body: JsonObject;
  readonly usage: Usage | undefined;
  readonly model: string | undefined;
}

/** Reads a target's answer and writes it for the client. `model` is the name that the client is to see. */
export function convertEmbedResponse(
  from: DialectId,
  to: DialectId,
  request: EmbedRequest,
  wire: unknown,
  model: string,
): ConvertedEmbeddings | SluiceError {
  const response = to === 'gemini' ? decodeGeminiResponse(wire) : decodeOpenaiResponse(wire);
  if (response === undefined || response.vectors.length !== request.inputs.length)
    return sluiceError(
      'upstream_answer',
      'The upstream answered without the embeddings that were asked for.',
    );
  return {
    body:
      from === 'gemini'
        ? encodeGeminiResponse(response, request)
        : encodeOpenaiResponse(response, request, model, estimate(request)),
    usage: response.inputTokens === undefined ? undefined : usageOf(response.inputTokens),
    model: response.model,
  };
}

/** Tokens of the inputs, about: a format that requires a number gets one. */
function estimate(request: EmbedRequest): number {
  let tokens = 0;
  for (const input of request.inputs)
    tokens += typeof input === 'string' ? Math.ceil(input.length / 4) : input.length;
  return tokens;
}

function usageOf(inputTokens: number): Usage {
  return {
    input: {
      uncached: inputTokens,
      cacheRead: 0,
      cacheWrite5m: 0,
      cacheWrite1h: 0,
      cacheWriteOther: 0,
      audio: 0,
    },
    output: { text: 0, reasoning: 0, audio: 0 },
    clamped: false,
  };
}
