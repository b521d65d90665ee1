// The row of the catalogue that the operator names as the price of another model (`as`).

import type { Upstream } from '../config/settings.ts';
import { findProvider, providers } from '../core/providers/index.ts';
import { matchesAny } from '../core/routing/glob.ts';
import { type Catalogue, type CatalogueRow, createCatalogue, loadPriceData } from './catalogue.ts';
import { catalogueIdOf, catalogueProvider } from './catalogue-provider.ts';

/**
 * The row that is meant: at the provider of the upstream, else at the provider that stands before a slash (a preset, or
 * one of the catalogue), else at the vendor whose name it is, where there is one only. undefined: there is none.
 */
export function rowNamed(list: Catalogue, upstream: Upstream, name: string): CatalogueRow | undefined {
  const own = catalogueProvider(upstream, (url) => list.providerAt(url));
  const found = own === undefined ? undefined : list.find(own, name);
  if (found !== undefined) return found;
  const slash = name.indexOf('/');
  if (slash < 0) return rowOfVendor(list, name);
  const place = name.slice(0, slash);
  const preset = findProvider(place);
  return list.find((preset && catalogueIdOf(preset.id)) ?? place, name.slice(slash + 1));
}

function rowOfVendor(list: Catalogue, name: string): CatalogueRow | undefined {
  const rows = new Map<string, CatalogueRow>();
  for (const { id, owns } of providers.values()) {
    const listed = matchesAny(owns, name) ? catalogueIdOf(id) : undefined;
    const row = listed === undefined ? undefined : list.find(listed, name);
    if (row !== undefined) rows.set(row.id, row);
  }
  const [only] = rows.values();
  return rows.size === 1 ? only : undefined;
}

let bundled: Catalogue | undefined;

/** True where the bundled catalogue has a model by this name. It is loaded for the first question. */
export function knowsPrice(upstream: Upstream, name: string): boolean {
  try {
    bundled ??= createCatalogue(loadPriceData());
  } catch {
    // That it cannot be loaded is told by the price book: nothing can be said of a name.
    return true;
  }
  return rowNamed(bundled, upstream, name) !== undefined;
}
