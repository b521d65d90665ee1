// Writes a request. From another format it is stateless: nothing is stored, and reasoning comes encrypted instead of by id.

import { nothingLeft } from '../../model/exhaustive.ts';
import { type JsonObject, listOf, objectOf } from '../../model/json.ts';
import type { LossReport, LossSeverity } from '../../model/loss.ts';
import type { ChatRequest, ConversationState, Sampling, ToolDefinition, Turn } from '../../model/request.ts';
import type { ModelTraits } from '../../model/traits.ts';
import type { EncodedRequest, RequestEncoding } from '../dialect.ts';
import { isPlainText } from './items.decode.ts';
import { encodeItems } from './items.encode.ts';
import { INCLUDE_LOGPROBS, TOOLS_ITEMS, type ToolsItem } from './request.decode.ts';
import { encodeToolChoice, encodeTools } from './tools.encode.ts';

const PATH = '/v1/responses';
/** Smaller limits are refused. */
const LEAST_OUTPUT_TOKENS = 16;

/** See Codec.encodeRequest. */
export function encodeRequest(request: ChatRequest, encoding: RequestEncoding): EncodedRequest {
  const {
    origin,
    model: _asked,
    stream: _streamed,
    includeUsage: _always,
    turns,
    tools,
    toolChoice,
    parallelToolCalls,
    maxToolCalls,
    sampling,
    maxOutputTokens,
    reasoning: _reasoning,
    output: _output,
    verbosity: _verbosity,
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
  const isOwn = origin === 'openai-responses';
  const { losses, traits } = encoding;
  const ownExt: Record<string, unknown> = isOwn ? { ...ext } : {};
  delete ownExt[TOOLS_ITEMS];
  const hasTools = isOwn || tools.length > 0;
  if (modalities?.some((kind) => kind !== 'text'))
    lost(losses, 'modalities', 'modalities', 'semantic', 'Answers of this format are text.');
  if (promptCache?.resource !== undefined)
    lost(
      losses,
      'promptCache',
      'cached-content',
      'semantic',
      'A cache of another account means nothing here.',
    );
  if (promptCache?.automatic !== undefined)
    lost(losses, 'promptCache', 'cache-marks', 'hint', 'The format caches by itself.');
  const text = encodeText(request, ownExt);
  const reasoning = encodeReasoning(request, traits, losses);
  const limit =
    maxOutputTokens === undefined || isOwn ? maxOutputTokens : Math.max(LEAST_OUTPUT_TOKENS, maxOutputTokens);
  const body: JsonObject = {
    ...ownExt,
    model: encoding.model,
    ...encodeConversation(request, encoding),
    ...(isOwn && !encoding.stream ? {} : { stream: encoding.stream }),
    ...(toolChoice === undefined || !hasTools ? {} : { tool_choice: encodeToolChoice(toolChoice, tools) }),
    ...(parallelToolCalls === undefined || !hasTools ? {} : { parallel_tool_calls: parallelToolCalls }),
    ...(maxToolCalls === undefined ? {} : { max_tool_calls: maxToolCalls }),
    ...encodeSampling(sampling, losses),
    ...(limit === undefined ? {} : { max_output_tokens: limit }),
    ...(reasoning === undefined ? {} : { reasoning }),
    ...(text === undefined ? {} : { text }),
    ...(promptCache?.key === undefined ? {} : { prompt_cache_key: promptCache.key }),
    ...(promptCache?.retention === undefined ? {} : { prompt_cache_retention: promptCache.retention }),
    ...(promptCache?.options === undefined ? {} : { prompt_cache_options: promptCache.options }),
    ...(serviceTier === undefined ? {} : { service_tier: serviceTier }),
    ...(endUser?.id === undefined ? {} : { user: endUser.id }),
    ...(endUser?.safetyId === undefined ? {} : { safety_identifier: endUser.safetyId }),
    ...(metadata === undefined ? {} : { metadata }),
    ...(isOwn ? encodeState(state) : statelessly(state, sampling, traits, losses)),
  };
  return { path: PATH, body };
}

function lost(losses: LossReport, path: string, feature: string, severity: LossSeverity, note: string): void {
  losses.add({ path, feature, action: 'dropped', severity, note });
}

/** The instructions of a request: its first turn, when that is the system's, says one thing and nothing else follows from it. */
export function instructionsOf(turns: readonly Turn[]): string | undefined {
  const [first, second] = turns;
  if (first?.role !== 'system' || first.itemId !== undefined || first.ext !== undefined) return undefined;
  if (second?.role === 'system' && second.itemId === undefined) return undefined;
  const [part] = first.parts;
  return part?.type === 'text' && isPlainText(first.parts) ? part.text : undefined;
}

/** The items that brought tools, as decodeRequest left them. */
function toolsItemsOf(request: ChatRequest): readonly ToolsItem[] {
  if (request.origin !== 'openai-responses') return [];
  return listOf(request.ext?.[TOOLS_ITEMS]) as readonly ToolsItem[];
}

/** The tools that stand in the request's own list. */
export function listedTools(request: ChatRequest): readonly ToolDefinition[] {
  const [first] = toolsItemsOf(request);
  return first === undefined ? request.tools : request.tools.slice(0, first.from);
}

function encodeConversation(request: ChatRequest, { traits, losses }: RequestEncoding): JsonObject {
  const isOwn = request.origin === 'openai-responses';
  // Instructions alone are no input, and the "JSON" that OpenAI wants to read before it promises any counts in the input
  // alone: "Response input messages must contain the word 'json' in some form".
  const isInput = !isOwn && (request.turns.length === 1 || request.output?.type === 'json');
  const instructions = isInput ? undefined : instructionsOf(request.turns);
  const turns = instructions === undefined ? request.turns : request.turns.slice(1);
  const { replaysReasoningText } = traits;
  const place = { turn: 0, part: 0, inner: undefined };
  const input = encodeItems(turns, { isOwn, losses, replaysReasoningText, place });
  for (const { at, item, from, count } of toolsItemsOf(request)) {
    const tools = encodeTools(request.tools.slice(from, from + count), { isOwn, losses });
    input.splice(at, 0, { ...item, tools });
  }
  const tools = encodeTools(listedTools(request), { isOwn, losses });
  return {
    ...(instructions === undefined ? {} : { instructions }),
    input,
    ...(tools.length === 0 ? {} : { tools }),
  };
}

function encodeSampling(sampling: Sampling, losses: LossReport): JsonObject {
  const { temperature, topP, logprobs, ...others } = sampling;
  const { topK, n, seed, stop, presencePenalty, frequencyPenalty, logitBias, ...rest } = others;
  nothingLeft(rest);
  const without = {
    'top-k': topK,
    seed,
    'stop-sequences': stop,
    'presence-penalty': presencePenalty,
    'frequency-penalty': frequencyPenalty,
    'logit-bias': logitBias,
  };
  for (const [feature, value] of Object.entries(without))
    if (value !== undefined) lost(losses, 'sampling', feature, 'quality', `The format has no ${feature}.`);
  if (n !== undefined && n > 1) lost(losses, 'sampling.n', 'n', 'semantic', 'The format gives one answer.');
  return {
    ...(temperature === undefined ? {} : { temperature }),
    ...(topP === undefined ? {} : { top_p: topP }),
    ...(logprobs?.top === undefined ? {} : { top_logprobs: logprobs.top }),
  };
}

function encodeReasoning(
  request: ChatRequest,
  traits: ModelTraits,
  losses: LossReport,
): JsonObject | undefined {
  const { reasoning, origin } = request;
  if (reasoning === undefined) return undefined;
  const { mode, effort, budgetTokens, show, ext, ...rest } = reasoning;
  nothingLeft(rest);
  if (origin === 'openai-responses')
    return {
      ...(mode === 'off' ? { effort: 'none' } : {}),
      ...(effort === undefined ? {} : { effort }),
      ...(show === 'summary' || show === 'full' ? { summary: 'auto' } : {}),
      ...ext,
    };
  if (traits.reasoning.by === 'none') return undefined;
  if (budgetTokens !== undefined && effort === undefined)
    lost(
      losses,
      'reasoning.budgetTokens',
      'reasoning-budget',
      'quality',
      'The format has efforts, no budgets.',
    );
  if (mode === 'off') return traits.reasoning.canBeOff ? { effort: 'none' } : undefined;
  // Anthropic's thinking is shown, shortened, unless it is asked not to be.
  const isShown =
    show === 'summary' ||
    show === 'full' ||
    (show === undefined && origin === 'anthropic-messages' && (mode === 'on' || mode === 'auto'));
  if (effort === undefined && !isShown) return undefined;
  return { ...(effort === undefined ? {} : { effort }), ...(isShown ? { summary: 'auto' } : {}) };
}

/** `text`; what only this format has of it waits in `ext`, which is emptied of it. */
function encodeText(request: ChatRequest, ext: Record<string, unknown>): JsonObject | undefined {
  const { output, verbosity, origin } = request;
  const own = objectOf(ext['text']);
  delete ext['text'];
  const text: Record<string, unknown> = { ...own };
  if (verbosity !== undefined) text['verbosity'] = verbosity;
  if (output?.type === 'text' && origin === 'openai-responses') text['format'] = { type: 'text' };
  if (output?.type === 'json') text['format'] = { type: 'json_object' };
  if (output?.type === 'schema') {
    const { type: _schema, name, description, schema, strict, ...rest } = output;
    nothingLeft(rest);
    const title = name ?? (origin === 'openai-responses' ? undefined : 'response');
    text['format'] = {
      type: 'json_schema',
      ...(title === undefined ? {} : { name: title }),
      ...(description === undefined ? {} : { description }),
      schema,
      ...(strict === undefined ? {} : { strict }),
    };
  }
  return Object.keys(text).length === 0 ? undefined : text;
}

function encodeState(state: ConversationState | undefined): JsonObject {
  if (state === undefined) return {};
  const { store, previousResponseId, conversation, background, include, truncation, ...rest } = state;
  nothingLeft(rest);
  return {
    ...(store === undefined ? {} : { store }),
    ...(previousResponseId === undefined ? {} : { previous_response_id: previousResponseId }),
    ...(conversation === undefined ? {} : { conversation }),
    ...(background === undefined ? {} : { background }),
    ...(include === undefined ? {} : { include }),
    ...(truncation === undefined ? {} : { truncation }),
  };
}

/** The conversation comes whole with every request: storing it would only leave copies behind. */
function statelessly(
  state: ConversationState | undefined,
  sampling: Sampling,
  traits: ModelTraits,
  losses: LossReport,
): JsonObject {
  if (state?.store === true)
    lost(losses, 'store', 'store', 'hint', 'Answers to converted requests are not stored.');
  if (state?.previousResponseId !== undefined || state?.conversation !== undefined)
    lost(
      losses,
      'state',
      'stored-conversation',
      'semantic',
      'What another provider stored cannot be continued.',
    );
  const include = [
    ...(traits.reasoning.by === 'none' ? [] : ['reasoning.encrypted_content']),
    ...(sampling.logprobs === undefined ? [] : [INCLUDE_LOGPROBS]),
  ];
  return { store: false, ...(include.length === 0 ? {} : { include }) };
}
