// The bundled price list, loaded when a price is first looked up: it takes some 35 ms and 15 MB, which a start and a
// gateway without paid upstreams need not pay for.

import { createRequire } from 'node:module';
import type { ConditionalPrice, ModelInfo, Provider, ProviderFindOptions } from '@pydantic/genai-prices';
import type { Price } from '../core/pricing/price.ts';
import { inForce } from './in-force.ts';
import { closeness } from './match.ts';
import { catalogueNames } from './names.ts';
import { rowPrice } from './row-price.ts';

/** The part of the package that is used. */
export interface PriceData {
  findProvider(options: ProviderFindOptions): Provider | undefined;
}

/** Prices of one row by time. */
export interface CatalogueRow {
  /** "openai/gpt-5" */
  readonly id: string;
  /** undefined: the row says nothing that can be trusted for this moment. */
  at(atMs: number): Price | undefined;
}

/** The price list. */
export interface Catalogue {
  /** The provider whose API stands at a URL. */
  providerAt(url: string): string | undefined;
  /** The row of a model; undefined where no row is certain to be meant. */
  find(provider: string, model: string): CatalogueRow | undefined;
  /** The ids of all models of a provider that are not out of service. */
  models(provider: string): readonly string[];
}

/** Loads the package at once. CommonJS, because a price must be there when it is asked for. */
export function loadPriceData(): PriceData {
  return createRequire(import.meta.url)('@pydantic/genai-prices') as PriceData;
}

/** A catalogue of some data. What is wrong in it makes models unpriced, never an error. */
export function createCatalogue(data: PriceData): Catalogue {
  const byId = (id: string): Provider | undefined => {
    const provider = data.findProvider({ providerId: id });
    // The package also guesses; only the one that was meant counts.
    return provider?.id === id ? provider : undefined;
  };
  return {
    providerAt: (url) => data.findProvider({ providerApiUrl: url })?.id,
    find: (provider, model) => {
      const own = byId(provider);
      if (own === undefined) return undefined;
      const others = (own.fallback_model_providers ?? []).flatMap((id) => byId(id) ?? []);
      for (const name of catalogueNames(provider, model)) {
        for (const one of [own, ...others]) {
          const row = closestRow(one, name);
          if (row !== undefined) return rowOf(one.id, row);
        }
      }
      return undefined;
    },
    models: (provider) =>
      (byId(provider)?.models ?? []).filter(({ deprecated }) => deprecated !== true).map(({ id }) => id),
  };
}

function closestRow(provider: Provider, name: string): ModelInfo | undefined {
  let found: ModelInfo | undefined;
  let best = 0;
  for (const row of provider.models) {
    const close = row.id.toLowerCase() === name ? Number.MAX_VALUE : closenessOf(row, name);
    if (close > best) {
      found = row;
      best = close;
    }
  }
  return found;
}

function closenessOf(row: ModelInfo, name: string): number {
  try {
    return closeness(row.match, name);
  } catch {
    return 0;
  }
}

function rowOf(provider: string, row: ModelInfo): CatalogueRow {
  const prices: readonly ConditionalPrice[] = Array.isArray(row.prices)
    ? row.prices
    : [{ prices: row.prices }];
  const known = prices.map((price) => priceOf(provider, row.id, price));
  const id = `${provider}/${row.id}`;
  return { id, at: (atMs) => known[prices.length === 1 ? 0 : inForce(id, prices, atMs)] };
}

function priceOf(provider: string, model: string, { prices }: ConditionalPrice): Price | undefined {
  try {
    return rowPrice(provider, model, prices);
  } catch {
    return undefined;
  }
}
