// Upstreams of real providers, and prices of a configuration, for tests of what models cost.

import type { Settings, Upstream } from '../../src/config/settings.ts';
import { findProvider } from '../../src/core/providers/index.ts';
import { createPrices, type PriceBook, type PricesOptions } from '../../src/prices/prices.ts';
import { settingsOf } from './gateway.ts';

/** An upstream of a preset, at its own address unless told otherwise. */
export function upstreamOfProvider(id: string, more: Partial<Upstream> = {}): Upstream {
  const provider = findProvider(id);
  if (provider === undefined) throw new Error(`no provider ${id}`);
  const [base] = settingsOf({ upstreams: [{ origin: 'http://127.0.0.1:1' }] }).upstreams;
  if (base === undefined) throw new Error('no upstream');
  return { ...base, id, provider, dialects: provider.dialects, baseUrls: provider.bases, ...more };
}

/** Prices of a gateway with these upstreams. */
export function pricesFor(
  upstreams: readonly Upstream[],
  models: Settings['prices']['models'] = [],
  options: Partial<PricesOptions> = {},
): PriceBook {
  const settings: Settings = {
    ...settingsOf({ upstreams: [] }),
    upstreams,
    prices: { file: undefined, models },
  };
  return createPrices({ settings: () => settings, ...options });
}
