// `upstreams[].prices`: what models cost, for the order `cheapest`.

import { z } from 'zod';
import { textSchema } from './primitives.ts';

/** Model name, "*" allowed → US dollars for a million tokens. */
export type PricesConfig = Readonly<Record<string, { readonly input: number; readonly output: number }>>;

const price = (description: string): z.ZodNumber => z.number().min(0).max(1_000_000).describe(description);

/** Schema of the prices of one upstream. */
export const pricesSchema: z.ZodType<PricesConfig> = z.record(
  textSchema,
  z.strictObject({
    input: price('US dollars for a million input tokens.'),
    output: price('US dollars for a million output tokens.'),
  }),
);
