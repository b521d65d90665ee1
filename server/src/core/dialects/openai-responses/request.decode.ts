// Reads a request. https://platform.openai.com/docs/api-reference/responses/create

import type { SluiceError } from '../../model/error.ts';
import { sluiceError } from '../../model/error.ts';
import { isObject, type JsonObject, textOf } from '../../model/json.ts';
import {
  type ChatRequest,
  type ConversationState,
  EFFORTS,
  type OutputForm,
  type ReasoningWish,
  type Sampling,
  type ToolDefinition,
  type Turn,
} from '../../model/request.ts';
import type { PathFacts } from '../dialect.ts';
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
  requiredString,
  stringIn,
  unknownMembers,
  wrong,
} from '../kit/read-wire.ts';
import { decodeItems } from './items.decode.ts';
import { decodeToolChoice, decodeTools } from './tools.decode.ts';

const REQUEST: ReadonlySet<string> = new Set([
  'model',
  'input',
  'instructions',
  'stream',
  'tools',
  'tool_choice',
  'parallel_tool_calls',
  'max_tool_calls',
  'max_output_tokens',
  'temperature',
  'top_p',
  'text',
  'reasoning',
  'include',
  'store',
  'previous_response_id',
  'conversation',
  'background',
  'truncation',
  'prompt_cache_key',
  'prompt_cache_retention',
  'prompt_cache_options',
  'service_tier',
  'user',
  'safety_identifier',
  'metadata',
]);
const REASONING: ReadonlySet<string> = new Set(['effort', 'summary']);
const TEXT: ReadonlySet<string> = new Set(['format', 'verbosity']);

/** The value of `include` that asks for log-probabilities. */
export const INCLUDE_LOGPROBS = 'message.output_text.logprobs';

/** An item of the input that brought tools with it: where it stood, all of it but its tools, and which tools those are. */
export interface ToolsItem {
  readonly at: number;
  readonly item: JsonObject;
  readonly from: number;
  readonly count: number;
}

/** Where `ext` of a request keeps the items that brought tools. */
export const TOOLS_ITEMS = 'additional_tools';

/** See Codec.decodeRequest. The path tells nothing in this format. */
export function decodeRequest(wire: unknown, _path: PathFacts): ChatRequest | SluiceError {
  if (!isObject(wire)) return sluiceError('invalid_request', 'The body must be a JSON object.');
  const reading = createReading();
  const request = decode(reading, wire);
  return errorOf(reading, wire) ?? request;
}

function decode(reading: Reading, wire: JsonObject): ChatRequest {
  const tools = decodeTools(reading, listIn(reading, wire, 'tools') ?? []);
  const { turns, toolsItems } = decodeTurns(reading, wire, tools);
  const toolChoice = decodeToolChoice(reading, wire);
  const parallelToolCalls = booleanIn(reading, wire, 'parallel_tool_calls');
  const maxToolCalls = numberIn(reading, wire, 'max_tool_calls');
  const maxOutputTokens = numberIn(reading, wire, 'max_output_tokens');
  const reasoning = decodeReasoningWish(reading, wire);
  const text = objectIn(reading, wire, 'text') ?? {};
  const output = decodeOutput(reading, text);
  const verbosity = stringIn(reading, text, 'verbosity');
  const promptCache = promptCacheOf(reading, wire);
  const serviceTier = stringIn(reading, wire, 'service_tier');
  const id = stringIn(reading, wire, 'user');
  const safetyId = stringIn(reading, wire, 'safety_identifier');
  const metadata = labelsIn(reading, wire, 'metadata');
  const state = decodeState(reading, wire);
  const sampling = decodeSampling(reading, wire, state);
  const ext = decodeExt(wire, text, output, sampling, toolsItems);
  return {
    origin: 'openai-responses',
    // A stored prompt names the model itself.
    model:
      wire['prompt'] === undefined ? requiredString(reading, wire, 'model') : (textOf(wire['model']) ?? ''),
    stream: booleanIn(reading, wire, 'stream') ?? false,
    includeUsage: true,
    turns,
    tools,
    ...(toolChoice === undefined ? {} : { toolChoice }),
    ...(parallelToolCalls === undefined ? {} : { parallelToolCalls }),
    ...(maxToolCalls === undefined ? {} : { maxToolCalls }),
    sampling,
    ...(maxOutputTokens === undefined ? {} : { maxOutputTokens }),
    ...(reasoning === undefined ? {} : { reasoning }),
    ...(output === undefined ? {} : { output }),
    ...(verbosity === undefined ? {} : { verbosity }),
    ...(promptCache === undefined ? {} : { promptCache }),
    ...(serviceTier === undefined ? {} : { serviceTier }),
    ...(id === undefined && safetyId === undefined
      ? {}
      : {
          endUser: { ...(id === undefined ? {} : { id }), ...(safetyId === undefined ? {} : { safetyId }) },
        }),
    ...(metadata === undefined ? {} : { metadata }),
    ...(state === undefined ? {} : { state }),
    ...(ext === undefined ? {} : { ext }),
  };
}

