// `routing` and `routes`: how candidates are ordered and asked. `routing` holds for every request and has defaults; a
// route holds for some and says what differs.

import { z } from 'zod';
import { DEFAULT_ROUTE, ORDERS, type RoutePolicy } from '../../core/routing/policy.ts';
import { CACHE_WISH_WORDS, type CacheWish, cacheWishSchema } from './cache.ts';
import { type DispatchConfig, dispatchSchema } from './dispatch.ts';
import { durationMs, nameSchema, textSchema } from './primitives.ts';
import { type RetryOverride, retryOverrideSchema } from './retry.ts';

/** Kept together (for how long), or not. */
export type AffinityConfig = boolean | { readonly ttlMs: number };

/** `routing`, defaults applied. */
export interface RoutingConfig {
  readonly order: RoutePolicy['order'];
  readonly affinity: AffinityConfig;
  readonly dispatch: DispatchConfig;
  readonly onExhausted: RoutePolicy['onExhausted'];
  readonly streamFailure: RoutePolicy['streamFailure'];
  readonly echoModel: RoutePolicy['echoModel'];
  readonly promptCacheMarks: RoutePolicy['promptCacheMarks'];
  readonly cache: CacheWish;
  readonly defaultModel?: string | undefined;
  readonly forceModel?: string | undefined;
}

/** The members of `routing` that a route has different. */
export type RoutingOverride = { readonly [Name in keyof RoutingConfig]?: RoutingConfig[Name] | undefined };

/** One entry of `routes`, as written. */
export interface RouteConfig extends RoutingOverride {
  readonly id: string;
  readonly models: readonly string[];
  readonly clients: readonly string[];
  readonly upstreams: readonly string[];
  readonly retry: RetryOverride;
}

const order = z.enum(ORDERS);
const affinity = z.union([
  z.boolean(),
  z.strictObject({
    ttlMs: durationMs().describe('How long a conversation may be silent and still be kept, in milliseconds.'),
  }),
]);
const onExhausted = z.enum(['refuse', 'wait']);
const streamFailure = z.enum(['error', 'resume']);
const echoModel = z.enum(['alias', 'upstream']);
const promptCacheMarks = z.enum(['client', 'auto']);

const words = {
  order:
    'How candidates of the same priority are ordered: fill_first (the first until it cannot), round_robin (in turn), random, sticky (the last one used until it cannot), lru (the one that rested longest), least_used, least_in_flight, lowest_latency (time to the first output), weighted (by `weight`), cheapest (by `prices`).',
  affinity:
    'Keep the requests of a conversation on the key that served the last one, where the prompt cache of the provider is warm: true for an hour, false for not at all, or an object.',
  dispatch: 'How candidates are asked: "serial", "hedged", "race", or an object.',
  onExhausted:
    'When every candidate is cooling or out of quota: "refuse" with the time to come back, or "wait" for the first that is free (see `queue`).',
  streamFailure:
    'When a stream dies after output: end it with an "error", or let another candidate "resume" it where that can be done.',
  echoModel: 'The model name that answers show: the "alias" that was asked for, or that of the "upstream".',
  promptCacheMarks:
    'Marks for the prompt cache of upstreams that want them (Anthropic): only those that the "client" sets, or one for the whole request where it sets none ("auto").',
  cache: CACHE_WISH_WORDS,
  defaultModel: 'The model of requests that name none.',
  forceModel: 'The model of every request, whatever it names.',
} as const;

/** Schema of `routing`. */
export const routingSchema: z.ZodType<RoutingConfig> = z.strictObject({
  order: order.default(DEFAULT_ROUTE.order).describe(words.order),
  affinity: affinity.default(true).describe(words.affinity),
  dispatch: dispatchSchema.default('serial').describe(words.dispatch),
  onExhausted: onExhausted.default(DEFAULT_ROUTE.onExhausted).describe(words.onExhausted),
  streamFailure: streamFailure.default(DEFAULT_ROUTE.streamFailure).describe(words.streamFailure),
  echoModel: echoModel.default(DEFAULT_ROUTE.echoModel).describe(words.echoModel),
  promptCacheMarks: promptCacheMarks.default(DEFAULT_ROUTE.promptCacheMarks).describe(words.promptCacheMarks),
  cache: cacheWishSchema.default(false).describe(words.cache),
  defaultModel: textSchema.optional().describe(words.defaultModel),
  forceModel: textSchema.optional().describe(words.forceModel),
});

/** Schema of one route. */
export const routeSchema: z.ZodType<RouteConfig> = z.strictObject({
  id: nameSchema.describe('Name of the route. "default" is the name of what holds for every other request.'),
  models: z
    .array(textSchema)
    .default([])
    .describe('Models that are asked for, "*" allowed: the route is for these. Empty: for any.'),
  clients: z
    .array(textSchema)
    .default([])
    .describe('Ids of clients, "*" allowed: the route is for these. Empty: for everyone.'),
  upstreams: z
    .array(textSchema)
    .default([])
    .describe('Ids of the only upstreams that may serve it. Empty: all of them.'),
  order: order.optional().describe(words.order),
  affinity: affinity.optional().describe(words.affinity),
  dispatch: dispatchSchema.optional().describe(words.dispatch),
  onExhausted: onExhausted.optional().describe(words.onExhausted),
  streamFailure: streamFailure.optional().describe(words.streamFailure),
  echoModel: echoModel.optional().describe(words.echoModel),
  promptCacheMarks: promptCacheMarks.optional().describe(words.promptCacheMarks),
  cache: cacheWishSchema.optional().describe(words.cache),
  defaultModel: textSchema.optional().describe(words.defaultModel),
  forceModel: textSchema.optional().describe(words.forceModel),
  retry: retryOverrideSchema.prefault({}).describe('What differs from the global `retry`.'),
});
