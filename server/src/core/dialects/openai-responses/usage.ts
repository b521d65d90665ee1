// Token usage as Responses reports it: input_tokens includes what was read from and written to the cache, output_tokens
// includes reasoning.

import { type JsonObject, listOf, objectOf } from '../../model/json.ts';
import type { Usage } from '../../model/usage.ts';
import { readOpenaiUsage, withBesides } from '../kit/openai-usage.ts';

/** Splits a `usage` object into buckets; undefined when it holds no counts. */
export function readUsage(raw: JsonObject): Usage | undefined {
  return readOpenaiUsage(raw, {
    input: 'input_tokens',
    output: 'output_tokens',
    inputDetails: 'input_tokens_details',
    outputDetails: 'output_tokens_details',
  });
}

/** The usage object of a response, with what is billed and stands beside it: service tier, searches, pictures. */
export function usageWithin(response: JsonObject): JsonObject | undefined {
  const usage = objectOf(response['usage']);
  if (usage === undefined) return undefined;
  const tools = objectOf(response['tool_usage']);
  return withBesides(usage, {
    serviceTier: response['service_tier'],
    webSearches: searchesOf(response, objectOf(tools?.['web_search'])?.['num_requests']),
    pictureTokens: picturesOf(objectOf(tools?.['image_gen'])?.['output_tokens']),
  });
}

function picturesOf(told: unknown): number {
  return typeof told === 'number' ? told : 0;
}

/** As the API counts them, else the calls that searched: pages that were opened afterwards are free. */
function searchesOf(response: JsonObject, told: unknown): number {
  if (typeof told === 'number') return told;
  let searches = 0;
  for (const item of listOf(response['output'])) {
    const call = objectOf(item);
    if (call?.['type'] !== 'web_search_call' || call['status'] === 'failed') continue;
    const action = objectOf(call['action'])?.['type'];
    if (action === undefined || action === 'search') searches++;
  }
  return searches;
}
