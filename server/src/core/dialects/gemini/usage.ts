// Token usage as generateContent reports it: promptTokenCount includes cached content but not the prompts of tools;
// candidatesTokenCount excludes thoughts. Audio and pictures are told by the per-modality details.

import { type JsonObject, listOf, objectOf, textOf } from '../../model/json.ts';
import type { Usage } from '../../model/usage.ts';
import { count, part, type Tally, usageOf } from '../kit/tally.ts';
import { tierToWord } from './tier.ts';

const COUNTS = ['promptTokenCount', 'candidatesTokenCount', 'thoughtsTokenCount', 'toolUsePromptTokenCount'];

/** Splits a `usageMetadata` object into buckets; undefined when it holds no counts (Vertex: `trafficType` only). */
export function readUsage(raw: JsonObject): Usage | undefined {
  if (!COUNTS.some((name) => name in raw)) return undefined;
  const tally: Tally = { clamped: false };
  const prompt = count(tally, raw['promptTokenCount']);
  const cacheRead = part(tally, prompt, count(tally, raw['cachedContentTokenCount']));
  const audio =
    tokensOf(tally, raw['promptTokensDetails'], 'AUDIO') -
    tokensOf(tally, raw['cacheTokensDetails'], 'AUDIO');
  const audioIn = part(tally, prompt - cacheRead, Math.max(0, audio));
  const candidates = count(tally, raw['candidatesTokenCount']);
  const details = raw['candidatesTokensDetails'];
  const audioOut = part(tally, candidates, tokensOf(tally, details, 'AUDIO'));
  const outputImageTokens = part(tally, candidates - audioOut, tokensOf(tally, details, 'IMAGE'));
  const buckets = {
    uncached: prompt - cacheRead - audioIn + count(tally, raw['toolUsePromptTokenCount']),
    cacheRead,
    audioIn,
    text: candidates - audioOut - outputImageTokens,
    reasoning: count(tally, raw['thoughtsTokenCount']),
    audioOut,
  };
  const webSearches = count(tally, raw[SEARCHES]);
  return usageOf(tally, buckets, { serviceTier: tierOf(raw), webSearches, outputImageTokens });
}

/** Where the searches stand that a chunk tells outside of its usage. */
const SEARCHES = 'sluiceWebSearches';

/** The usage of an answer or chunk, with the searches that it tells outside of it. */
export function usageWithin(json: JsonObject): JsonObject | undefined {
  const usage = objectOf(json['usageMetadata']);
  if (usage === undefined) return undefined;
  let searches = 0;
  for (const candidate of listOf(json['candidates'])) {
    const grounding = objectOf(objectOf(candidate)?.['groundingMetadata']);
    if (grounding !== undefined) searches += listOf(grounding['webSearchQueries']).length;
  }
  return searches === 0 ? usage : { ...usage, [SEARCHES]: searches };
}

/** The Gemini API names a service tier, Vertex the kind of traffic: "ON_DEMAND_FLEX", "PROVISIONED_THROUGHPUT", … */
function tierOf(raw: JsonObject): string | undefined {
  const tier = textOf(raw['serviceTier']);
  if (tier !== undefined) return tierToWord(tier);
  const traffic = textOf(raw['trafficType'])?.toLowerCase();
  if (traffic === undefined || traffic === 'traffic_type_unspecified') return undefined;
  return traffic.replace(/^on_demand_/, '');
}

function tokensOf(tally: Tally, details: unknown, modality: string): number {
  let tokens = 0;
  for (const entry of listOf(details)) {
    const detail = objectOf(entry);
    if (detail?.['modality'] === modality) tokens += count(tally, detail['tokenCount']);
  }
  return tokens;
}
