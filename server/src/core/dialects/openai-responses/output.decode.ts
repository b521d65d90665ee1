// Reads the output items of an answer, whole ones, and why the answer ended.

import type { Part, TextPart, ToolCallPart } from '../../model/content.ts';
import { isObject, type JsonObject, listOf, objectOf, textOf } from '../../model/json.ts';
import type { Stop } from '../../model/response.ts';
import { extra } from '../kit/read-wire.ts';
import { decodeAnnotations, decodeLogprobs } from './annotations.ts';
import { decodeReasoning } from './items.decode.ts';

const MODEL_ITEMS: ReadonlySet<string> = new Set([
  'message',
  'reasoning',
  'function_call',
  'custom_tool_call',
]);

/** True for items that the model's own words, thoughts and calls are in; all others mean something here only. */
export function isModelItem(item: JsonObject): boolean {
  return MODEL_ITEMS.has(textOf(item['type']) ?? '');
}

/** The parts of an output item; none for one that says nothing. */
export function decodeOutputItem(raw: unknown): Part[] {
  if (!isObject(raw)) return [];
  switch (raw['type']) {
    case 'message':
      return listOf(raw['content']).flatMap((part) => decodeOutputPart(part, messageExt(raw)) ?? []);
    case 'reasoning': {
      const { ext: _status, ...part } = decodeReasoning(raw);
      return part.sections.length === 0 && part.token === undefined ? [] : [part];
    }
    case 'function_call':
    case 'custom_tool_call':
      return [decodeOutputCall(raw)];
    default:
      return [{ type: 'vendor', dialect: 'openai-responses', kind: textOf(raw['type']) ?? 'unknown', raw }];
  }
}

/** `{ ext: { id, phase } }` of a message, to be spread into its parts. */
export function messageExt(item: JsonObject): Pick<TextPart, 'ext'> {
  const id = textOf(item['id']);
  const phase = textOf(item['phase']);
  if (id === undefined) return phase === undefined ? {} : { ext: { phase } };
  return { ext: phase === undefined ? { id } : { id, phase } };
}

function decodeOutputPart(raw: unknown, message: Pick<TextPart, 'ext'>): Part | undefined {
  const part = objectOf(raw);
  if (part === undefined) return undefined;
  if (part['type'] === 'refusal') {
    const text = textOf(part['refusal']);
    return text === undefined ? undefined : { type: 'refusal', text, ...message };
  }
  const text = textOf(part['text']);
  if (text === undefined) return undefined;
  const citations = decodeAnnotations(part['annotations']);
  const logprobs = decodeLogprobs(part['logprobs']);
  return {
    type: 'text',
    text,
    ...(citations.length === 0 ? {} : { citations }),
    ...(logprobs === undefined ? {} : { logprobs }),
    ...message,
  };
}

/** A call. Some servers send arguments as an object, or no call id. */
export function decodeOutputCall(raw: JsonObject): ToolCallPart {
  const isCustom = raw['type'] === 'custom_tool_call';
  const namespace = textOf(raw['namespace']);
  const itemId = textOf(raw['id']);
  return {
    type: 'tool-call',
    id: textOf(raw['call_id']) ?? itemId ?? '',
    kind: isCustom ? 'custom' : 'function',
    name: textOf(raw['name']) ?? '',
    ...(namespace === undefined ? {} : { namespace }),
    arguments: writtenArguments(raw, isCustom),
    ...(itemId === undefined ? {} : { itemId }),
  };
}

/** What the model wrote into a call; `{}` for none. */
export function writtenArguments(raw: JsonObject, isCustom: boolean): string {
  const written = isCustom ? raw['input'] : raw['arguments'];
  if (typeof written === 'string') return written === '' && !isCustom ? '{}' : written;
  if (isObject(written)) return writtenAgain(written);
  return isCustom ? '' : '{}';
}

/** Parsed JSON can be nested too deeply to be written again. */
function writtenAgain(value: JsonObject): string {
  try {
    return JSON.stringify(value);
  } catch {
    return '{}';
  }
}

/** Why the answer ended; calls that the client is to make count only in a complete answer. */
export function decodeStop(
  response: JsonObject,
  said: { readonly calls: boolean; readonly refusal: boolean },
): Stop {
  const status = textOf(response['status']);
  const reason = textOf(objectOf(response['incomplete_details'])?.['reason']);
  if (status === 'incomplete' || reason !== undefined) {
    const native = reason ?? 'incomplete';
    if (reason === 'content_filter') return { reason: 'filtered', native };
    return { reason: reason === 'max_output_tokens' || reason === undefined ? 'length' : 'other', native };
  }
  if (status === 'cancelled') return { reason: 'cancelled', native: status };
  if (status !== undefined && status !== 'completed') return { reason: 'other', native: status };
  const native = 'completed';
  if (said.calls) return { reason: 'tool-calls', native };
  return { reason: said.refusal ? 'refusal' : 'stop', native };
}

/** What an answer said, as far as its end depends on it. */
export function saidIn(parts: readonly Part[]): { calls: boolean; refusal: boolean } {
  return {
    calls: parts.some((part) => part.type === 'tool-call'),
    refusal: parts.some((part) => part.type === 'refusal'),
  };
}

/** Members of a response that are read, or that only repeat the request. */
const KNOWN: ReadonlySet<string> = new Set([
  'id',
  'object',
  'created_at',
  'completed_at',
  'status',
  'error',
  'incomplete_details',
  'model',
  'output',
  'output_text',
  'usage',
  'service_tier',
  'background',
  'instructions',
  'max_output_tokens',
  'max_tool_calls',
  'metadata',
  'parallel_tool_calls',
  'previous_response_id',
  'prompt',
  'prompt_cache_key',
  'prompt_cache_options',
  'prompt_cache_retention',
  'reasoning',
  'safety_identifier',
  'store',
  'temperature',
  'text',
  'tool_choice',
  'tools',
  'top_logprobs',
  'top_p',
  'truncation',
  'user',
  'frequency_penalty',
  'presence_penalty',
]);

/** What a response says beyond that, to be spread. */
export function answerExt(response: JsonObject): { ext?: JsonObject } {
  return extra(response, KNOWN);
}
