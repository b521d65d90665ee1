// Token usage as Messages reports it: the inverse of ./usage.ts.

import type { JsonObject } from '../../model/json.ts';
import type { Usage } from '../../model/usage.ts';
import type { Wire } from './writing.ts';

/** The `usage` of an answer; `kept` = members that the model has no buckets for, in this format's words. */
export function encodeUsage(usage: Usage, kept: JsonObject | undefined): Wire {
  const { input, output, extras } = usage;
  const named = input.cacheWrite5m + input.cacheWrite1h;
  const written = named + input.cacheWriteOther;
  return {
    input_tokens: input.uncached + input.audio,
    cache_creation_input_tokens: written,
    cache_read_input_tokens: input.cacheRead,
    // Writes whose lifetime nobody told cannot be put under one.
    ...(named === written
      ? {
          cache_creation: {
            ephemeral_5m_input_tokens: input.cacheWrite5m,
            ephemeral_1h_input_tokens: input.cacheWrite1h,
          },
        }
      : {}),
    output_tokens: output.text + output.reasoning + output.audio + (extras?.outputImageTokens ?? 0),
    ...(output.reasoning === 0 ? {} : { output_tokens_details: { thinking_tokens: output.reasoning } }),
    ...kept,
  };
}

/** What is said of an answer whose usage nobody told: the input as estimated. */
export function estimatedUsage(inputTokens: number): Wire {
  return {
    input_tokens: inputTokens,
    cache_creation_input_tokens: 0,
    cache_read_input_tokens: 0,
    cache_creation: { ephemeral_5m_input_tokens: 0, ephemeral_1h_input_tokens: 0 },
    output_tokens: 0,
  };
}

const COUNTED: ReadonlySet<string> = new Set([
  'input_tokens',
  'output_tokens',
  'cache_creation_input_tokens',
  'cache_read_input_tokens',
  'cache_creation',
  'output_tokens_details',
]);

/** What a `usage` says besides token counts: server tools used, tier, place; undefined where it says no more. */
export function keptUsage(raw: JsonObject): JsonObject | undefined {
  const kept = Object.entries(raw).filter(([member, value]) => !COUNTED.has(member) && value !== null);
  return kept.length === 0 ? undefined : Object.fromEntries(kept);
}
