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

/** The price of one model, or of several: rates, or `as` alone. */
export interface PriceConfig extends RatesConfig {
  /** The model of the built-in list whose price it is. */
  readonly as?: string | undefined;
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

/** A rate of a tier: what is not named stays as it is. */
function ofTier(rate: z.ZodNumber): z.ZodOptional<z.ZodNumber> {
  const [what = '', otherwise] = (rate.description ?? '').split(' Default: ');
  const known = `${what} Default: as in the ordinary price`;
  return rate
    .describe(otherwise === undefined ? `${known}.` : `${known}; ${NOT_NAMED}${otherwise}`)
    .optional();
}

const NOT_NAMED = 'where that names none: ';

const tierRates = {
  input: ofTier(input),
  output: ofTier(output),
  cacheRead: ofTier(kinds.cacheRead.unwrap()),
  cacheWrite5m: ofTier(kinds.cacheWrite5m.unwrap()),
  cacheWrite1h: ofTier(kinds.cacheWrite1h.unwrap()),
  reasoning: ofTier(kinds.reasoning.unwrap()),
  inputAudio: ofTier(kinds.inputAudio.unwrap()),
  outputAudio: ofTier(kinds.outputAudio.unwrap()),
  outputImage: ofTier(kinds.outputImage.unwrap()),
  webSearch: ofTier(kinds.webSearch.unwrap()),
  request: ofTier(kinds.request.unwrap()),
};

const tierSchema = z.strictObject({
  aboveInputTokens: wholeNumber(1, 1_000_000_000).describe(
    'Holds for requests with more input tokens than this, cached ones included.',
  ),
  whole: z
    .boolean()
    .default(true)
    .describe('true: for all tokens of such a request. false: for the input tokens above only.'),
  ...tierRates,
});

const priceSchema: z.ZodType<PriceConfig> = z
  .strictObject({
    as: textSchema
      .optional()
      .describe(
        'Instead of all else here: the price of this model of the built-in list, as for a deployment that has a name of its own. "gpt-4o" is looked for at the provider of the upstream and then at its vendor, "openai/gpt-4o" at the provider that it names.',
      ),
    input: input.describe('US dollars for a million input tokens; needed without `as`.').optional(),
    output: output.describe('US dollars for a million output tokens; needed without `as`.').optional(),
    ...kinds,
    tiers: z
      .array(tierSchema)
      .default([])
      .describe('Other rates for long requests; what a tier does not name stays as it is.'),
    serviceTiers: z
      .record(textSchema, z.strictObject(tierRates))
      .default({})
      .describe(
        'Other rates for service tiers ("flex", "priority", …), by the name that the provider answers with.',
      ),
  })
  .superRefine(checkWhole);

/** Rates need both of the usual ones; the price of another model stands alone. */
function checkWhole(price: PriceConfig, context: z.RefinementCtx): void {
  const { as: other, tiers, serviceTiers, ...rates } = price;
  const missing = (['input', 'output'] as const).filter((name) => rates[name] === undefined);
  if (other === undefined) {
    const rest = missing.length > 1 ? '; or write "as" with the name of a model that costs the same' : '';
    const message = `is missing${rest}.`;
    for (const name of missing) context.addIssue({ code: 'custom', path: [name], message });
    return;
  }
  const more = [
    ...Object.entries(rates).flatMap(([name, rate]) => (rate === undefined ? [] : [name])),
    ...(tiers.length > 0 ? ['tiers'] : []),
    ...(Object.keys(serviceTiers).length > 0 ? ['serviceTiers'] : []),
  ];
  for (const name of more)
    context.addIssue({ code: 'custom', path: [name], message: 'does not go together with "as".' });
}

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
