// The price list of this gateway: which models are known at which upstream, what they cost, and who says so.

import type { Settings, Upstream } from '../config/settings.ts';
import { type UsdRates, usdRates } from '../core/pricing/from-usd.ts';
import type { Price } from '../core/pricing/price.ts';
import { isExactName, matchesAny, matchesGlob } from '../core/routing/glob.ts';

/** Where a price comes from. */
export type PriceOrigin = 'config' | 'file' | 'catalogue' | 'free';

/** A price as people read it: US dollars for a million tokens; searches and requests for a thousand. */
export interface ShownPrice {
  /** Which price it is: "catalogue:openai/gpt-5". */
  readonly id: string;
  /** Who says so: the operator in the configuration or in the price file, the bundled catalogue, or nobody has to (free). */
  readonly origin: PriceOrigin;
  readonly rates: UsdRates;
  readonly tiers: readonly {
    readonly aboveInputTokens: number;
    readonly whole: boolean;
    readonly rates: UsdRates;
  }[];
  readonly serviceTiers: Readonly<Record<string, UsdRates>>;
  /** True where not everything is known that the provider bills, so that costs are estimates. */
  readonly incomplete: boolean;
}

/** A model at an upstream. */
export interface ListedPrice {
  readonly upstreamId: string;
  readonly provider: string;
  readonly model: string;
  /** undefined: nobody knows. */
  readonly price: ShownPrice | undefined;
}

/** What a list is made from. */
export interface ListSource {
  of(upstream: Upstream, model: string): Price | undefined;
  /** The models that the catalogue has for an upstream. */
  models(upstream: Upstream): readonly string[];
}

/** Writes a price for people. */
function showPrice(price: Price): ShownPrice {
  return {
    id: price.id,
    origin: originOf(price.id),
    rates: usdRates(price.rates),
    tiers: price.tiers.map(({ rates, ...tier }) => ({ ...tier, rates: usdRates(rates) })),
    serviceTiers: Object.fromEntries(
      Object.entries(price.serviceTiers).map(([tier, rates]) => [tier, usdRates(rates)]),
    ),
    incomplete: price.lacks !== undefined,
  };
}

/** Ids of prices begin with it. */
function originOf(id: string): PriceOrigin {
  const [origin] = id.split(':', 1);
  return ORIGINS.find((one) => one === origin) ?? 'catalogue';
}

const ORIGINS: readonly PriceOrigin[] = ['config', 'file', 'catalogue', 'free'];

/** Lists what is offered, by upstream and model. An exact name is listed wherever it may be asked for. */
export function listPrices(
  settings: Settings,
  wanted: string | undefined,
  source: ListSource,
): readonly ListedPrice[] {
  return settings.upstreams
    .filter(({ enabled }) => enabled)
    .flatMap((upstream) =>
      modelsOf(settings, upstream, wanted, source).flatMap((model) => {
        const price = source.of(upstream, model);
        if (price === undefined && isForeign(upstream, model)) return [];
        return {
          upstreamId: upstream.id,
          provider: upstream.provider.id,
          model,
          price: price === undefined ? undefined : showPrice(price),
        };
      }),
    );
}

/** True for the models of other vendors where an upstream is known to have its own only. */
function isForeign({ provider, models }: Upstream, model: string): boolean {
  return models.length === 0 && provider.owns.length > 0 && !matchesAny(provider.owns, model);
}

function modelsOf(
  settings: Settings,
  upstream: Upstream,
  wanted: string | undefined,
  source: ListSource,
): readonly string[] {
  const offers = (model: string): boolean =>
    upstream.models.length === 0 || matchesAny(upstream.models, model);
  if (wanted !== undefined && isExactName(wanted)) {
    const model = upstream.aliases[wanted] ?? settings.aliases[wanted] ?? wanted;
    return offers(model) ? [model] : [];
  }
  const named = [
    ...upstream.models.filter(isExactName),
    ...upstream.prices.flatMap(({ models }) => models.filter(isExactName)),
    ...Object.values(upstream.aliases),
  ];
  const all = new Set([...named, ...source.models(upstream).filter(offers)]);
  return [...all].filter((model) => wanted === undefined || matchesGlob(wanted, model)).sort();
}
