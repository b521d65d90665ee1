// What models cost, as the operator writes it: `upstreams[].prices`, the section `prices` and the price file.

import { z } from 'zod';
import { MOST_USD_PER_MILLION } from '../../core/pricing/from-usd.ts';
import { textSchema, wholeNumber } from './primitives.ts';

/** US dollars for a million tokens; searches and requests for a thousand. */
export interface RatesConfig {
  readonly input?: number | undefined;
  readonly output?: number | undefined;
  readonly cacheRead?: number | undefined;
  readonly cacheWrite5m?: number | undefined;
  readonly cacheWrite1h?: number | undefined;
  readonly reasoning?: number | undefined;
  readonly inputAudio?: number | undefined;
  readonly outputAudio?: number | undefined;
  readonly outputImage?: number | undefined;
  readonly webSearch?: number | undefined;
  readonly request?: number | undefined;
}

/** The price of one model, or of several. */
export interface PriceConfig extends RatesConfig {
  readonly input: number;
  readonly output: number;
  readonly tiers: readonly (RatesConfig & { readonly aboveInputTokens: number; readonly whole: boolean })[];
  readonly serviceTiers: Readonly<Record<string, RatesConfig>>;
}

/** Model name, "*" allowed → price. */
export type PricesConfig = Readonly<Record<string, PriceConfig>>;

/** The section `prices`. */
export interface PricesSectionConfig {
  readonly file?: string | undefined;
  readonly models: PricesConfig;
}

const price = (description: string): z.ZodNumber =>
  z.number().min(0).max(MOST_USD_PER_MILLION).describe(description);

const input = price('US dollars for a million input tokens.');
const output = price('US dollars for a million output tokens.');

const kinds = {
  cacheRead: price('For input tokens read from a cache. Default: as input.').optional(),
  cacheWrite5m: price('For input tokens written to a cache. Default: as input.').optional(),
  cacheWrite1h: price('For those written to be kept for an hour. Default: as cacheWrite5m.').optional(),
  reasoning: price('For reasoning tokens. Default: as output.').optional(),
  inputAudio: price(
    'For input tokens that are sound. Default: as input, and costs are estimates.',
  ).optional(),
  outputAudio: price(
    'For output tokens that are sound. Default: as output, and costs are estimates.',
  ).optional(),
  outputImage: price(
    'For output tokens that are pictures. Default: as output, and costs are estimates.',
  ).optional(),
  webSearch: price(
    'For a thousand searches that the provider runs. Without it costs are estimates.',
  ).optional(),
  request: price('For a thousand requests, whatever their tokens. Default: 0.').optional(),
};

const someRates = { input: input.optional(), output: output.optional(), ...kinds };

const tierSchema = z.strictObject({
  aboveInputTokens: wholeNumber(1, 1_000_000_000).describe(
    'Holds for requests with more input tokens than this, cached ones included.',
  ),
  whole: z
    .boolean()
    .default(true)
    .describe('true: for all tokens of such a request. false: for the input tokens above only.'),
  ...someRates,
});

const priceSchema: z.ZodType<PriceConfig> = z.strictObject({
  input,
  output,
  ...kinds,
  tiers: z
    .array(tierSchema)
    .default([])
    .describe('Other rates for long requests; what a tier does not name stays as it is.'),
  serviceTiers: z
    .record(textSchema, z.strictObject(someRates))
    .default({})
    .describe(
      'Other rates for service tiers ("flex", "priority", …), by the name that the provider answers with.',
    ),
});

/** Schema of prices by model. */
export const pricesSchema: z.ZodType<PricesConfig> = z.record(textSchema, priceSchema);

const placed = z.record(
  z
    .string()
    .regex(/^[^/\s]+\/\S/, 'must be a provider or an upstream, a slash and a model, as in "openai/gpt-*"'),
  priceSchema,
);

/** Schema of the section `prices`. */
export const pricesSectionSchema: z.ZodType<PricesSectionConfig> = z.strictObject({
  file: textSchema
    .optional()
    .describe(
      'A file of prices, relative to this file: the same entries as `models`, JSON with comments. Default: prices.jsonc beside this file, where there is one. It is read again when it changes.',
    ),
  models: placed
    .default({})
    .describe(
      'What models cost where the built-in price list does not know, or is wrong: provider or upstream, a slash and the name that is sent, "*" allowed in both → price in US dollars for a million tokens. The first that matches counts.',
    ),
});

/** Schema of a price file. */
export const priceFileSchema: z.ZodType<PricesConfig> = placed;
