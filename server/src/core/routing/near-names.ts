// Names near to one that nobody offers, as a client could ask for them: models and aliases, addressed to an upstream where
// the question was, and with the effort that it ended in.

import { nearest } from '../near.ts';
import { splitEffort } from './effort-suffix.ts';
import { isExactName } from './glob.ts';
import type { ModelQuery, Routable } from './offer.ts';

/** Up to three, nearest first. */
export function nearNames(upstreams: readonly Routable[], query: ModelQuery): string[] {
  const split = query.takesEffort === true ? splitEffort(query.model) : undefined;
  const near = nearest(query.model, knownNames(upstreams, query, query.model));
  if (split === undefined || near.length > 0) return near;
  const suffix = query.model.slice(split.model.length);
  return nearest(split.model, knownNames(upstreams, query, split.model)).map((name) => name + suffix);
}

/** Every exact name that a client could ask for: listed models and aliases, for `id/model` with addresses too. */
function* knownNames(
  upstreams: readonly Routable[],
  { globalAliases }: ModelQuery,
  asked: string,
): Generator<string> {
  for (const name of Object.keys(globalAliases)) if (isExactName(name)) yield name;
  const isAddress = asked.includes('/');
  for (const { id, enabled, models, aliases } of upstreams) {
    if (!enabled) continue;
    for (const name of [...models, ...Object.keys(aliases)]) {
      if (!isExactName(name)) continue;
      yield name;
      if (isAddress) yield `${id}/${name}`;
    }
  }
}
