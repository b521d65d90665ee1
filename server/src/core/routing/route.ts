// Which route a request takes: the first one that is for its client and model.

import { matchesAny } from './glob.ts';
import { DEFAULT_ROUTE, type RoutingRoute } from './policy.ts';

/** The route of a request. `client` is '' where the gateway is open. The last route of a configuration fits everything. */
export function routeFor(
  routes: readonly RoutingRoute[],
  { model, client }: { readonly model: string; readonly client: string },
): RoutingRoute {
  for (const route of routes) {
    const fits =
      (route.models.length === 0 || matchesAny(route.models, model)) &&
      (route.clients.length === 0 || matchesAny(route.clients, client));
    if (fits) return route;
  }
  return routes.at(-1) ?? DEFAULT_ROUTE;
}
