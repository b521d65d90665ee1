// Token usage as Responses reports it: input_tokens includes what was read from and written to the cache, output_tokens
// includes reasoning.

import type { JsonObject } from '../../model/json.ts';
import type { Usage } from '../../model/usage.ts';
import { readOpenaiUsage } from '../kit/openai-usage.ts';

/** Splits a `usage` object into buckets; undefined when it holds no counts. */
export function readUsage(raw: JsonObject): Usage | undefined {
  return readOpenaiUsage(raw, {
    input: 'input_tokens',
    output: 'output_tokens',
    inputDetails: 'input_tokens_details',
    outputDetails: 'output_tokens_details',
  });
}
