// Token usage as Chat Completions reports it: prompt_tokens includes what was read from and written to the cache,
// completion_tokens includes reasoning. Embeddings and legacy completions use the same members.

import type { JsonObject } from '../../model/json.ts';
import type { Usage } from '../../model/usage.ts';
import { readOpenaiUsage } from '../kit/openai-usage.ts';

/** Splits a `usage` object into buckets; undefined when it holds no counts. */
export function readUsage(raw: JsonObject): Usage | undefined {
  return readOpenaiUsage(raw, {
    input: 'prompt_tokens',
    output: 'completion_tokens',
    inputDetails: 'prompt_tokens_details',
    outputDetails: 'completion_tokens_details',
  });
}
