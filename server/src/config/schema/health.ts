// `cooldown`, `breaker` and `quarantine`: how keys, models and upstreams are put aside, and for how long.

import { z } from 'zod';
import { DEFAULT_HEALTH, type HealthPolicy } from '../../core/routing/policy.ts';
import { durationMs, wholeNumber } from './primitives.ts';

const { cooldown, breaker, quarantine } = DEFAULT_HEALTH;

/** Schema of `cooldown`. */
export const cooldownSchema: z.ZodType<HealthPolicy['cooldown']> = z.strictObject({
  honorHeaders: z
    .boolean()
    .default(cooldown.honorHeaders)
    .describe('Believe what the provider says about when to come back, in headers or in the answer.'),
  defaultMs: wholeNumber(0, 86_400_000)
    .default(cooldown.defaultMs)
    .describe('How long to rest when it says nothing, in milliseconds.'),
  maxMs: wholeNumber(0, 86_400_000)
    .default(cooldown.maxMs)
    .describe('The longest rest, in milliseconds, unless the provider names the reset of a daily quota.'),
});

/** Schema of `breaker`. */
export const breakerSchema: z.ZodType<HealthPolicy['breaker']> = z.strictObject({
  failures: wholeNumber(0, 1_000)
    .default(breaker.failures)
    .describe(
      'So many failures in a row put a candidate aside; 0: never. Mistakes of the request do not count.',
    ),
  openMs: durationMs()
    .default(breaker.openMs)
    .describe(
      'For how long, in milliseconds; then one request tries it. Each time that fails, twice as long.',
    ),
});

/** Schema of `quarantine`. */
export const quarantineSchema: z.ZodType<HealthPolicy['quarantine']> = z.strictObject({
  onAuth: z
    .boolean()
    .default(quarantine.onAuth)
    .describe('Leave a key alone that was refused, until it is tested again by hand or by one request.'),
  retestMs: durationMs().default(quarantine.retestMs).describe('When one request tries it, in milliseconds.'),
});
