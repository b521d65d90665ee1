// Reads a Chat Completions request, in OpenAI's words and in those of the vendors that extend them.
// https://platform.openai.com/docs/api-reference/chat/create

import { sluiceError } from '../../model/error.ts';
import { isObject, type JsonObject, textOf } from '../../model/json.ts';
import type {
  ChatRequest,
  ConversationState,
  OutputForm,
  PromptCache,
  Sampling,
} from '../../model/request.ts';
import type { Codec } from '../dialect.ts';
import { readMessages } from './messages.decode.ts';
import { readReasoningWish } from './reasoning-wish.ts';
import { readToolChoice, readTools } from './tools.decode.ts';
import {
  type Faults,
  fault,
  readBoolean,
  readList,
  readNumber,
  readObject,
  readString,
  readStrings,
  unknownMembers,
} from './wire.read.ts';

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
  const faults: Faults = { first: undefined };
  const request = readRequest(faults, wire, path.model ?? '');
  return faults.first ?? request;
};

function readRequest(faults: Faults, wire: JsonObject, modelOfPath: string): ChatRequest {
  const options = readObject(faults, wire, 'stream_options');
  const messages = readList(faults, wire, 'messages');
  if (messages === undefined) fault(faults, 'messages', 'an array');
  const tools = readTools(faults, wire);
  const toolChoice = readToolChoice(faults, wire);
  const output = readOutput(faults, wire);
  const reasoning = readReasoningWish(faults, wire);
  const promptCache = readPromptCache(faults, wire);
  const endUser = readEndUser(faults, wire);
  const store = readBoolean(faults, wire, 'store');
  const state: ConversationState | undefined = store === undefined ? undefined : { store };
  const ext = extOf(wire, options, output);
  return {
    origin: 'openai-chat',
    model: readString(faults, wire, 'model') ?? modelOfPath,
    stream: readBoolean(faults, wire, 'stream') ?? false,
    includeUsage:
      (options === undefined
        ? undefined
        : readBoolean(faults, options, 'include_usage', 'stream_options.')) ?? false,
    turns: readMessages(faults, messages ?? []),
    tools,
    sampling: readSampling(faults, wire),
    ...present('toolChoice', toolChoice),
    ...present('parallelToolCalls', readBoolean(faults, wire, 'parallel_tool_calls')),
    ...present(
      'maxOutputTokens',
      readNumber(faults, wire, 'max_completion_tokens') ?? readNumber(faults, wire, 'max_tokens'),
    ),
    ...present('reasoning', reasoning),
    ...present('output', output),
    ...present('verbosity', readString(faults, wire, 'verbosity')),
    ...present('modalities', readStrings(faults, wire, 'modalities')),
    ...present('promptCache', promptCache),
    ...present('serviceTier', readString(faults, wire, 'service_tier')),
    ...present('endUser', endUser),
    ...present('metadata', readMetadata(faults, wire)),
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

function readSampling(faults: Faults, wire: JsonObject): Sampling {
  const top = readNumber(faults, wire, 'top_logprobs');
  const asked = readBoolean(faults, wire, 'logprobs') ?? false;
  return {
    ...present('temperature', readNumber(faults, wire, 'temperature')),
    ...present('topP', readNumber(faults, wire, 'top_p')),
    ...present('topK', readNumber(faults, wire, 'top_k')),
    ...present('n', readNumber(faults, wire, 'n')),
    ...present('seed', readNumber(faults, wire, 'seed')),
    ...present('stop', readStop(faults, wire)),
    ...present('presencePenalty', readNumber(faults, wire, 'presence_penalty')),
    ...present('frequencyPenalty', readNumber(faults, wire, 'frequency_penalty')),
    ...present('logitBias', readObject(faults, wire, 'logit_bias')),
    ...(asked ? { logprobs: present('top', top) } : {}),
  };
}

function readStop(faults: Faults, wire: JsonObject): readonly string[] | undefined {
  const { stop } = wire;
  if (typeof stop === 'string') return [stop];
  if (stop === undefined || stop === null) return undefined;
  if (!Array.isArray(stop)) return fault(faults, 'stop', 'a string or an array of strings');
  return readStrings(faults, wire, 'stop');
}

function readOutput(faults: Faults, wire: JsonObject): OutputForm | undefined {
  const format = readObject(faults, wire, 'response_format');
  if (format === undefined) return undefined;
  const { type } = format;
  if (type === 'text') return { type: 'text' };
  if (type === 'json_object') return { type: 'json' };
  if (type !== 'json_schema') return undefined;
  const base = 'response_format.json_schema.';
  const nested = readObject(faults, format, 'json_schema', 'response_format.');
  if (nested === undefined) return fault(faults, 'response_format.json_schema', 'an object');
  return {
    type: 'schema',
    ...present('name', readString(faults, nested, 'name', base)),
    ...present('description', readString(faults, nested, 'description', base)),
    schema: readObject(faults, nested, 'schema', base) ?? {},
    ...present('strict', readBoolean(faults, nested, 'strict', base)),
  };
}

function readPromptCache(faults: Faults, wire: JsonObject): PromptCache | undefined {
  const key = readString(faults, wire, 'prompt_cache_key');
  const retention = readString(faults, wire, 'prompt_cache_retention');
  if (key === undefined && retention === undefined) return undefined;
  return { ...present('key', key), ...present('retention', retention) };
}

function readEndUser(faults: Faults, wire: JsonObject): ChatRequest['endUser'] {
  const id = textOf(readString(faults, wire, 'user'));
  const safetyId = textOf(readString(faults, wire, 'safety_identifier'));
  if (id === undefined && safetyId === undefined) return undefined;
  return { ...present('id', id), ...present('safetyId', safetyId) };
}

function readMetadata(faults: Faults, wire: JsonObject): Readonly<Record<string, string>> | undefined {
  const metadata = readObject(faults, wire, 'metadata');
  if (metadata === undefined) return undefined;
  const entries: [string, string][] = [];
  for (const [name, value] of Object.entries(metadata)) {
    if (typeof value === 'string') entries.push([name, value]);
    else return fault(faults, `metadata.${name}`, 'a string');
  }
  return Object.fromEntries(entries);
}
