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
import { readSchema } from './schema-types.ts';
import { booleanAt, extOf, numberAt, objectAt, type Reading, spelled, textAt, textsAt } from './wire.read.ts';

type Generation = Pick<
  ChatRequest,
  'sampling' | 'maxOutputTokens' | 'reasoning' | 'output' | 'modalities' | 'ext'
>;

const PATH = 'generationConfig';

/** Reads the member; `ext` holds what no other format has. */
export function decodeGeneration(reading: Reading, value: unknown): Generation {
  const config = objectAt(reading, value, PATH);
  if (config === undefined) return { sampling: {} };
  const {
    maxOutputTokens: limit,
    temperature,
    topP,
    topK,
    candidateCount,
    seed,
    presencePenalty,
    frequencyPenalty,
    stopSequences,
    responseLogprobs,
    logprobs,
    thinkingConfig,
    responseModalities,
    responseMimeType,
    responseSchema,
    responseJsonSchema,
    responseFormat,
    ...rest
  } = config;
  const number = (name: string, given: unknown) => numberAt(reading, given, `${PATH}.${name}`);
  const numbers = {
    temperature: number('temperature', temperature),
    topP: number('topP', topP),
    topK: number('topK', topK),
    n: number('candidateCount', candidateCount),
    seed: number('seed', seed),
    presencePenalty: number('presencePenalty', presencePenalty),
    frequencyPenalty: number('frequencyPenalty', frequencyPenalty),
    stop: textsAt(reading, stopSequences, `${PATH}.stopSequences`),
  };
  const wanted = booleanAt(reading, responseLogprobs, `${PATH}.responseLogprobs`);
  const top = number('logprobs', logprobs);
  const sampling: Sampling = {
    ...given(numbers),
    ...(wanted === true ? { logprobs: top === undefined ? {} : { top } } : {}),
  };
  const maxOutputTokens = number('maxOutputTokens', limit);
  const modalities = textsAt(reading, responseModalities, `${PATH}.responseModalities`)?.map((word) =>
    word.toLowerCase(),
  );
  const thinking = decodeThinking(reading, thinkingConfig);
  const form = decodeForm(reading, { responseMimeType, responseSchema, responseJsonSchema, responseFormat });
  const kept = {
    ...rest,
    ...form.rest,
    ...thinking.rest,
    ...(wanted !== true && top !== undefined ? { logprobs: top } : {}),
  };
  return {
    sampling,
    ...given({ maxOutputTokens, modalities, reasoning: thinking.wish, output: form.output }),
    ...extOf(Object.keys(kept).length === 0 ? {} : { generationConfig: kept }),
  };
}

/** The members that are there. */
function given<T extends object>(members: T): { [Name in keyof T]?: Exclude<T[Name], undefined> } {
  const entries = Object.entries(members).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as { [Name in keyof T]?: Exclude<T[Name], undefined> };
}

function decodeThinking(
  reading: Reading,
  value: unknown,
): { readonly wish?: ReasoningWish; readonly rest: JsonObject } {
  const path = `${PATH}.thinkingConfig`;
  const config = objectAt(reading, value, path);
  if (config === undefined) return { rest: {} };
  const { thinkingBudget, thinkingLevel, includeThoughts, ...rest } = config;
  const budget = numberAt(reading, thinkingBudget, `${path}.thinkingBudget`);
  const level = textAt(reading, thinkingLevel, `${path}.thinkingLevel`)?.toLowerCase();
  const shown = booleanAt(reading, includeThoughts, `${path}.includeThoughts`);
  const effort = EFFORTS.find((word) => word === level);
  if (level !== undefined && effort === undefined && level !== 'thinking_level_unspecified')
    reading.fault(`${path}.thinkingLevel`, 'MINIMAL, LOW, MEDIUM or HIGH');
  const wish: ReasoningWish = {
    ...(budget === undefined ? {} : budgetWish(budget)),
    ...(effort === undefined ? {} : { effort }),
    ...(shown === undefined ? {} : { show: shown ? ('summary' as const) : ('none' as const) }),
  };
  const left = Object.keys(rest).length === 0 ? {} : { thinkingConfig: rest };
  return Object.keys(wish).length === 0 ? { rest: left } : { wish, rest: left };
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

function decodeForm(reading: Reading, members: JsonObject): Form {
  const { responseMimeType, responseSchema, responseJsonSchema, responseFormat } = members;
  const mime = textAt(reading, responseMimeType, `${PATH}.responseMimeType`);
  const openApi = objectAt(reading, responseSchema, `${PATH}.responseSchema`);
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
