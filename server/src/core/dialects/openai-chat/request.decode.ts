// Reads a Chat Completions request, in OpenAI's words and in those of the vendors that extend them.
// https://platform.openai.com/docs/api-reference/chat/create

import { sluiceError } from '../../model/error.ts';
import { isObject, type JsonObject, textOf } from '../../model/json.ts';
import type { ChatRequest, ConversationState, OutputForm, Sampling } from '../../model/request.ts';
import type { Codec } from '../dialect.ts';
import { promptCacheOf, schemaForm } from '../kit/openai-request.ts';
import {
  booleanIn,
  createReading,
  errorOf,
  labelsIn,
  listIn,
  numberIn,
  objectIn,
  type Reading,
  stringIn,
  stringsIn,
  unknownMembers,
  wrong,
} from '../kit/read-wire.ts';
import { readMessages } from './messages.decode.ts';
import { readReasoningWish } from './reasoning-wish.ts';
import { readToolChoice, readTools } from './tools.decode.ts';

/** Members that the model has a place for. All others stay in `ext`, legacy `functions` as a mark of its words too. */
const KNOWN: ReadonlySet<string> = new Set([
  'model',
  'messages',
  'stream',
  'stream_options',
  'tools',
  'tool_choice',
  'function_call',
  'web_search_options',
  'parallel_tool_calls',
  'temperature',
  'top_p',
  'top_k',
  'n',
  'seed',
  'stop',
  'presence_penalty',
  'frequency_penalty',
  'logit_bias',
  'logprobs',
  'top_logprobs',
  'max_tokens',
  'max_completion_tokens',
  'reasoning_effort',
  'reasoning',
  'thinking',
  'response_format',
  'verbosity',
  'modalities',
  'prompt_cache_key',
  'prompt_cache_retention',
  'prompt_cache_options',
  'service_tier',
  'user',
  'safety_identifier',
  'metadata',
  'store',
]);
const KNOWN_OPTIONS: ReadonlySet<string> = new Set(['include_usage']);

/** See Codec.decodeRequest. The path tells nothing in this format. */
export const decodeRequest: Codec['decodeRequest'] = (wire, path) => {
  if (!isObject(wire)) return sluiceError('invalid_request', 'The request body must be a JSON object.');
  const reading = createReading();
  const request = readRequest(reading, wire, path.model ?? '');
  return errorOf(reading, wire) ?? request;
};

function readRequest(reading: Reading, wire: JsonObject, modelOfPath: string): ChatRequest {
  const options = objectIn(reading, wire, 'stream_options');
  const messages = listIn(reading, wire, 'messages');
  if (messages === undefined) wrong(reading, wire, 'messages', 'an array');
  const tools = readTools(reading, wire);
  const toolChoice = readToolChoice(reading, wire);
  const output = readOutput(reading, wire);
  const reasoning = readReasoningWish(reading, wire);
  const promptCache = promptCacheOf(reading, wire);
  const endUser = readEndUser(reading, wire);
  const store = booleanIn(reading, wire, 'store');
  const state: ConversationState | undefined = store === undefined ? undefined : { store };
  const ext = extOf(wire, options, output);
  return {
    origin: 'openai-chat',
    model: stringIn(reading, wire, 'model') ?? modelOfPath,
    stream: booleanIn(reading, wire, 'stream') ?? false,
    includeUsage: (options === undefined ? undefined : booleanIn(reading, options, 'include_usage')) ?? false,
    turns: readMessages(reading, messages ?? []),
    tools,
    sampling: readSampling(reading, wire),
    ...present('toolChoice', toolChoice),
    ...present('parallelToolCalls', booleanIn(reading, wire, 'parallel_tool_calls')),
    ...present(
      'maxOutputTokens',
      numberIn(reading, wire, 'max_completion_tokens') ?? numberIn(reading, wire, 'max_tokens'),
    ),
    ...present('reasoning', reasoning),
    ...present('output', output),
    ...present('verbosity', stringIn(reading, wire, 'verbosity')),
    ...present('modalities', stringsIn(reading, wire, 'modalities')),
    ...present('promptCache', promptCache),
    ...present('serviceTier', stringIn(reading, wire, 'service_tier')),
    ...present('endUser', endUser),
    ...present('metadata', labelsIn(reading, wire, 'metadata')),
    ...present('state', state),
    ...present('ext', ext),
  };
}

/** The member, or nothing at all. */
function present<Name extends string, Value>(
  name: Name,
  value: Value | undefined,
): { readonly [N in Name]?: Value } {
  return (value === undefined ? {} : { [name]: value }) as { readonly [N in Name]?: Value };
}

function extOf(
  wire: JsonObject,
  options: JsonObject | undefined,
  output: OutputForm | undefined,
): JsonObject | undefined {
  const ext = unknownMembers(wire, KNOWN);
  const otherOptions = options === undefined ? undefined : unknownMembers(options, KNOWN_OPTIONS);
  const unknownFormat = output === undefined ? wire['response_format'] : undefined;
  if (otherOptions === undefined && !isObject(unknownFormat)) return ext;
  return {
    ...ext,
    ...(otherOptions === undefined ? {} : { stream_options: otherOptions }),
    ...(isObject(unknownFormat) ? { response_format: unknownFormat } : {}),
  };
}

function readSampling(reading: Reading, wire: JsonObject): Sampling {
  const top = numberIn(reading, wire, 'top_logprobs');
  const asked = booleanIn(reading, wire, 'logprobs') ?? false;
  return {
    ...present('temperature', numberIn(reading, wire, 'temperature')),
    ...present('topP', numberIn(reading, wire, 'top_p')),
    ...present('topK', numberIn(reading, wire, 'top_k')),
    ...present('n', numberIn(reading, wire, 'n')),
    ...present('seed', numberIn(reading, wire, 'seed')),
    ...present('stop', readStop(reading, wire)),
    ...present('presencePenalty', numberIn(reading, wire, 'presence_penalty')),
    ...present('frequencyPenalty', numberIn(reading, wire, 'frequency_penalty')),
    ...present('logitBias', objectIn(reading, wire, 'logit_bias')),
    ...(asked ? { logprobs: present('top', top) } : {}),
  };
}

function readStop(reading: Reading, wire: JsonObject): readonly string[] | undefined {
  const { stop } = wire;
  if (typeof stop === 'string') return [stop];
  if (stop === undefined || stop === null) return undefined;
  if (!Array.isArray(stop)) return wrong(reading, wire, 'stop', 'a string or an array of strings');
  return stringsIn(reading, wire, 'stop');
}

function readOutput(reading: Reading, wire: JsonObject): OutputForm | undefined {
  const format = objectIn(reading, wire, 'response_format');
  if (format === undefined) return undefined;
  const { type } = format;
  if (type === 'text') return { type: 'text' };
  if (type === 'json_object') return { type: 'json' };
  if (type !== 'json_schema') return undefined;
  const nested = objectIn(reading, format, 'json_schema');
  if (nested === undefined) return wrong(reading, format, 'json_schema', 'an object');
  return schemaForm(reading, nested);
}

function readEndUser(reading: Reading, wire: JsonObject): ChatRequest['endUser'] {
  const id = textOf(stringIn(reading, wire, 'user'));
  const safetyId = textOf(stringIn(reading, wire, 'safety_identifier'));
  if (id === undefined && safetyId === undefined) return undefined;
  return { ...present('id', id), ...present('safetyId', safetyId) };
}
