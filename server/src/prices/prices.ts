// What models cost: the operator's word first (at the upstream, in the configuration, in the price file), then the
// bundled catalogue, then what is free of charge. What none of them knows has no price.

import type { ModelPrice, PlacedPrice, Settings, Upstream } from '../config/settings.ts';
import type { Price } from '../core/pricing/price.ts';
import { matchesAny, matchesGlob } from '../core/routing/glob.ts';
import type { Prices } from '../exchange/ports.ts';
import {
  type Catalogue,
  type CatalogueRow,
  createCatalogue,
  loadPriceData,
  type PriceData,
} from './catalogue.ts';
import { catalogueProvider, mayBeInCatalogue } from './catalogue-provider.ts';
import { freePrice } from './free.ts';
import { type ListedPrice, listPrices } from './list.ts';
import { rowNamed } from './named.ts';

/** How prices are made. */
export interface PricesOptions {
  /** The configuration of this moment. */
  settings(): Settings;
  /** Loads the catalogue; default: the bundled one. Called once, when it is first needed. */
  readonly load?: () => PriceData;
  /** Told once when the catalogue cannot be loaded. */
  onTrouble?(message: string): void;
}

/** Prices with what an operator asks of them. */
export interface PriceBook extends Prices {
  /** What is offered at each upstream and what it costs; `model`: only what fits this name or glob. */
  list(atMs: number, model?: string): readonly ListedPrice[];
  /** Loads the catalogue if any upstream may need it, so that no request has to wait for it. */
  warm(): void;
  /** Forgets everything; a changed configuration is noticed without it. */
  reload(): void;
}

/** A price, prices by time, or nobody knows. */
type Known = Price | CatalogueRow | undefined;

/** Clients of an upstream that takes any name can make up endless ones. */
const MOST_NAMES = 2_000;

/** Makes the price book. Nothing is loaded yet. */
export function createPrices(options: PricesOptions): PriceBook {
  let catalogue: Catalogue | undefined;
  let known = new WeakMap<Upstream, Map<string, { readonly price: Known }>>();
  let knownFor: Settings['prices'] | undefined;

  function loaded(): Catalogue {
    if (catalogue === undefined) {
      try {
        catalogue = createCatalogue((options.load ?? loadPriceData)());
      } catch (error) {
        options.onTrouble?.(
          `The price list cannot be loaded, so that models have no price: ${String(error)}`,
        );
        catalogue = EMPTY;
      }
    }
    return catalogue;
  }

  function find(upstream: Upstream, model: string): Known {
    const own = entryIn(upstream.prices, model) ?? configuredEntry(options.settings(), upstream, model);
    if (own !== undefined) return own.as === undefined ? own.price : rowNamed(loaded(), upstream, own.as);
    const free = freePrice(upstream, model);
    if (free !== undefined || !mayBeInCatalogue(upstream)) return free;
    const list = loaded();
    const provider = catalogueProvider(upstream, (url) => list.providerAt(url));
    return provider === undefined ? undefined : list.find(provider, model);
  }

  function namesOf(upstream: Upstream): Map<string, { readonly price: Known }> {
    const { prices } = options.settings();
    if (prices !== knownFor) {
      known = new WeakMap();
      knownFor = prices;
    }
    let names = known.get(upstream);
    if (names === undefined || names.size >= MOST_NAMES) {
      names = new Map();
      known.set(upstream, names);
    }
    return names;
  }

  function of(upstream: Upstream, model: string, atMs: number): Price | undefined {
    const names = namesOf(upstream);
    let entry = names.get(model);
    if (entry === undefined) {
      entry = { price: find(upstream, model) };
      names.set(model, entry);
    }
    const { price } = entry;
    return price === undefined || 'rates' in price ? price : price.at(atMs);
  }

  return {
    of,
    list: (atMs, model) =>
      listPrices(options.settings(), model, {
        of: (upstream, name) => of(upstream, name, atMs),
        models: (upstream) => {
          if (!mayBeInCatalogue(upstream)) return [];
          const list = loaded();
          const provider = catalogueProvider(upstream, (url) => list.providerAt(url));
          return provider === undefined ? [] : list.models(provider);
        },
      }),
    warm: () => {
      if (options.settings().upstreams.some((upstream) => upstream.enabled && mayBeInCatalogue(upstream)))
        loaded();
    },
    reload: () => {
      known = new WeakMap();
    },
  };
}

const EMPTY: Catalogue = { providerAt: () => undefined, find: () => undefined, models: () => [] };

/** What the operator says of a model; the first entry that matches counts. */
function entryIn(prices: readonly ModelPrice[], model: string): ModelPrice | undefined {
  return prices.find(({ models }) => matchesAny(models, model));
}

/** The section `prices` and the price file speak of "provider/model" or "upstream/model". */
function configuredEntry({ prices }: Settings, upstream: Upstream, model: string): PlacedPrice | undefined {
  return prices.models.find(
    ({ place, model: glob }) =>
      matchesGlob(glob, model) &&
      (matchesGlob(place, upstream.provider.id) || matchesGlob(place, upstream.id)),
  );
}
