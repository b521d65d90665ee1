// `retry`: when something is tried again. Global with defaults, per route without.

import { z } from 'zod';
import { DEFAULT_RETRY } from '../../core/routing/policy.ts';
import { wholeNumber } from './primitives.ts';

/** A status as a number or as text, a class of statuses, or a word. */
export type RetryOnConfig = number | string;

/** The global section, defaults applied. */
export interface RetryConfig {
  readonly maxAttempts: number;
  readonly sameUpstream: number;
  readonly on: readonly RetryOnConfig[];
  readonly backoff: { readonly initialMs: number; readonly maxMs: number };
  readonly budget: number;
}

/** What one route has different. */
export interface RetryOverride {
  readonly maxAttempts?: number | undefined;
  readonly sameUpstream?: number | undefined;
  readonly on?: readonly RetryOnConfig[] | undefined;
  readonly backoff?:
    | { readonly initialMs?: number | undefined; readonly maxMs?: number | undefined }
    | undefined;
  readonly budget?: number | undefined;
}

const on: z.ZodType<readonly RetryOnConfig[]> = z.array(
  z.union([
    wholeNumber(300, 599),
    z.enum(['4xx', '5xx', 'network', 'empty', 'auth', 'model']),
    z.string().regex(/^[345]\d\d$/, { error: 'a status from 300 to 599', abort: true }),
  ]),
);

const maxAttempts = wholeNumber(1, 20);
const sameUpstream = wholeNumber(0, 5);
const waitMs = wholeNumber(0, 600_000);
const budget = z.number().min(0).max(1);

const words = {
  maxAttempts: 'How many attempts one request may have, the first included.',
  sameUpstream: 'How often one candidate (key and model) may be asked again when no other is left.',
  on: 'What is tried again, always elsewhere first: a status, "4xx" or "5xx", "network" (no connection, a broken or late answer), "empty" (an answer without anything in it), "auth" (a refused key or an empty account, on another key), "model" (it does not have the model, on another upstream).',
  backoff: 'Waits before the same candidate is asked again: by chance up to a limit that doubles.',
  initialMs: 'The first limit, in milliseconds.',
  maxMs: 'The last limit, in milliseconds.',
  budget: 'Share of the requests of the last ten seconds that may be repeats to the same candidate, 0 to 1.',
} as const;

/** Schema of the global section. */
export const retrySchema: z.ZodType<RetryConfig> = z.strictObject({
  maxAttempts: maxAttempts.default(DEFAULT_RETRY.maxAttempts).describe(words.maxAttempts),
  sameUpstream: sameUpstream.default(DEFAULT_RETRY.sameUpstream).describe(words.sameUpstream),
  on: on.default(DEFAULT_RETRY.on).describe(words.on),
  backoff: z
    .strictObject({
      initialMs: waitMs.default(DEFAULT_RETRY.backoff.initialMs).describe(words.initialMs),
      maxMs: waitMs.default(DEFAULT_RETRY.backoff.maxMs).describe(words.maxMs),
    })
    .prefault({})
    .describe(words.backoff),
  budget: budget.default(DEFAULT_RETRY.budget).describe(words.budget),
});

/** Schema of what a route has different; what is absent comes from the global section. */
export const retryOverrideSchema: z.ZodType<RetryOverride> = z.strictObject({
  maxAttempts: maxAttempts.optional().describe(words.maxAttempts),
  sameUpstream: sameUpstream.optional().describe(words.sameUpstream),
  on: on.optional().describe(words.on),
  backoff: z
    .strictObject({
      initialMs: waitMs.optional().describe(words.initialMs),
      maxMs: waitMs.optional().describe(words.maxMs),
    })
    .optional()
    .describe(words.backoff),
  budget: budget.optional().describe(words.budget),
});
