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
  extra,
  hasMembers,
  listAt,
  markOf,
  numberAt,
  objectAt,
  type Reading,
  stringAt,
  wrong,
} from './reading.ts';

type Settings = Pick<
  ChatRequest,
  'sampling' | 'maxOutputTokens' | 'reasoning' | 'output' | 'promptCache' | 'serviceTier' | 'endUser' | 'ext'
>;

/** Reads every member that is a setting; `ext` holds what has no place in the model. */
export function decodeSettings(wire: JsonObject, reading: Reading): Settings {
  const maxOutputTokens = numberAt(reading, wire['max_tokens'], 'max_tokens');
  const config = decodeOutputConfig(wire, reading);
  const reasoning = decodeReasoning(wire['thinking'], config.effort, reading);
  const person = decodePerson(wire['metadata'], reading);
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
  const temperature = numberAt(reading, wire['temperature'], 'temperature');
  const topP = numberAt(reading, wire['top_p'], 'top_p');
  const topK = numberAt(reading, wire['top_k'], 'top_k');
  const stop = listAt(reading, wire['stop_sequences'], 'stop_sequences');
  stop?.forEach((sequence, at) => {
    if (typeof sequence !== 'string') wrong(reading, `stop_sequences[${at}]`, 'must be a string.');
  });
  return {
    ...(temperature === undefined ? {} : { temperature }),
    ...(topP === undefined ? {} : { topP }),
    ...(topK === undefined ? {} : { topK }),
    ...(stop === undefined ? {} : { stop: stop.filter((sequence) => typeof sequence === 'string') }),
  };
}

function decodeReasoning(
  value: unknown,
  effort: Effort | undefined,
  reading: Reading,
): ReasoningWish | undefined {
  const thinking = objectAt(reading, value, 'thinking');
  if (thinking === undefined) return effort === undefined ? undefined : { effort };
  const { type, budget_tokens, display, ...rest } = thinking;
  const budgetTokens = numberAt(reading, budget_tokens, 'thinking.budget_tokens');
  const shown = stringAt(reading, display, 'thinking.display');
  const show =
    shown === undefined ? undefined : shown === 'omitted' ? ('none' as const) : ('summary' as const);
  const mode = MODES.get(type);
  const ext = {
    ...rest,
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
  const config = objectAt(reading, wire['output_config'], 'output_config');
  const { effort, format, ...rest } = config ?? {};
  const word = stringAt(reading, effort, 'output_config.effort');
  const known = EFFORTS.find((step) => step === word);
  const output = formOf(format ?? wire['output_format']);
  const isEmpty = config !== undefined && !hasMembers(config);
  const more = {
    ...rest,
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

function decodePerson(value: unknown, reading: Reading): { readonly id?: string; readonly ext?: JsonObject } {
  const metadata = objectAt(reading, value, 'metadata');
  if (metadata === undefined) return {};
  const { user_id, ...rest } = metadata;
  const id = stringAt(reading, user_id, 'metadata.user_id');
  return {
    ...(id === undefined ? {} : { id }),
    ...(hasMembers(rest) || id === undefined ? { ext: { metadata: rest } } : {}),
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
  const tier = stringAt(reading, wire['service_tier'], 'service_tier');
  const speed = stringAt(reading, wire['speed'], 'speed');
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