/** Instructions first, then the input. Tools that stand in the input join `tools`. */
function decodeTurns(
  reading: Reading,
  wire: JsonObject,
  tools: ToolDefinition[],
): { turns: Turn[]; toolsItems: ToolsItem[] } {
  const turns: Turn[] = [];
  const toolsItems: ToolsItem[] = [];
  const instructions = stringIn(reading, wire, 'instructions');
  if (instructions !== undefined && instructions !== '')
    turns.push({ role: 'system', parts: [{ type: 'text', text: instructions }] });
  const input = wire['input'];
  if (typeof input === 'string') {
    turns.push({ role: 'user', parts: [{ type: 'text', text: input }] });
    return { turns, toolsItems };
  }
  const takeTools = (item: JsonObject, at: number): boolean => {
    if (item['type'] !== 'additional_tools') return false;
    const { tools: brought, ...rest } = item;
    const added = decodeTools(reading, Array.isArray(brought) ? brought : []);
    toolsItems.push({ at, item: rest, from: tools.length, count: added.length });
    for (const tool of added) tools.push(tool);
    return true;
  };
  for (const turn of decodeItems(reading, listIn(reading, wire, 'input') ?? [], takeTools)) turns.push(turn);
  return { turns, toolsItems };
}

function decodeReasoningWish(reading: Reading, wire: JsonObject): ReasoningWish | undefined {
  const reasoning = objectIn(reading, wire, 'reasoning');
  if (reasoning === undefined) return undefined;
  const word = stringIn(reading, reasoning, 'effort');
  const summary = stringIn(reading, reasoning, 'summary');
  const effort = EFFORTS.find((known) => known === word);
  const rest: Record<string, unknown> = { ...unknownMembers(reasoning, REASONING) };
  if (word !== undefined && word !== 'none' && effort === undefined) rest['effort'] = word;
  if (summary !== undefined && summary !== 'auto') rest['summary'] = summary;
  return {
    ...(word === 'none' ? { mode: 'off' } : {}),
    ...(effort === undefined ? {} : { effort }),
    ...(summary === undefined ? {} : { show: 'summary' }),
    ...(Object.keys(rest).length === 0 ? {} : { ext: rest }),
  };
}

function decodeOutput(reading: Reading, text: JsonObject): OutputForm | undefined {
  const format = objectIn(reading, text, 'format');
  if (format === undefined) return undefined;
  if (format['type'] === 'text') return { type: 'text' };
  if (format['type'] === 'json_object') return { type: 'json' };
  if (format['type'] !== 'json_schema') return undefined;
  if (!isObject(format['schema'])) return wrong(reading, format, 'schema', 'an object');
  return schemaForm(reading, format);
}

function decodeState(reading: Reading, wire: JsonObject): ConversationState | undefined {
  const store = booleanIn(reading, wire, 'store');
  const previousResponseId = stringIn(reading, wire, 'previous_response_id');
  const place = wire['conversation'];
  const conversation = isObject(place) ? textOf(place['id']) : stringIn(reading, wire, 'conversation');
  const background = booleanIn(reading, wire, 'background');
  const include = (listIn(reading, wire, 'include') ?? []).filter((value) => typeof value === 'string');
  const truncation = stringIn(reading, wire, 'truncation');
  const state: ConversationState = {
    ...(store === undefined ? {} : { store }),
    ...(previousResponseId === undefined ? {} : { previousResponseId }),
    ...(conversation === undefined ? {} : { conversation }),
    ...(background === undefined ? {} : { background }),
    ...(Array.isArray(wire['include']) ? { include } : {}),
    ...(truncation === undefined ? {} : { truncation }),
  };
  return Object.keys(state).length === 0 ? undefined : state;
}

/** `top_logprobs` means something only together with its value of `include`. */
function decodeSampling(reading: Reading, wire: JsonObject, state: ConversationState | undefined): Sampling {
  const temperature = numberIn(reading, wire, 'temperature');
  const topP = numberIn(reading, wire, 'top_p');
  const top = numberIn(reading, wire, 'top_logprobs');
  const isWanted = state?.include?.includes(INCLUDE_LOGPROBS) === true;
  return {
    ...(temperature === undefined ? {} : { temperature }),
    ...(topP === undefined ? {} : { topP }),
    ...(isWanted ? { logprobs: top === undefined ? {} : { top } } : {}),
  };
}

function decodeExt(
  wire: JsonObject,
  text: JsonObject,
  output: OutputForm | undefined,
  sampling: Sampling,
  toolsItems: readonly ToolsItem[],
): JsonObject | undefined {
  const ext: Record<string, unknown> = { ...unknownMembers(wire, REQUEST) };
  if (sampling.logprobs !== undefined) delete ext['top_logprobs'];
  // That there are none is said by some clients, and left out by others.
  if (Array.isArray(wire['tools']) && wire['tools'].length === 0) ext['tools'] = [];
  if (toolsItems.length > 0) ext[TOOLS_ITEMS] = toolsItems;
  const format = output === undefined && isObject(text['format']) ? { format: text['format'] } : {};
  const words = { ...unknownMembers(text, TEXT), ...format };
  if (Object.keys(words).length > 0) ext['text'] = words;
  return Object.keys(ext).length === 0 ? undefined : ext;
}
