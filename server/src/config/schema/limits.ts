// How much may be used: limits wherever they can stand (upstream, key, client, model), and the section `limits`, which
// says how they are counted.

import { z } from 'zod';
import { textSchema, wholeNumber } from './primitives.ts';

/** Limits as written: absent or -1 is no limit, 0 is nothing at all. */
export interface LimitsConfig {
  readonly rpm?: number | undefined;
  readonly rpd?: number | undefined;
  readonly tpm?: number | undefined;
  readonly tpd?: number | undefined;
  readonly concurrency?: number | undefined;
}

/** Model name, "*" allowed → limits. */
export type ModelLimitsConfig = Readonly<Record<string, LimitsConfig>>;

/** The section, defaults applied. */
export interface LimitsSectionConfig {
  readonly window: 'sliding' | 'fixed';
  readonly timeZone: string;
  readonly models: ModelLimitsConfig;
}

const limit = (description: string): z.ZodOptional<z.ZodInt> =>
  wholeNumber(-1, 1_000_000_000_000).optional().describe(description);

/** Schema of limits. */
export const limitsSchema: z.ZodType<LimitsConfig> = z.strictObject({
  rpm: limit('Requests in a minute. -1 or absent: no limit; 0: none at all, as for the others.'),
  rpd: limit('Requests in a day.'),
  tpm: limit('Tokens in a minute, input and output together.'),
  tpd: limit('Tokens in a day, input and output together.'),
  concurrency: limit('Requests at the same time.'),
});

/** Schema of limits by model. */
export const modelLimitsSchema: z.ZodType<ModelLimitsConfig> = z.record(textSchema, limitsSchema);

/** Schema of the section. */
export const limitsSectionSchema: z.ZodType<LimitsSectionConfig> = z.strictObject({
  window: z
    .enum(['sliding', 'fixed'])
    .default('sliding')
    .describe('What a minute is: the last 60 seconds ("sliding"), or a minute of the clock ("fixed").'),
  timeZone: textSchema
    .default('UTC')
    .describe(
      'Where days begin: a name of the IANA time zone database such as "Europe/Berlin", or "local" for the zone of this machine.',
    ),
  models: modelLimitsSchema
    .default({})
    .describe(
      'Limits of models over all upstreams: the name that is sent, "*" allowed → limits. The first that matches counts.',
    ),
});
