// Writes a Chat Completions request. What the target cannot take is gone already (core/conversion/adapt); what this format
// itself has no word for is reported here.

import { nothingLeft, unreachable } from '../../model/exhaustive.ts';
import type { JsonObject } from '../../model/json.ts';
import type {
  ChatRequest,
  ConversationState,
  OutputForm,
  PromptCache,
  Sampling,
} from '../../model/request.ts';
import type { Codec, RequestEncoding } from '../dialect.ts';
import { dropped, type Writing } from './content.encode.ts';
import { writeMessages } from './messages.encode.ts';
import { writeReasoningWish } from './reasoning-wish.ts';
import { writeTools } from './tools.encode.ts';

const NOTHING: JsonObject = {};

/** See Codec.encodeRequest. */
export const encodeRequest: Codec['encodeRequest'] = (request, encoding) => ({
  path: '/v1/chat/completions',
  body: bodyOf(request, encoding),
});

function bodyOf(request: ChatRequest, encoding: RequestEncoding): JsonObject {
  const {
    origin,
    model: _asTheClientNamesIt,
    stream: _asTheClientWants,
    includeUsage: _alwaysAskedFor,
    turns,
    tools,
    toolChoice: _writtenWithTools,
    parallelToolCalls: _writtenWithToolsToo,
    maxToolCalls,
    sampling,
    maxOutputTokens,
    reasoning,
    output,
    verbosity,
    modalities,
    promptCache,
    serviceTier,
    endUser,
    metadata,
    state,
    ext,
    ...rest
  } = request;
  nothingLeft(rest);
  const { model, stream, traits, losses } = encoding;
  const own = origin === 'openai-chat';
  const { stream_options: options, functions, ...others } = (own ? ext : undefined) ?? NOTHING;
  const legacy = functions !== undefined && tools.every(({ kind }) => kind === 'function');
  const writing: Writing = { traits, losses, own, legacy };
  if (maxToolCalls !== undefined)
    dropped(
      writing,
      'max_tool_calls',
      'max-tool-calls',
      'quality',
      'Chat Completions cannot limit tool calls.',
    );
  return {
    model,
    messages: writeMessages(turns, writing, reasoning?.mode !== 'off'),
    ...(stream ? { stream, ...streamOptions(options, traits.streamOptions) } : NOTHING),
    ...writeTools(request, writing),
    ...writeSampling(sampling),
    ...(maxOutputTokens === undefined ? NOTHING : { [traits.maxTokensMember]: maxOutputTokens }),
    ...(reasoning === undefined ? NOTHING : writeReasoningWish(reasoning, traits, own, losses)),
    ...(output === undefined ? NOTHING : writeOutput(output)),
    ...(verbosity === undefined ? NOTHING : { verbosity }),
    ...(modalities === undefined ? NOTHING : { modalities }),
    ...(promptCache === undefined ? NOTHING : writePromptCache(promptCache, writing)),
    ...(serviceTier === undefined ? NOTHING : { service_tier: serviceTier }),
    ...(endUser?.id === undefined ? NOTHING : { user: endUser.id }),
    ...(endUser?.safetyId === undefined ? NOTHING : { safety_identifier: endUser.safetyId }),
    ...(metadata === undefined ? NOTHING : { metadata }),
    ...(state === undefined ? NOTHING : writeState(state, writing)),
    ...others,
  };
}

/** Usage is always asked for, where it can be: the ledger wants it whether or not the client does. */
function streamOptions(others: unknown, isUnderstood: boolean): JsonObject {
  if (!isUnderstood) return NOTHING;
  return { stream_options: { include_usage: true, ...(others as JsonObject | undefined) } };
}

function writeSampling(sampling: Sampling): JsonObject {
  const {
    temperature,
    topP,
    topK,
    n,
    seed,
    stop,
    presencePenalty,
    frequencyPenalty,
    logitBias,
    logprobs,
    ...rest
  } = sampling;
  nothingLeft(rest);
  return {
    ...(temperature === undefined ? NOTHING : { temperature }),
    ...(topP === undefined ? NOTHING : { top_p: topP }),
    ...(topK === undefined ? NOTHING : { top_k: topK }),
    ...(n === undefined ? NOTHING : { n }),
    ...(seed === undefined ? NOTHING : { seed }),
    ...(stop === undefined || stop.length === 0 ? NOTHING : { stop }),
    ...(presencePenalty === undefined ? NOTHING : { presence_penalty: presencePenalty }),
    ...(frequencyPenalty === undefined ? NOTHING : { frequency_penalty: frequencyPenalty }),
    ...(logitBias === undefined ? NOTHING : { logit_bias: logitBias }),
    ...(logprobs === undefined ? NOTHING : { logprobs: true }),
    ...(logprobs?.top === undefined ? NOTHING : { top_logprobs: logprobs.top }),
  };
}

function writeOutput(output: OutputForm): JsonObject {
  switch (output.type) {
    case 'text':
      return { response_format: { type: 'text' } };
    case 'json':
      return { response_format: { type: 'json_object' } };
    case 'schema': {
      const { type: _, name, description, schema, strict, ...rest } = output;
      nothingLeft(rest);
      const json_schema = {
        // The API wants a name; formats without one get this one.
        name: name ?? 'response',
        ...(description === undefined ? NOTHING : { description }),
        schema,
        ...(strict === undefined ? NOTHING : { strict }),
      };
      return { response_format: { type: 'json_schema', json_schema } };
    }
    default:
      return unreachable(output);
  }
}

function writePromptCache(promptCache: PromptCache, writing: Writing): JsonObject {
  const { key, retention, options, automatic, resource, ...rest } = promptCache;
  nothingLeft(rest);
  if (automatic !== undefined)
    dropped(writing, 'cache_control', 'prompt-cache', 'hint', 'Chat Completions caches by itself.');
  if (resource !== undefined)
    dropped(
      writing,
      'cachedContent',
      'cached-content',
      'semantic',
      'A cache of another provider cannot be read.',
    );
  return {
    ...(key === undefined ? NOTHING : { prompt_cache_key: key }),
    ...(retention === undefined ? NOTHING : { prompt_cache_retention: retention }),
    ...(options === undefined ? NOTHING : { prompt_cache_options: options }),
  };
}

function writeState(state: ConversationState, writing: Writing): JsonObject {
  const { store, previousResponseId, conversation, background, include, truncation, ...rest } = state;
  nothingLeft(rest);
  const missing = 'Chat Completions keeps no conversations.';
  if (previousResponseId !== undefined)
    dropped(writing, 'previous_response_id', 'previous-response', 'semantic', missing);
  if (conversation !== undefined) dropped(writing, 'conversation', 'conversation', 'semantic', missing);
  if (background === true)
    dropped(writing, 'background', 'background', 'semantic', 'Chat Completions answers at once.');
  if (include !== undefined && include.length > 0)
    dropped(writing, 'include', 'include', 'hint', 'Chat Completions has no optional parts of answers.');
  if (truncation !== undefined && truncation !== 'disabled')
    dropped(
      writing,
      'truncation',
      'truncation',
      'quality',
      'Chat Completions does not shorten conversations.',
    );
  return store === undefined ? NOTHING : { store };
}
