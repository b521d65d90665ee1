// What makes two requests the same question: all that a model is told and all that steers its answer, in the words of no
// format. How the answer is delivered (streamed or whole), who is behind the request and what the provider is to keep or to
// charge is no part of it.

import { canonicalJson, canonicalText } from '../json/canonical.ts';
import type { Part, TextPart } from '../model/content.ts';
import { unreachable } from '../model/exhaustive.ts';
import { type JsonObject, objectOf } from '../model/json.ts';
import type {
  ChatRequest,
  ReasoningWish,
  Sampling,
  ToolChoice,
  ToolDefinition,
  Turn,
} from '../model/request.ts';
import { resultsFirst } from '../model/turns.ts';

/** The question of a request as text: equal for equal questions, whichever of the formats they were asked in. */
export function questionText(request: ChatRequest): string {
  const { origin, turns, tools, toolChoice, sampling, output, reasoning, state, modalities } = request;
  return canonicalText({
    turns: turnsOf(turns, origin),
    tools: tools.length === 0 ? undefined : tools.map((tool) => toolOf(tool, origin)),
    choice: tools.length === 0 ? undefined : choiceOf(toolChoice),
    parallel: tools.length > 0 && request.parallelToolCalls === false ? false : undefined,
    maxToolCalls: request.maxToolCalls,
    sampling: samplingOf(sampling),
    max: request.maxOutputTokens,
    reasoning: reasoning === undefined ? undefined : reasoningOf(reasoning, origin),
    output: output === undefined || output.type === 'text' ? undefined : { ...output, name: undefined },
    verbosity: request.verbosity,
    modalities: isTextAlone(modalities) ? undefined : modalities,
    include:
      state?.include === undefined || state.include.length === 0 ? undefined : [...state.include].sort(),
    truncation: state?.truncation === 'disabled' ? undefined : state?.truncation,
    ext: owned(request.ext, origin),
  });
}

function isTextAlone(modalities: readonly string[] | undefined): boolean {
  return modalities === undefined || (modalities.length === 1 && modalities[0] === 'text');
}

/** Members that only one format has, with the name of the format: elsewhere the same words may mean something else. */
function owned(ext: JsonObject | undefined, origin: string): unknown {
  if (ext === undefined) return undefined;
  const { tools, ...others } = ext;
  // That there are no tools is said by some clients, and left out by others.
  const told = Array.isArray(tools) && tools.length === 0 ? others : ext;
  return Object.keys(told).length === 0 ? undefined : [origin, told];
}

/** Numbers that say what is so anyway are as good as absent. */
function samplingOf(sampling: Sampling): unknown {
  const { n, presencePenalty, frequencyPenalty, logitBias, stop, ...others } = sampling;
  return {
    ...others,
    n: n === 1 ? undefined : n,
    presencePenalty: presencePenalty === 0 ? undefined : presencePenalty,
    frequencyPenalty: frequencyPenalty === 0 ? undefined : frequencyPenalty,
    logitBias: logitBias === undefined || Object.keys(logitBias).length === 0 ? undefined : logitBias,
    stop: stop === undefined || stop.length === 0 ? undefined : stop,
  };
}

function reasoningOf({ ext, ...wish }: ReasoningWish, origin: string): unknown {
  return { ...wish, ext: owned(ext, origin) };
}

function choiceOf(choice: ToolChoice | undefined): unknown {
  return choice === undefined || choice.mode === 'auto' ? undefined : choice;
}

function toolOf(tool: ToolDefinition, origin: string): unknown {
  const { cache: _cache, parameters, kind, deferred, description, strict, ext, ...others } = tool;
  return {
    ...others,
    kind: kind === 'function' ? undefined : kind,
    strict: strictOf(strict, origin),
    deferred: deferred === true ? true : undefined,
    description: description === '' ? undefined : description,
    parameters: takesNothing(parameters) ? undefined : parameters,
    ext: owned(ext, origin),
  };
}

