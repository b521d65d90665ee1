// `conversion`: what happens when a client and an upstream speak different formats; and the words that upstreams share
// with it.

import { z } from 'zod';
import type { Lossy } from '../../core/conversion/policy.ts';

/** The section, defaults applied. */
export interface ConversionConfig {
  readonly preferNative: boolean;
  readonly strict: boolean;
  readonly lossy: Lossy;
}

/** The two words. */
export const lossySchema: z.ZodType<Lossy> = z.enum(['refuse', 'allow']);

/** Schema of the section. */
export const conversionSchema: z.ZodType<ConversionConfig> = z.strictObject({
  preferNative: z
    .boolean()
    .default(true)
    .describe(
      "Among upstreams of the same priority, try those that speak the client's own format before those that need a conversion.",
    ),
  strict: z
    .boolean()
    .default(false)
    .describe(
      'Refuse a request also when a conversion would only make its answer worse (a dropped seed, a lowered effort). The header `x-sluice-strict: true` asks for it per request.',
    ),
  lossy: lossySchema
    .default('refuse')
    .describe(
      'A request with something that the format of the upstream cannot carry (audio, several answers, a hosted tool): "refuse" it with a 400 that names it, or "allow" it to be left out and reported in `x-sluice-loss`. The header `x-sluice-lossy: allow` asks for it per request.',
    ),
});
