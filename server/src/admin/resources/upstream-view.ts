// An upstream as the admin API shows it: nothing of its keys but their ends.

import type { Members } from '../../config/edit/compare.ts';
import { hideInUrl } from '../../config/present.ts';
import type { Upstream } from '../../config/settings.ts';
import { lastFour } from '../../core/last-four.ts';
import type { UpstreamView } from '../contract/entries.ts';
import type { AdminParts } from '../parts.ts';

/** How many exchanges an upstream serves at this moment. */
export function inFlightOf({ inFlight }: AdminParts, id: string): number {
  return inFlight().filter(({ upstream }) => upstream === id).length;
}

/** The upstream, with its entry in the file if it has one. */
export function upstreamView(
  parts: AdminParts,
  upstream: Upstream,
  written: Members | undefined,
): UpstreamView {
  const { id, provider, enabled, priority, weight, dialects, baseUrls, models, keys } = upstream;
  const discovered = parts.discovery?.last(upstream);
  const urls = Object.entries(baseUrls).map(([dialect, url]) => [dialect, hideInUrl(url)]);
  return {
    id,
    inFile: written !== undefined,
    enabled,
    ...(written === undefined ? {} : { written }),
    provider: provider.id,
    providerName: provider.name,
    priority,
    weight,
    dialects: [...dialects],
    baseUrls: Object.fromEntries(urls),
    models: [...models],
    ...(discovered === undefined ? {} : { discovered: discovered.map((entry) => entry.id) }),
    keys: keys
      .filter(({ secret, account }) => secret !== '' || account !== undefined)
      .map((key) => ({
        id: key.id,
        ...(key.name === undefined ? {} : { name: key.name }),
        last4: lastFour(key.secret),
        disabled: key.disabled === true,
      })),
    ...(provider.accounts === undefined ? {} : { accounts: provider.accounts }),
    inFlight: inFlightOf(parts, id),
  };
}
