// What a provider of the stage is asked: read from the body of any format, with what it will have cost.

import { createHash } from 'node:crypto';
import type { DialectId } from '../../../server/src/core/model/dialect-id.ts';
import { isObject } from '../../../server/src/core/model/json.ts';
import type { Spent } from './answers.ts';

/** A request, as far as the provider cares. */
export interface Asked {
  readonly dialect: DialectId;
  readonly model: string;
  readonly stream: boolean;
  /** What it will answer. */
  readonly text: string;
  readonly inputTokens: number;
  /** Names the beginning of the prompt, which stays the same over a conversation. */
  readonly prefix: string;
  /** The prompt is marked for the cache, or the provider keeps prompts unasked. */
  readonly cacheable: boolean;
}

const PATHS: readonly (readonly [RegExp, DialectId])[] = [
  [/\/chat\/completions$/, 'openai-chat'],
  [/\/responses$/, 'openai-responses'],
  [/\/messages$/, 'anthropic-messages'],
  [/\/models\/[^/]+:(?:stream)?[gG]enerateContent$/, 'gemini'],
];

/** Below this no provider keeps a prompt. */
const LEAST_CACHED_TOKENS = 1_024;
const USUAL_TOKENS = 60;
const MOST_TOKENS = 4_000;

const WORDS = (
  'The gate opens, a request goes through, and somewhere a model begins to think. It reads the whole question, twice if ' +
  'need be, weighs what was meant against what was said, and answers one word after the other. Most of them are the ' +
  'right ones. When a provider is tired, another one takes over, and nobody who reads along can tell. '
).match(/\S+ /g) ?? ['word '];

/** Reads a request; undefined where it is none for a model. */
export function readAsked(url: string, body: string): Asked | undefined {
  const path = url.split('?')[0] ?? '';
  const dialect = PATHS.find(([pattern]) => pattern.test(path))?.[1];
  if (dialect === undefined) return undefined;
  const json: unknown = JSON.parse(body === '' ? '{}' : body);
  if (!isObject(json)) return undefined;
  const inPath = /\/models\/([^/]+):/.exec(path)?.[1];
  const inBody = json['model'];
  return {
    dialect,
    model: inPath !== undefined ? decodeURIComponent(inPath) : typeof inBody === 'string' ? inBody : '',
    stream: dialect === 'gemini' ? path.includes(':stream') : json['stream'] === true,
    text: wordsFor(limitOf(json)),
    inputTokens: Math.ceil(Buffer.byteLength(body) / 4),
    prefix: createHash('sha256').update(prefixOf(json)).digest('hex'),
    cacheable: dialect !== 'anthropic-messages' || body.includes('"cache_control"'),
  };
}

/** The greatest length that a request names, which is how long the answer will be. */
function limitOf(json: Readonly<Record<string, unknown>>): number {
  const config = json['generationConfig'];
  const named = [
    json['max_completion_tokens'],
    json['max_tokens'],
    json['max_output_tokens'],
    isObject(config) ? config['maxOutputTokens'] : undefined,
  ].find((value) => typeof value === 'number');
  return typeof named === 'number' ? Math.min(named, MOST_TOKENS) : USUAL_TOKENS;
}

/** So many tokens of text, with three tokens for two words. */
function wordsFor(tokens: number): string {
  const words = Math.max(1, Math.floor((tokens * 2) / 3));
  let text = '';
  for (let at = 0; at < words; at++) text += WORDS[at % WORDS.length];
  return text.trimEnd();
}

/** What stays the same over a conversation: the instructions, or the first turn. */
function prefixOf(json: Readonly<Record<string, unknown>>): string {
  const instructions = json['system'] ?? json['systemInstruction'] ?? json['instructions'];
  const turns = json['messages'] ?? json['contents'] ?? json['input'];
  const first: unknown = Array.isArray(turns) ? turns[0] : turns;
  return JSON.stringify(instructions ?? first ?? '');
}

/** What the provider's cache knew of the prompt; the prompt is in it from now on. */
export function cachedTokens(
  { cacheable, inputTokens, prefix, model }: Asked,
  cache: Map<string, number>,
): number {
  if (!cacheable || inputTokens < LEAST_CACHED_TOKENS) return 0;
  const name = `${model} ${prefix}`;
  const known = Math.min(cache.get(name) ?? 0, inputTokens - 1);
  cache.set(name, inputTokens);
  return known;
}

/** Tokens of one answer. */
export function spentOn(
  { dialect, model, cacheable, inputTokens }: Asked,
  cacheRead: number,
  text: string,
): Spent {
  const writes = dialect === 'anthropic-messages' && cacheable && inputTokens >= LEAST_CACHED_TOKENS;
  const output = Math.ceil((text.split(' ').length * 3) / 2);
  const thinks = /^(?:gpt-5|gemini-2\.5-pro)/.test(model) && dialect !== 'anthropic-messages';
  return {
    input: inputTokens,
    cacheRead,
    cacheWrite: writes ? inputTokens - cacheRead - 1 : 0,
    output,
    reasoning: thinks ? Math.ceil(output * 1.5) : 0,
  };
}
