// Token usage as Chat Completions reports it: prompt_tokens includes what was read from and written to the cache,
// completion_tokens includes reasoning. Embeddings and legacy completions use the same members.

import { type JsonObject, objectOf } from '../../model/json.ts';
import type { Usage } from '../../model/usage.ts';
import { readOpenaiUsage, withBesides } from '../kit/openai-usage.ts';

/** Splits a `usage` object into buckets; undefined when it holds no counts. */
export function readUsage(raw: JsonObject): Usage | undefined {
  return readOpenaiUsage(raw, {
    input: 'prompt_tokens',
    output: 'completion_tokens',
    inputDetails: 'prompt_tokens_details',
    outputDetails: 'completion_tokens_details',
  });
}

/** The usage object of an answer or chunk, with the service tier that stands beside it. */
export function usageWithin(json: JsonObject): JsonObject | undefined {
  const usage = objectOf(json['usage']) ?? objectOf(objectOf(json['x_groq'])?.['usage']);
  return usage === undefined ? undefined : withBesides(usage, { serviceTier: json['service_tier'] });
}

/** The service tier of a chunk as a member of the usage, which may come in a chunk that does not name it. */
export function tierWithin(json: JsonObject): JsonObject | undefined {
  const tier = json['service_tier'];
  return typeof tier === 'string' ? { service_tier: tier } : undefined;
}
