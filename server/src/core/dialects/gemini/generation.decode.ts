// `generationConfig`: how to draw tokens, how hard to think, and what form the answer takes.
// https://ai.google.dev/api/generate-content#generationconfig

import { isObject, type JsonObject } from '../../model/json.ts';
import {
  type ChatRequest,
  EFFORTS,
  type OutputForm,
  type ReasoningWish,
  type Sampling,
} from '../../model/request.ts';
import {
  booleanIn,
  hasMembers,
  otherMembers,
  type Reading,
  stringIn,
  stringsIn,
  wrong,
} from '../kit/read-wire.ts';
import { readSchema } from './schema-types.ts';
import { extOf, numberIn, spelled, spelledIn } from './wire.read.ts';

type Generation = Pick<
  ChatRequest,
  'sampling' | 'maxOutputTokens' | 'reasoning' | 'output' | 'modalities' | 'ext'
>;

const KNOWN: ReadonlySet<string> = new Set([
  'maxOutputTokens',
  'temperature',
  'topP',
  'topK',
  'candidateCount',
  'seed',
  'presencePenalty',
  'frequencyPenalty',
  'stopSequences',
  'responseLogprobs',
  'logprobs',
  'thinkingConfig',
  'responseModalities',
  'responseMimeType',
  'responseSchema',
  'responseJsonSchema',
  'responseFormat',
]);
const KNOWN_OF_THINKING: ReadonlySet<string> = new Set([
  'thinkingBudget',
  'thinkingLevel',
  'includeThoughts',
]);

/** Reads the member; `ext` holds what no other format has. */
export function decodeGeneration(reading: Reading, body: JsonObject): Generation {
  const config = spelledIn(reading, body, 'generationConfig');
  if (config === undefined) return { sampling: {} };
  const numbers = {
    temperature: numberIn(reading, config, 'temperature'),
    topP: numberIn(reading, config, 'topP'),
    topK: numberIn(reading, config, 'topK'),
    n: numberIn(reading, config, 'candidateCount'),
    seed: numberIn(reading, config, 'seed'),
    presencePenalty: numberIn(reading, config, 'presencePenalty'),
    frequencyPenalty: numberIn(reading, config, 'frequencyPenalty'),
    stop: stringsIn(reading, config, 'stopSequences'),
  };
  const wanted = booleanIn(reading, config, 'responseLogprobs');
  const top = numberIn(reading, config, 'logprobs');
  const sampling: Sampling = {
    ...given(numbers),
    ...(wanted === true ? { logprobs: top === undefined ? {} : { top } } : {}),
  };
  const maxOutputTokens = numberIn(reading, config, 'maxOutputTokens');
  const modalities = stringsIn(reading, config, 'responseModalities')?.map((word) => word.toLowerCase());
  const thinking = decodeThinking(reading, config);
  const form = decodeForm(reading, config);
  const kept = {
    ...otherMembers(config, KNOWN),
    ...form.rest,
    ...thinking.rest,
    ...(wanted !== true && top !== undefined ? { logprobs: top } : {}),
  };
  return {
    sampling,
    ...given({ maxOutputTokens, modalities, reasoning: thinking.wish, output: form.output }),
    ...extOf(hasMembers(kept) ? { generationConfig: kept } : {}),
  };
}

/** The members that are there. */
function given<T extends object>(members: T): { [Name in keyof T]?: Exclude<T[Name], undefined> } {
  const entries = Object.entries(members).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as { [Name in keyof T]?: Exclude<T[Name], undefined> };
}

function decodeThinking(
  reading: Reading,
  generation: JsonObject,
): { readonly wish?: ReasoningWish; readonly rest: JsonObject } {
  const config = spelledIn(reading, generation, 'thinkingConfig');
  if (config === undefined) return { rest: {} };
  const budget = numberIn(reading, config, 'thinkingBudget');
  const level = stringIn(reading, config, 'thinkingLevel')?.toLowerCase();
  const shown = booleanIn(reading, config, 'includeThoughts');
  const effort = EFFORTS.find((word) => word === level);
  if (level !== undefined && effort === undefined && level !== 'thinking_level_unspecified')
    wrong(reading, config, 'thinkingLevel', 'MINIMAL, LOW, MEDIUM or HIGH');
  const wish: ReasoningWish = {
    ...(budget === undefined ? {} : budgetWish(budget)),
    ...(effort === undefined ? {} : { effort }),
    ...(shown === undefined ? {} : { show: shown ? ('summary' as const) : ('none' as const) }),
  };
  const others = otherMembers(config, KNOWN_OF_THINKING);
  const rest = others === undefined ? {} : { thinkingConfig: others };
  return Object.keys(wish).length === 0 ? { rest } : { wish, rest };
}

/** 0 switches thinking off, -1 leaves it to the model. */
function budgetWish(budget: number): ReasoningWish {
  if (budget === 0) return { mode: 'off' };
  return budget < 0 ? { mode: 'auto' } : { mode: 'on', budgetTokens: budget };
}

interface Form {
  readonly output?: OutputForm;
  readonly rest: JsonObject;
}

function decodeForm(reading: Reading, config: JsonObject): Form {
  const { responseJsonSchema, responseFormat } = config;
  const mime = stringIn(reading, config, 'responseMimeType');
  const openApi = spelledIn(reading, config, 'responseSchema');
  const json = isObject(responseJsonSchema) ? responseJsonSchema : undefined;
  const format = textFormat(responseFormat);
  const others = responseFormat === undefined || format !== undefined ? {} : { responseFormat };
  if (mime !== undefined && mime !== 'application/json' && mime !== 'text/plain') {
    // text/x.enum and what else only Google knows.
    const schemas = {
      ...(openApi && { responseSchema: openApi }),
      ...(json && { responseJsonSchema: json }),
    };
    return { rest: { ...others, responseMimeType: mime, ...schemas } };
  }
  const schema =
    json !== undefined
      ? readSchema(json, 'responseJsonSchema')
      : openApi !== undefined
        ? readSchema(openApi, 'responseSchema')
        : format;
  if (schema !== undefined) return { output: { type: 'schema', schema }, rest: others };
  if (mime === undefined) return { rest: others };
  return { output: { type: mime === 'application/json' ? 'json' : 'text' }, rest: others };
}

/** The schema of a `responseFormat` that asks for text of a form and nothing else. */
function textFormat(value: unknown): JsonObject | undefined {
  const entry: unknown = Array.isArray(value) && value.length === 1 ? value[0] : value;
  if (!isObject(entry) || Object.keys(entry).length !== 1 || !isObject(entry['text'])) return undefined;
  const { schema } = spelled(entry['text']);
  return isObject(schema) ? readSchema(schema, 'responseJsonSchema') : undefined;
}
