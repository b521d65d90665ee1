// `routing`, `routes` and `retry` of the file → routes, of which the last one fits every request.

import { matchesGlob } from '../core/routing/glob.ts';
import type { DispatchMode, RetryPolicy, RoutePolicy, RoutingRoute } from '../core/routing/policy.ts';
import { DEFAULT_ROUTE } from '../core/routing/policy.ts';
import type { Findings } from './findings.ts';
import { nearestName } from './nearest.ts';
import type { PathStep } from './problem.ts';
import { resolveReuse } from './resolve-cache.ts';
import { mergeRetry, resolveDispatch, resolveRetry } from './resolve-dispatch.ts';
import type { ConfigFile } from './schema/config-file.ts';
import type { AffinityConfig, RouteConfig } from './schema/routing.ts';

/** Resolves all routes; what is wrong or doubtful about them is reported. */
export function resolveRoutes(config: ConfigFile, findings: Findings): readonly RoutingRoute[] {
  const { routing } = config;
  const retry = resolveRetry(config.retry, findings);
  const dispatch = resolveDispatch(routing.dispatch, ['routing', 'dispatch'], findings);
  checkParallel(dispatch, retry, ['routing', 'dispatch'], findings);
  const common: RoutePolicy = {
    order: routing.order,
    affinity: affinityOf(routing.affinity),
    dispatch,
    retry,
    onExhausted: routing.onExhausted,
    streamFailure: routing.streamFailure,
    echoModel: routing.echoModel,
    promptCacheMarks: routing.promptCacheMarks,
    cache: resolveReuse(routing.cache),
    defaultModel: routing.defaultModel,
    forceModel: routing.forceModel,
  };
  checkNames(config, findings);
  const routes = config.routes.map((route, index) => {
    const path = ['routes', index];
    checkReach(route, config, path, findings);
    return resolveRoute(route, common, path, findings);
  });
  return [...routes, { ...DEFAULT_ROUTE, ...common }];
}

function resolveRoute(
  route: RouteConfig,
  common: RoutePolicy,
  path: readonly PathStep[],
  findings: Findings,
): RoutingRoute {
  const at = [...path, 'dispatch'];
  const retry = mergeRetry(common.retry, route.retry, [...path, 'retry'], findings);
  const dispatch =
    route.dispatch === undefined ? common.dispatch : resolveDispatch(route.dispatch, at, findings);
  if (route.dispatch !== undefined || route.retry.maxAttempts !== undefined) {
    checkParallel(dispatch, retry, route.dispatch === undefined ? [...path, 'retry'] : at, findings);
  }
  return {
    id: route.id,
    models: route.models,
    clients: route.clients,
    upstreams: route.upstreams,
    order: route.order ?? common.order,
    affinity: route.affinity === undefined ? common.affinity : affinityOf(route.affinity),
    dispatch,
    retry,
    onExhausted: route.onExhausted ?? common.onExhausted,
    streamFailure: route.streamFailure ?? common.streamFailure,
    echoModel: route.echoModel ?? common.echoModel,
    promptCacheMarks: route.promptCacheMarks ?? common.promptCacheMarks,
    cache: route.cache === undefined ? common.cache : resolveReuse(route.cache),
    defaultModel: route.defaultModel ?? common.defaultModel,
    forceModel: route.forceModel ?? common.forceModel,
  };
}

function affinityOf(config: AffinityConfig): RoutePolicy['affinity'] {
  if (typeof config === 'boolean') return config ? DEFAULT_ROUTE.affinity : undefined;
  return { ttlMs: config.ttlMs };
}

function checkParallel(
  dispatch: DispatchMode,
  retry: RetryPolicy,
  path: readonly PathStep[],
  findings: Findings,
): void {
  if (dispatch.type === 'serial' || dispatch.maxParallel <= retry.maxAttempts) return;
  const message = `Of ${dispatch.maxParallel} attempts at the same time only ${retry.maxAttempts} can be made: "maxAttempts" of retry is ${retry.maxAttempts}.`;
  findings.add(path, message, { severity: 'warning' });
}

/** Ids: one for each route, and none that is the name of the last one. */
function checkNames(config: ConfigFile, findings: Findings): void {
  const seen = new Map<string, number>();
  for (const [index, { id }] of config.routes.entries()) {
    const path = ['routes', index, 'id'];
    const earlier = seen.get(id);
    if (earlier !== undefined) findings.add(path, `Is already the id of routes[${earlier}].`);
    if (id === DEFAULT_ROUTE.id) {
      const suggestion = 'What holds for every other request stands in "routing".';
      findings.add(path, 'Is the name of the route that is always there.', { suggestion });
    }
    if (earlier === undefined) seen.set(id, index);
  }
}

/** Whether a route can be reached at all, and leads anywhere. */
function checkReach(
  route: RouteConfig,
  config: ConfigFile,
  path: readonly PathStep[],
  findings: Findings,
): void {
  const everyone = config.routes.findIndex(
    (other) => other.models.length === 0 && other.clients.length === 0,
  );
  const severity = 'warning';
  if (everyone !== -1 && everyone < config.routes.indexOf(route)) {
    findings.add(path, `Is never reached: routes[${everyone}] fits every request.`, { severity });
  }
  for (const [index, glob] of route.clients.entries()) {
    if (config.clients.some((client) => matchesGlob(glob, client.id))) continue;
    findings.add([...path, 'clients', index], 'No client is called so.', { severity });
  }
  const known = config.upstreams.map((upstream) => upstream.id);
  for (const [index, id] of route.upstreams.entries()) {
    if (known.includes(id) || findings.hasKeysElsewhere(id)) continue;
    const shown = known.filter((_, at) => !findings.isReference(['upstreams', at, 'id']));
    const near = nearestName(id, shown);
    const list = shown.length === 0 ? undefined : `Known: ${shown.slice(0, 10).join(', ')}.`;
    const suggestion = near === undefined ? list : `Did you mean "${near}"?`;
    findings.add([...path, 'upstreams', index], 'There is no upstream of this name.', { suggestion });
  }
}
