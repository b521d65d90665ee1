// What only shows when upstreams and routes are both resolved: routes that lead to nothing in use, and models that a
// route demands but nobody offers. All of it is doubtful, none of it wrong: an upstream may be switched on again.

import { DIALECT_IDS } from '../core/model/dialect-id.ts';
import { nearest } from '../core/near.ts';
import { providers } from '../core/providers/index.ts';
import { findCandidates } from '../core/routing/candidates.ts';
import { isExactName } from '../core/routing/glob.ts';
import type { RoutingRoute } from '../core/routing/policy.ts';
import type { Findings } from './findings.ts';
import type { ConfigFile } from './schema/config-file.ts';
import type { Upstream } from './settings.ts';

const MODELS = ['defaultModel', 'forceModel'] as const;

/** Reports routes and models that nothing in use can serve. `routes` must have been resolved from `config`. */
export function checkRoutes(
  config: ConfigFile,
  routes: readonly RoutingRoute[],
  upstreams: readonly Upstream[],
  findings: Findings,
): void {
  if (!upstreams.some((upstream) => upstream.enabled)) return;
  const configured = new Set(config.upstreams.map(({ id }) => id));
  // Keys outside the configuration make an upstream of their provider, which is not among these.
  const hasMore = [...providers.keys()].some((id) => !configured.has(id) && findings.hasKeysElsewhere(id));
  for (const [index, route] of routes.entries()) {
    const serving = upstreams.filter(
      ({ id }) => route.upstreams.length === 0 || route.upstreams.includes(id),
    );
    const allKnown = route.upstreams.every((id) => configured.has(id));
    if (!allKnown || (hasMore && route.upstreams.length === 0)) continue;
    if (!serving.some((upstream) => upstream.enabled)) {
      findings.add(['routes', index, 'upstreams'], 'None of these upstreams is in use.', {
        severity: 'warning',
        suggestion: 'Requests that the route fits cannot be answered.',
      });
    } else {
      checkModels(config, route, index, serving, findings);
    }
  }
}

function checkModels(
  config: ConfigFile,
  route: RoutingRoute,
  index: number,
  serving: readonly Upstream[],
  findings: Findings,
): void {
  const own = config.routes[index];
  for (const name of MODELS) {
    const model = route[name];
    if (model === undefined || isOffered(model, serving, config)) continue;
    const severity = 'warning';
    if (own !== undefined && own[name] === undefined) {
      const message = `No upstream of this route that is in use offers "${name}" of routing.`;
      findings.add(['routes', index], message, { severity });
      continue;
    }
    const path = own === undefined ? ['routing', name] : ['routes', index, name];
    const [near] = nearest(model, writtenNames(config, findings));
    const suggestion = near === undefined ? undefined : `Did you mean "${near}"?`;
    findings.add(path, 'No upstream in use offers this model.', { severity, suggestion });
  }
}

function isOffered(model: string, upstreams: readonly Upstream[], config: ConfigFile): boolean {
  // The format does not matter: whoever has the model only in others gives another reason.
  const query = {
    model,
    dialect: 'openai-chat',
    bridges: DIALECT_IDS,
    globalAliases: config.aliases,
    takesEffort: true,
  } as const;
  const found = findCandidates(upstreams, query);
  return found.ok || found.reason !== 'model';
}

/** Exact names of models that stand in the file itself: those behind references are not shown. */
function* writtenNames(config: ConfigFile, findings: Findings): Generator<string> {
  yield* Object.keys(config.aliases).filter(isExactName);
  for (const [index, upstream] of config.upstreams.entries()) {
    if (!upstream.enabled) continue;
    yield* Object.keys(upstream.aliases).filter(isExactName);
    for (const [at, name] of upstream.models.entries()) {
      if (isExactName(name) && !findings.isReference(['upstreams', index, 'models', at])) yield name;
    }
  }
}
