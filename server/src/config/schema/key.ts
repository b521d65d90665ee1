// One entry of `upstreams[].keys`: a text, or an object that says more about the key.

import { z } from 'zod';
import { type LimitsConfig, limitsSchema } from './limits.ts';
import { nameSchema, secretSchema, weightSchema } from './primitives.ts';

/** A key with what the operator says about it. */
export interface KeyObjectConfig {
  readonly key: string;
  readonly name?: string | undefined;
  readonly weight?: number | undefined;
  readonly enabled: boolean;
  readonly limits?: LimitsConfig | undefined;
}

/** One entry of the list. */
export type KeyConfig = string | KeyObjectConfig;

/** Schema of one entry. */
export const keySchema: z.ZodType<KeyConfig> = z.union([
  secretSchema,
  z.strictObject({
    key: secretSchema.describe(
      'The key; best a reference. Where it holds several keys, each gets the name with a number, and the rest alike.',
    ),
    name: nameSchema
      .optional()
      .describe('What the key is called in commands and on pages; best unlike any part of it.'),
    weight: weightSchema
      .optional()
      .describe('Its share among the keys of the upstream, for the order "weighted"; 1 where absent.'),
    enabled: z
      .boolean()
      .default(true)
      .describe('false takes the key out of use without forgetting it; its reference may then be unset.'),
    limits: limitsSchema
      .optional()
      .describe(
        'Limits of this key. What it leaves out is as `keyLimits` of the upstream says; -1 lifts that.',
      ),
  }),
]);
