// Counting the tokens of a request across formats: three of the four have an endpoint for it, with a body that is nearly
// that of a generation. It never becomes a generation.

import { adaptRequest } from '../conversion/adapt/index.ts';
import type { Dialect, EncodedRequest } from '../dialects/dialect.ts';
import type { DialectId } from '../model/dialect-id.ts';
import { type SluiceError, sluiceError } from '../model/error.ts';
import { type JsonObject, objectOf } from '../model/json.ts';
import { lossReport } from '../model/loss.ts';
import type { ChatRequest } from '../model/request.ts';
import type { ModelTraits } from '../model/traits.ts';

/** The formats that can be asked for a count. */
export const COUNTING_DIALECTS: readonly DialectId[] = ['anthropic-messages', 'openai-responses', 'gemini'];

/** Members that a counting endpoint takes, of those that a generation has. */
const COUNTED_MEMBERS: Readonly<Partial<Record<DialectId, readonly string[]>>> = {
  // https://docs.claude.com/en/api/messages-count-tokens
  'anthropic-messages': [
    'messages',
    'system',
    'tools',
    'tool_choice',
    'thinking',
    'mcp_servers',
    'output_config',
  ],
  // https://platform.openai.com/docs/api-reference/responses/input-tokens
  'openai-responses': [
    'input',
    'instructions',
    'tools',
    'tool_choice',
    'parallel_tool_calls',
    'reasoning',
    'text',
    'truncation',
    'conversation',
    'previous_response_id',
  ],
  // https://ai.google.dev/api/tokens
  gemini: ['contents', 'systemInstruction', 'tools', 'toolConfig', 'generationConfig', 'cachedContent'],
};

/** Reads what a client wants counted. Gemini's body may hold a whole generation request. */
export function decodeCountRequest(
  from: Dialect,
  wire: unknown,
  pathModel: string | undefined,
): ChatRequest | SluiceError {
  const path = { model: pathModel, stream: false };
  if (from.id !== 'gemini') return from.codec.decodeRequest(wire, path);
  const body = objectOf(wire);
  const inner = objectOf(body?.['generateContentRequest']) ?? objectOf(body?.['generate_content_request']);
  return from.codec.decodeRequest(inner ?? wire, path);
}

/** The counting request of a target. */
export function encodeCountRequest(
  to: Dialect,
  request: ChatRequest,
  model: string,
  traits: ModelTraits,
): EncodedRequest {
  const losses = lossReport();
  const adapted = adaptRequest(request, { traits, losses, recalled: undefined, withoutTokens: false });
  const { body, path } = to.codec.encodeRequest(adapted.request, { model, stream: false, traits, losses });
  const counted: Record<string, unknown> = {};
  for (const name of COUNTED_MEMBERS[to.id] ?? []) if (Object.hasOwn(body, name)) counted[name] = body[name];
  if (to.id === 'anthropic-messages')
    return { path: '/v1/messages/count_tokens', body: { model, ...counted } };
  if (to.id === 'openai-responses')
    return { path: '/v1/responses/input_tokens', body: { model, ...counted } };
  const name = model.startsWith('models/') || model.startsWith('tunedModels/') ? model : `models/${model}`;
  return {
    path: path.replace(/:\w+(?:\?.*)?$/, ':countTokens'),
    body: { generateContentRequest: { model: name, ...counted } },
  };
}

/** The number in a target's answer. */
export function decodeCount(to: DialectId, wire: unknown): number | SluiceError {
  const count = objectOf(wire)?.[to === 'gemini' ? 'totalTokens' : 'input_tokens'];
  return typeof count === 'number' && Number.isInteger(count) && count >= 0
    ? count
    : sluiceError('upstream_answer', 'The upstream answered without a number of tokens.');
}

/** The answer for a client. */
export function encodeCount(from: DialectId, tokens: number): JsonObject {
  if (from === 'gemini') return { totalTokens: tokens };
  return from === 'openai-responses'
    ? { object: 'response.input_tokens', input_tokens: tokens }
    : { input_tokens: tokens };
}
