// `routing` and `routes` as `sluice config show` prints them: what is inherited is written out, words are spelled out.

import type { RoutingRoute } from '../core/routing/policy.ts';
import { asWritten } from './as-written.ts';
import type { LoadedConfig } from './load.ts';
import type { PathStep } from './problem.ts';
import { presentReuse } from './resolve-cache.ts';
import type { Settings } from './settings.ts';

/** Both sections. `settings` must have been resolved from `loaded`. */
export function presentRoutes(loaded: LoadedConfig, settings: Settings): Readonly<Record<string, unknown>> {
  const { routes, routing } = loaded.config;
  const last = settings.routes.at(-1);
  return {
    routing: last === undefined ? routing : presentPolicy(loaded, last, ['routing']),
    routes: settings.routes.slice(0, -1).map((route, index) => ({
      id: asWritten(loaded, ['routes', index, 'id'], route.id),
      models: asWritten(loaded, ['routes', index, 'models'], route.models),
      clients: asWritten(loaded, ['routes', index, 'clients'], route.clients),
      upstreams: asWritten(loaded, ['routes', index, 'upstreams'], route.upstreams),
      ...presentPolicy(loaded, route, ['routes', index], routes[index]),
      retry: route.retry,
    })),
  };
}

/** What a route may inherit. A model that it has not itself is that of `routing`, and may be a reference there. */
function presentPolicy(
  loaded: LoadedConfig,
  route: RoutingRoute,
  path: readonly PathStep[],
  own: { readonly defaultModel?: string | undefined; readonly forceModel?: string | undefined } = route,
): Readonly<Record<string, unknown>> {
  const modelOf = (name: 'defaultModel' | 'forceModel'): unknown =>
    asWritten(loaded, [...(own[name] === undefined ? ['routing'] : path), name], route[name]);
  return {
    order: route.order,
    affinity: route.affinity ?? false,
    dispatch: route.dispatch,
    onExhausted: route.onExhausted,
    streamFailure: route.streamFailure,
    echoModel: route.echoModel,
    promptCacheMarks: route.promptCacheMarks,
    cache: presentReuse(route.cache),
    defaultModel: modelOf('defaultModel'),
    forceModel: modelOf('forceModel'),
  };
}
