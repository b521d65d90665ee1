// Which rates of a price a request is billed with, and what a kind of token costs that has no rate of its own.

import type { Price, PriceTier, Rates } from './price.ts';

/** Kinds of tokens that can have a rate of their own. */
export type RateKind = Exclude<keyof Rates, 'webSearch' | 'request' | 'cacheReadAudio'>;

/** Rates from a number of input tokens on. */
export interface Band {
  readonly fromTokens: number;
  readonly rates: Rates;
}

/** The rates of one request. */
export interface Billing {
  /** By rising start; the first one starts at 0 and holds for the output, too. */
  readonly bands: readonly [Band, ...Band[]];
  /** False where the service tier has no rates, or none for a request of this length. */
  readonly isKnown: boolean;
}

/** What providers call the tier that everyone gets who asks for none. */
const ORDINARY: ReadonlySet<string> = new Set([
  ...['', 'default', 'standard', 'auto', 'on_demand', 'unspecified'],
  ...['standard_only', 'traffic_type_unspecified'],
]);

/** True for the service tier that a list price is for. */
function isOrdinaryTier(tier: string | undefined): boolean {
  return tier === undefined || ORDINARY.has(tier.toLowerCase());
}

/**
 * The rate of a kind of token. A read from a cache without a rate is input; so is a write, and a long-lived one costs
 * what a short-lived one does; audio costs what text does, and reasoning and pictures what other output does.
 */
export function rateOf(rates: Rates, kind: RateKind): number {
  switch (kind) {
    case 'input':
    case 'output':
      return rates[kind];
    case 'cacheWrite1h':
      return rates.cacheWrite1h ?? rates.cacheWrite5m ?? rates.input;
    case 'cacheRead':
    case 'cacheWrite5m':
    case 'inputAudio':
      return rates[kind] ?? rates.input;
    case 'reasoning':
    case 'outputAudio':
    case 'outputImage':
      return rates[kind] ?? rates.output;
  }
}

/** The rates of a request with so many input tokens, cached ones included, that was served with a tier. */
export function billingOf(price: Price, inputTokens: number, serviceTier: string | undefined): Billing {
  const long = longestTier(price.tiers, inputTokens);
  const ordinary = long?.rates ?? price.rates;
  if (serviceTier !== undefined && !isOrdinaryTier(serviceTier)) {
    const served = tierRates(price.serviceTiers, serviceTier);
    if (served !== undefined) {
      const rates = long === undefined ? served : scaled(served, price.rates, long.rates);
      return { bands: [{ fromTokens: 0, rates }], isKnown: long === undefined && !isCut(price, inputTokens) };
    }
    return { bands: bandsOf(price, ordinary, inputTokens), isKnown: false };
  }
  return { bands: bandsOf(price, ordinary, inputTokens), isKnown: true };
}

/** Every set of rates that a request of at most so many input tokens may be billed with. */
export function possibleRates(price: Price, inputTokens: number): readonly Rates[] {
  const found: Rates[] = [price.rates];
  const served = Object.values(price.serviceTiers);
  found.push(...served);
  for (const { aboveInputTokens, rates, whole } of price.tiers) {
    if (inputTokens <= aboveInputTokens) continue;
    found.push(rates);
    if (whole) for (const one of served) found.push(scaled(one, price.rates, rates));
  }
  return found;
}

function longestTier(tiers: readonly PriceTier[], inputTokens: number): PriceTier | undefined {
  let found: PriceTier | undefined;
  for (const tier of tiers) if (tier.whole && inputTokens > tier.aboveInputTokens) found = tier;
  return found;
}

function isCut(price: Price, inputTokens: number): boolean {
  return price.tiers.some(({ whole, aboveInputTokens }) => !whole && inputTokens > aboveInputTokens);
}

function bandsOf(price: Price, rates: Rates, inputTokens: number): readonly [Band, ...Band[]] {
  const bands: [Band, ...Band[]] = [{ fromTokens: 0, rates }];
  for (const { whole, aboveInputTokens, rates: above } of price.tiers)
    if (!whole && inputTokens > aboveInputTokens) bands.push({ fromTokens: aboveInputTokens, rates: above });
  return bands;
}

function tierRates(tiers: Price['serviceTiers'], tier: string): Rates | undefined {
  if (Object.hasOwn(tiers, tier)) return tiers[tier];
  const lower = tier.toLowerCase();
  for (const name in tiers) if (name.toLowerCase() === lower) return tiers[name];
  return undefined;
}

/** The kinds of tokens that a price has rates for. */
export const RATE_KINDS: readonly RateKind[] = [
  'input',
  'output',
  'cacheRead',
  'cacheWrite5m',
  'cacheWrite1h',
  'inputAudio',
  'reasoning',
  'outputAudio',
  'outputImage',
];

/** Rates of a service tier for a longer request: dearer by as much as the ordinary rates are. */
function scaled(served: Rates, base: Rates, long: Rates): Rates {
  const rates: Record<string, number> = { ...served };
  for (const kind of RATE_KINDS) {
    const from = rateOf(base, kind);
    if (from > 0) rates[kind] = Math.round(rateOf(served, kind) * (rateOf(long, kind) / from));
  }
  return { input: served.input, output: served.output, ...rates };
}