/** Where nothing is said, tools of Responses are strict as far as they can be, and those of all others are not. */
function strictOf(strict: boolean | undefined, origin: string): boolean | 'unsaid' | undefined {
  if (strict === undefined && origin === 'openai-responses') return 'unsaid';
  return strict === true ? true : undefined;
}

/** No schema, and every way to write that there are no arguments. */
function takesNothing(schema: JsonObject | undefined): boolean {
  if (schema === undefined) return true;
  const { type, properties, ...others } = schema;
  const fields = objectOf(properties);
  return (
    (type === undefined || type === 'object') &&
    (properties === undefined || (fields !== undefined && Object.keys(fields).length === 0)) &&
    Object.keys(others).length === 0
  );
}

// ------------------------------------------------------------------------------------------------- turns

/** Calls by the order in which they come: their ids are made up, and not every format has any. */
class CallNumbers {
  readonly #numbers = new Map<string, number>();

  of(id: string): number {
    const known = this.#numbers.get(id);
    if (known !== undefined) return known;
    const number = this.#numbers.size;
    this.#numbers.set(id, number);
    return number;
  }
}

interface Said {
  readonly role: string;
  readonly name: string | undefined;
  readonly phase: string | undefined;
  readonly ext: unknown;
  parts: readonly Part[];
}

/** Neighbours of one role are one: some formats have messages, others smaller items. */
function turnsOf(turns: readonly Turn[], origin: string): unknown {
  const said: Said[] = [];
  for (const turn of turns) {
    if (turn.parts.length === 0) continue;
    const role = turn.role === 'developer' ? 'system' : turn.role;
    const { name, phase, parts } = turn;
    const ext = owned(turn.ext, origin);
    const last = said.at(-1);
    const joins =
      last?.role === role &&
      last.name === name &&
      last.phase === phase &&
      ext === undefined &&
      last.ext === undefined;
    if (joins) last.parts = [...last.parts, ...parts];
    else said.push({ role, name, phase, ext, parts });
  }
  const calls = new CallNumbers();
  return said.map(({ parts, ...turn }) => ({
    ...turn,
    parts: resultsFirst(parts).map((part) => partOf(part, calls, origin)),
  }));
}

function sourcesOf({ citations = [] }: TextPart): unknown {
  return citations.length === 0 ? undefined : citations.map(({ raw }) => raw);
}

function partOf(part: Part, calls: CallNumbers, origin: string): unknown {
  const token = part.token === undefined ? undefined : [part.token.vendor, part.token.kind, part.token.value];
  const ext = owned(part.ext, origin);
  switch (part.type) {
    case 'text':
      return { text: part.text, citations: sourcesOf(part), token, ext };
    case 'refusal':
      return { refusal: part.text, token, ext };
    case 'reasoning':
      return { reasoning: part.sections, token, ext };
    case 'tool-call': {
      const { kind, name, namespace } = part;
      const isText = kind === 'custom';
      const input = isText ? part.arguments : canonicalJson(part.arguments === '' ? '{}' : part.arguments);
      return { call: calls.of(part.id), name, namespace, custom: isText || undefined, input, token, ext };
    }
    case 'tool-result': {
      const content = part.content.map((inner) => partOf(inner, calls, origin));
      const object = part.content.length === 0 ? part.object : undefined;
      return {
        result: calls.of(part.callId),
        failed: part.isError || undefined,
        content,
        object,
        token,
        ext,
      };
    }
    case 'media': {
      const { type: _type, cache: _cache, source, detail, citable, ...others } = part;
      const from =
        source.type === 'parts' ? source.parts.map((inner) => partOf(inner, calls, origin)) : source;
      const shown = detail === 'auto' ? undefined : detail;
      return { ...others, media: from, detail: shown, citable: citable || undefined, token, ext };
    }
    case 'vendor':
      return { vendor: part.dialect, raw: part.raw, token };
    default:
      return unreachable(part);
  }
}
