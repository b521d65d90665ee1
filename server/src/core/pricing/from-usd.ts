// Prices as people and price lists write them (US dollars for a million tokens or a thousand calls) → picodollars, and back.

import type { Rates } from './price.ts';

/** The highest price that is believed, in US dollars for a million tokens. */
export const MOST_USD_PER_MILLION = 1_000_000;

const PICO_PER_TOKEN = 1_000_000;
const PICO_PER_CALL = 1_000_000_000;

/** Pico-US-dollars per token; undefined where the number is no price. */
export function picoPerToken(usdPerMillionTokens: unknown): number | undefined {
  return isPrice(usdPerMillionTokens) ? Math.round(usdPerMillionTokens * PICO_PER_TOKEN) : undefined;
}

/** Pico-US-dollars per call; undefined where the number is no price. */
export function picoPerCall(usdPerThousandCalls: unknown): number | undefined {
  return isPrice(usdPerThousandCalls) ? Math.round(usdPerThousandCalls * PICO_PER_CALL) : undefined;
}

function isPrice(value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && value <= MOST_USD_PER_MILLION;
}

/** US dollars for a million tokens, or for a thousand calls. */
export type UsdRates = { readonly [kind in keyof Rates]: number };

/** Rates as people write them. */
export function usdRates(rates: Rates): UsdRates {
  const { webSearch, request, ...tokens } = rates;
  const told: Record<string, number> = {};
  for (const [kind, pico] of Object.entries(tokens)) told[kind] = pico / PICO_PER_TOKEN;
  if (webSearch !== undefined) told['webSearch'] = webSearch / PICO_PER_CALL;
  if (request !== undefined) told['request'] = request / PICO_PER_CALL;
  return { input: 0, output: 0, ...told };
}
