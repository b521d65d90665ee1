// Token usage as generateContent reports it: promptTokenCount includes cached content but not the prompts of tools;
// candidatesTokenCount excludes thoughts. Audio is told by the per-modality details.

import { type JsonObject, listOf, objectOf } from '../../model/json.ts';
import type { Usage } from '../../model/usage.ts';
import { count, part, type Tally, usageOf } from '../kit/tally.ts';

const COUNTS = ['promptTokenCount', 'candidatesTokenCount', 'thoughtsTokenCount', 'toolUsePromptTokenCount'];

/** Splits a `usageMetadata` object into buckets; undefined when it holds no counts (Vertex: `trafficType` only). */
export function readUsage(raw: JsonObject): Usage | undefined {
  if (!COUNTS.some((name) => name in raw)) return undefined;
  const tally: Tally = { clamped: false };
  const prompt = count(tally, raw['promptTokenCount']);
  const cacheRead = part(tally, prompt, count(tally, raw['cachedContentTokenCount']));
  const audio =
    audioTokens(tally, raw['promptTokensDetails']) - audioTokens(tally, raw['cacheTokensDetails']);
  const audioIn = part(tally, prompt - cacheRead, Math.max(0, audio));
  const candidates = count(tally, raw['candidatesTokenCount']);
  const audioOut = part(tally, candidates, audioTokens(tally, raw['candidatesTokensDetails']));
  return usageOf(tally, {
    uncached: prompt - cacheRead - audioIn + count(tally, raw['toolUsePromptTokenCount']),
    cacheRead,
    audioIn,
    text: candidates - audioOut,
    reasoning: count(tally, raw['thoughtsTokenCount']),
    audioOut,
  });
}

function audioTokens(tally: Tally, details: unknown): number {
  let tokens = 0;
  for (const entry of listOf(details)) {
    const detail = objectOf(entry);
    if (detail?.['modality'] === 'AUDIO') tokens += count(tally, detail['tokenCount']);
  }
  return tokens;
}
