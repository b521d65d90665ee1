// How a request wants to be answered: thinking, effort, the form of the output, sampling, tier.
// https://docs.anthropic.com/en/api/messages

import { isObject, type JsonObject } from '../../model/json.ts';
import {
  type ChatRequest,
  EFFORTS,
  type Effort,
  type OutputForm,
  type ReasoningWish,
} from '../../model/request.ts';
import {
  hasMembers,
  listIn,
  numberIn,
  objectIn,
  otherMembers,
  type Reading,
  stringIn,
  wrong,
} from '../kit/read-wire.ts';
import { extra, markOf } from './reading.ts';

type Settings = Pick<
  ChatRequest,
  'sampling' | 'maxOutputTokens' | 'reasoning' | 'output' | 'promptCache' | 'serviceTier' | 'endUser' | 'ext'
>;

/** Reads every member that is a setting; `ext` holds what has no place in the model. */
export function decodeSettings(wire: JsonObject, reading: Reading): Settings {
  const maxOutputTokens = numberIn(reading, wire, 'max_tokens');
  const config = decodeOutputConfig(wire, reading);
  const reasoning = decodeReasoning(wire, config.effort, reading);
  const person = decodePerson(wire, reading);
  const tier = decodeTier(wire, reading);
  const automatic = markOf(wire['cache_control']);
  const isOdd =
    wire['cache_control'] !== undefined && wire['cache_control'] !== null && automatic === undefined;
  const ext = {
    ...config.ext,
    ...person.ext,
    ...tier.ext,
    ...(isOdd ? { cache_control: wire['cache_control'] } : {}),
  };
  return {
    sampling: decodeSampling(wire, reading),
    ...(maxOutputTokens === undefined ? {} : { maxOutputTokens }),
    ...(reasoning === undefined ? {} : { reasoning }),
    ...(config.output === undefined ? {} : { output: config.output }),
    ...(automatic === undefined ? {} : { promptCache: { automatic } }),
    ...(tier.serviceTier === undefined ? {} : { serviceTier: tier.serviceTier }),
    ...(person.id === undefined ? {} : { endUser: { id: person.id } }),
    ...extra(ext),
  };
}

function decodeSampling(wire: JsonObject, reading: Reading): ChatRequest['sampling'] {
  const temperature = numberIn(reading, wire, 'temperature');
  const topP = numberIn(reading, wire, 'top_p');
  const topK = numberIn(reading, wire, 'top_k');
  const stop = listIn(reading, wire, 'stop_sequences');
  stop?.forEach((sequence, at) => {
    if (typeof sequence !== 'string') wrong(reading, stop, at, 'a string');
  });
  return {
    ...(temperature === undefined ? {} : { temperature }),
    ...(topP === undefined ? {} : { topP }),
    ...(topK === undefined ? {} : { topK }),
    ...(stop === undefined ? {} : { stop: stop.filter((sequence) => typeof sequence === 'string') }),
  };
}

const KNOWN_OF_THINKING: ReadonlySet<string> = new Set(['type', 'budget_tokens', 'display']);
const KNOWN_OF_OUTPUT: ReadonlySet<string> = new Set(['effort', 'format']);
const KNOWN_OF_METADATA: ReadonlySet<string> = new Set(['user_id']);

function decodeReasoning(
  wire: JsonObject,
  effort: Effort | undefined,
  reading: Reading,
): ReasoningWish | undefined {
  const thinking = objectIn(reading, wire, 'thinking');
  if (thinking === undefined) return effort === undefined ? undefined : { effort };
  const { type } = thinking;
  const budgetTokens = numberIn(reading, thinking, 'budget_tokens');
  const shown = stringIn(reading, thinking, 'display');
  const show =
    shown === undefined ? undefined : shown === 'omitted' ? ('none' as const) : ('summary' as const);
  const mode = MODES.get(type);
  const ext = {
    ...otherMembers(thinking, KNOWN_OF_THINKING),
    ...(mode === undefined || type === 'between_tools' ? { type } : {}),
    ...(shown === undefined || shown === 'omitted' || shown === 'summarized' ? {} : { display: shown }),
  };
  return {
    ...(mode === undefined ? {} : { mode }),
    ...(effort === undefined ? {} : { effort }),
    ...(budgetTokens === undefined ? {} : { budgetTokens }),
    ...(show === undefined ? {} : { show }),
    ...extra(ext),
  };
}

/** between_tools is thinking turned off, except for short words on progress between calls. */
const MODES: ReadonlyMap<unknown, NonNullable<ReasoningWish['mode']>> = new Map([
  ['disabled', 'off'],
  ['between_tools', 'off'],
  ['adaptive', 'auto'],
  ['enabled', 'on'],
]);

interface OutputConfig {
  readonly effort?: Effort;
  readonly output?: OutputForm;
  readonly ext?: JsonObject;
}

/** `output_config`, and the older `output_format`, which said the same as output_config.format. */
function decodeOutputConfig(wire: JsonObject, reading: Reading): OutputConfig {
  const config = objectIn(reading, wire, 'output_config');
  const format = config?.['format'];
  const word = config === undefined ? undefined : stringIn(reading, config, 'effort');
  const known = EFFORTS.find((step) => step === word);
  const output = formOf(format ?? wire['output_format']);
  const isEmpty = config !== undefined && !hasMembers(config);
  const more = {
    ...(config === undefined ? {} : otherMembers(config, KNOWN_OF_OUTPUT)),
    ...(word === undefined || known !== undefined ? {} : { effort: word }),
    ...(output === undefined && isObject(format) ? { format } : {}),
  };
  const older = output === undefined || format !== undefined ? wire['output_format'] : undefined;
  return {
    ...(known === undefined ? {} : { effort: known }),
    ...(output === undefined ? {} : { output }),
    ext: {
      ...(hasMembers(more) || isEmpty ? { output_config: more } : {}),
      ...(older === undefined || older === null ? {} : { output_format: older }),
    },
  };
}

function formOf(format: unknown): OutputForm | undefined {
  if (!isObject(format) || format['type'] !== 'json_schema') return undefined;
  const schema = format['schema'];
  return isObject(schema) ? { type: 'schema', schema } : undefined;
}

function decodePerson(
  wire: JsonObject,
  reading: Reading,
): { readonly id?: string; readonly ext?: JsonObject } {
  const metadata = objectIn(reading, wire, 'metadata');
  if (metadata === undefined) return {};
  const id = stringIn(reading, metadata, 'user_id');
  const rest = otherMembers(metadata, KNOWN_OF_METADATA);
  return {
    ...(id === undefined ? {} : { id }),
    ...(rest !== undefined || id === undefined ? { ext: { metadata: rest ?? {} } } : {}),
  };
}

const TIERS: ReadonlyMap<string, string> = new Map([
  ['auto', 'auto'],
  ['standard_only', 'default'],
]);

/** `service_tier` and `speed`: the fast speed is a tier elsewhere. */
function decodeTier(
  wire: JsonObject,
  reading: Reading,
): { readonly serviceTier?: string; readonly ext?: JsonObject } {
  const tier = stringIn(reading, wire, 'service_tier');
  const speed = stringIn(reading, wire, 'speed');
  const known = tier === undefined ? undefined : TIERS.get(tier);
  const isFast = speed === 'fast' && tier === undefined;
  const serviceTier = isFast ? 'fast' : known;
  return {
    ...(serviceTier === undefined ? {} : { serviceTier }),
    ext: {
      ...(tier !== undefined && known === undefined ? { service_tier: tier } : {}),
      ...(speed !== undefined && !isFast ? { speed } : {}),
    },
  };
}
