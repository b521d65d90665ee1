// The arithmetic that both OpenAI formats share: input and output are wholes whose parts are listed in details, and a
// total that tells which vendors count reasoning or audio outside of the wholes.

import { type JsonObject, objectOf, textOf } from '../../model/json.ts';
import type { Usage } from '../../model/usage.ts';
import { count, firstCount, part, type Tally, usageOf } from './tally.ts';

/** Names under which a format keeps its counts. */
export interface OpenaiUsageNames {
  readonly input: string;
  readonly output: string;
  readonly inputDetails: string;
  readonly outputDetails: string;
}

interface Wholes {
  readonly input: number;
  readonly output: number;
  readonly reasoning: number;
  /** Tokens that the total counts and neither whole contains. */
  readonly hidden: number;
}

/**
 * Splits a usage object into buckets; undefined when it holds no counts. Besides OpenAI's members it reads DeepSeek's
 * `prompt_cache_hit_tokens`, Mistral's `num_cached_tokens` and Moonshot's `cached_tokens`.
 */
export function readOpenaiUsage(raw: JsonObject, names: OpenaiUsageNames): Usage | undefined {
  if (!(names.input in raw || names.output in raw || 'total_tokens' in raw)) return undefined;
  const tally: Tally = { clamped: false };
  const inputDetails = objectOf(raw[names.inputDetails]) ?? {};
  const outputDetails = objectOf(raw[names.outputDetails]) ?? {};
  const wholes = readWholes(tally, raw, names, outputDetails);

  const cached = firstCount(
    tally,
    inputDetails['cached_tokens'],
    raw['prompt_cache_hit_tokens'],
    raw['num_cached_tokens'],
    raw['cached_tokens'],
  );
  const cacheRead = part(tally, wholes.input, cached);
  const written = count(tally, inputDetails['cache_write_tokens']);
  const cacheWriteOther = part(tally, wholes.input - cacheRead, written);
  let uncached = wholes.input - cacheRead - cacheWriteOther;
  let audioIn = Math.min(uncached, count(tally, inputDetails['audio_tokens']));
  uncached -= audioIn;

  const reasoningOutside = wholes.hidden > 0 && wholes.hidden === wholes.reasoning;
  let reasoning = reasoningOutside ? wholes.reasoning : part(tally, wholes.output, wholes.reasoning);
  const left = reasoningOutside ? wholes.output : wholes.output - reasoning;
  const audioOut = part(tally, left, count(tally, outputDetails['audio_tokens']));
  const imagesOut = part(tally, left - audioOut, count(tally, outputDetails['image_tokens']));
  if (wholes.hidden > 0 && wholes.reasoning === 0) {
    // Mistral counts seconds of audio apart; Google's OpenAI endpoint leaves thoughts out of completion_tokens.
    if (typeof raw['prompt_audio_seconds'] === 'number') audioIn += wholes.hidden;
    else reasoning = wholes.hidden;
  }
  const besides = {
    serviceTier: textOf(raw['service_tier']),
    webSearches: searches(tally, raw),
    outputImageTokens: imagesOut + count(tally, raw[PICTURES]),
  };
  const text = left - audioOut - imagesOut;
  return usageOf(
    tally,
    { uncached, cacheRead, cacheWriteOther, audioIn, text, reasoning, audioOut },
    besides,
  );
}

/**
 * Searches that were billed: of Responses as its reader counted them, else as OpenRouter (`server_tool_use`), Perplexity
 * (`num_search_queries`) and xAI (`num_sources_used`) tell them.
 */
function searches(tally: Tally, raw: JsonObject): number {
  const { server_tool_use: tools, num_search_queries: queries, num_sources_used: sources } = raw;
  const counted = raw[SEARCHES];
  if (tools === undefined && queries === undefined && sources === undefined && counted === undefined)
    return 0;
  return firstCount(tally, counted, objectOf(tools)?.['web_search_requests'], queries, sources);
}

/** Where a reader puts what stands outside of the usage object. */
const SEARCHES = 'sluice_web_searches';
const PICTURES = 'sluice_picture_tokens';

/** What is billed and stands beside a usage object. */
export interface BesidesUsage {
  readonly serviceTier: unknown;
  readonly webSearches?: number;
  /** Of pictures that a tool made; not contained in the usage. */
  readonly pictureTokens?: number;
}

/** A usage object together with what stands beside it in an answer or chunk; the object itself where nothing does. */
export function withBesides(usage: JsonObject, besides: BesidesUsage): JsonObject {
  const { serviceTier, webSearches = 0, pictureTokens = 0 } = besides;
  const hasTier = typeof serviceTier === 'string';
  if (!hasTier && webSearches === 0 && pictureTokens === 0) return usage;
  return Object.assign(
    {},
    usage,
    hasTier ? { service_tier: serviceTier } : undefined,
    webSearches === 0 ? undefined : { [SEARCHES]: webSearches },
    pictureTokens === 0 ? undefined : { [PICTURES]: pictureTokens },
  );
}

function readWholes(
  tally: Tally,
  raw: JsonObject,
  names: OpenaiUsageNames,
  outputDetails: JsonObject,
): Wholes {
  const output = count(tally, raw[names.output]);
  const total = count(tally, raw['total_tokens']);
  const named = raw[names.input];
  // Some embedding servers report a total only.
  const input = named === undefined || named === null ? Math.max(0, total - output) : count(tally, named);
  const reasoning = count(tally, outputDetails['reasoning_tokens']);
  return { input, output, reasoning, hidden: Math.max(0, total - input - output) };
}
