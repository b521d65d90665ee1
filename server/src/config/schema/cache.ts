// `cache`: where answers are kept that are given again; and what `routing.cache` and `routes[].cache` may say.

import { z } from 'zod';
import { DEFAULT_REUSE, type ReusePolicy } from '../../core/routing/policy.ts';
import { secretSchema, wholeNumber } from './primitives.ts';

/** The section, defaults applied. */
export interface CacheConfig {
  readonly url?: string | undefined;
  readonly maxBytes: number;
  readonly maxEntryBytes: number;
}

/** Whether and how answers are given again. */
export type CacheWish =
  | boolean
  | {
      readonly ttlSeconds: number;
      readonly staleSeconds: number;
      readonly scope: ReusePolicy['scope'];
      readonly deterministicOnly: boolean;
    };

/** What `routing.cache` is for. */
export const CACHE_WISH_WORDS: string =
  'Give the same answer to the same question without asking an upstream again: false, true, or an object. The question is the same in whichever format it is asked, streamed or not.';

/** Schema of the section. */
export const cacheSchema: z.ZodType<CacheConfig> = z.strictObject({
  url: secretSchema
    .optional()
    .describe(
      'A Redis or Valkey server to keep answers in, for several gateways together: "redis://…" or "rediss://…". Default: `state.url`, then the environment variable REDIS_URL; without either, memory. Connected to when a route first needs it; while it does not answer, memory stands in.',
    ),
  maxBytes: wholeNumber(1_048_576, 68_719_476_736)
    .default(67_108_864)
    .describe('Bytes of all answers in memory together; the least recently used ones go first.'),
  maxEntryBytes: wholeNumber(1_024, 67_108_864)
    .default(1_048_576)
    .describe('Bytes of the largest answer that is kept.'),
});

/** Schema of `routing.cache` and `routes[].cache`. */
export const cacheWishSchema: z.ZodType<CacheWish> = z.union([
  z.boolean(),
  z.strictObject({
    ttlSeconds: wholeNumber(1, 31_536_000)
      .default(DEFAULT_REUSE.ttlMs / 1000)
      .describe('How long an answer is fresh, in seconds.'),
    staleSeconds: wholeNumber(0, 31_536_000)
      .default(DEFAULT_REUSE.staleMs / 1000)
      .describe('How long after that it still stands in when the upstreams fail, in seconds.'),
    scope: z
      .enum(['client', 'shared'])
      .default(DEFAULT_REUSE.scope)
      .describe(
        'Who gets the answer again: the same "client" only, or every client of the route ("shared").',
      ),
    deterministicOnly: z
      .boolean()
      .default(DEFAULT_REUSE.deterministicOnly)
      .describe(
        'Only for requests that are meant to get the same answer each time: with temperature 0, top_k 1 or a seed. False: for all.',
      ),
  }),
]);
