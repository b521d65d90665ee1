// Questions for tests of the response cache: the same one in each format, and what an answer says about the cache.

import { DIALECT_IDS, type DialectId } from '../../src/core/model/dialect-id.ts';
import { DEFAULT_REUSE, type ReusePolicy } from '../../src/core/routing/policy.ts';
import type { Asking } from './asking.ts';
import type { Received } from './client.ts';

/** What says in each format: as likely as can be, at most a hundred tokens. */
const STEADY: Readonly<Record<DialectId, object>> = {
  'openai-chat': { temperature: 0, max_completion_tokens: 100 },
  'openai-responses': { temperature: 0, max_output_tokens: 100 },
  'anthropic-messages': { temperature: 0, max_tokens: 100 },
  gemini: { generationConfig: { temperature: 0, maxOutputTokens: 100 } },
};

/** A question that may be answered from memory. */
export function steady(asking: Asking = {}): Asking {
  const { dialect = 'openai-chat', members = {} } = asking;
  return { ...asking, members: { ...STEADY[dialect], ...members } };
}

/** Every format, whole and streamed. */
export const WAYS: readonly (readonly [DialectId, boolean])[] = DIALECT_IDS.flatMap((dialect) => [
  [dialect, false] as const,
  [dialect, true] as const,
]);

/** A route with a cache. */
export function cached(more: Partial<ReusePolicy> = {}): { readonly cache: ReusePolicy } {
  return { cache: { ...DEFAULT_REUSE, ...more } };
}

/** Status, and what the answer says of the cache. */
export function cacheOf(answer: Received): readonly [number, string | undefined] {
  return [answer.status, answer.header('x-sluice-cache')];
}
