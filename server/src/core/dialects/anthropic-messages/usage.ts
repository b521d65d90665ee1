// Token usage as Messages reports it: input_tokens excludes everything that touched the cache; output_tokens includes
// thinking, which newer models also report on its own.

import { type JsonObject, objectOf, textOf } from '../../model/json.ts';
import type { Usage } from '../../model/usage.ts';
import { count, part, type Tally, usageOf } from '../kit/tally.ts';

/** Splits a `usage` object into buckets; undefined when it holds no counts. */
export function readUsage(raw: JsonObject): Usage | undefined {
  if (!('input_tokens' in raw || 'output_tokens' in raw)) return undefined;
  const tally: Tally = { clamped: false };
  const lifetimes = objectOf(raw['cache_creation']) ?? {};
  const cacheWrite5m = count(tally, lifetimes['ephemeral_5m_input_tokens']);
  const cacheWrite1h = count(tally, lifetimes['ephemeral_1h_input_tokens']);
  const named = cacheWrite5m + cacheWrite1h;
  const written = count(tally, raw['cache_creation_input_tokens']);
  if (written > 0 && named > written) tally.clamped = true;
  const output = count(tally, raw['output_tokens']);
  const details = objectOf(raw['output_tokens_details']) ?? {};
  const reasoning = part(tally, output, count(tally, details['thinking_tokens']));
  const tools = objectOf(raw['server_tool_use']);
  const besides = {
    serviceTier: tierOf(raw),
    webSearches: tools === undefined ? 0 : count(tally, tools['web_search_requests']),
  };
  const buckets = {
    uncached: count(tally, raw['input_tokens']),
    cacheRead: count(tally, raw['cache_read_input_tokens']),
    cacheWrite5m,
    cacheWrite1h,
    cacheWriteOther: Math.max(0, written - named),
    text: output - reasoning,
    reasoning,
  };
  return usageOf(tally, buckets, besides);
}

/**
 * Everything that makes a request dearer or cheaper than the list, as one word: "priority", "batch", "fast" (fast mode),
 * "us" (inference in the US only), or several with "+" between them.
 * https://platform.claude.com/docs/en/about-claude/pricing
 */
function tierOf(raw: JsonObject): string | undefined {
  const tier = textOf(raw['service_tier']);
  const isFast = raw['speed'] === 'fast';
  const isUs = raw['inference_geo'] === 'us';
  if (!isFast && !isUs) return tier;
  const words = tier === undefined || tier === 'standard' ? [] : [tier];
  return [...words, ...(isFast ? ['fast'] : []), ...(isUs ? ['us'] : [])].join('+');
}
