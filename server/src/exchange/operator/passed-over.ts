// Who is no candidate for a request and why, and which route decided so: in sentences, for questions of the operator and
// for what is kept of exchanges.

import type { Settings } from '../../config/settings.ts';
import { explain as explainUpstreams } from '../../core/routing/explain.ts';
import { bridgesOf, type Choice, type Question, takesEffort } from '../choose.ts';
import type { Target } from '../outcome.ts';
import { mayUseUpstream } from '../rights/access.ts';

/** An upstream, or a key of it, that is no candidate. */
interface PassedOver {
  readonly upstreamId: string;
  readonly keyId?: string;
  readonly keyName?: string;
  /** A sentence. */
  readonly why: string;
}

/** Sentences about the route that was found for a request. */
export function routeNotes(chosen: Choice): string[] {
  const { route, model } = chosen;
  // An effort is one of the name: all candidates have the same, or none.
  const effort = chosen.ok ? chosen.candidates[0]?.effort : undefined;
  return [
    `The route "${route.id}" serves it: ${route.order} among candidates of one priority, dispatched ${route.dispatch.type}.`,
    ...(route.forceModel === undefined
      ? []
      : [`The route asks for "${route.forceModel}" whatever is asked for.`]),
    ...(effort === undefined ? [] : [`The name "${model}" asks for the reasoning effort ${effort}.`]),
  ];
}

/** The upstreams that are not asked for a model, in the order of the configuration. */
export function upstreamsPassedOver(
  settings: Settings,
  { route, model }: Choice,
  { dialect, use, client, access, only }: Omit<Question, 'model' | 'needsNoModel'>,
): PassedOver[] {
  const whyNot = (id: string): string | undefined => {
    if (!mayUseUpstream(access, id)) return `The client "${client}" may not use ${id}.`;
    if (route.upstreams.length > 0 && !route.upstreams.includes(id))
      return `${id} is not among the upstreams of the route "${route.id}".`;
    return only === undefined || only.includes(id)
      ? undefined
      : `The request names other upstreams than ${id}.`;
  };
  const meant = settings.upstreams.filter(({ id }) => whyNot(id) === undefined);
  const sentences = explainUpstreams(meant, {
    model,
    dialect,
    bridges: bridgesOf(use),
    globalAliases: settings.aliases,
    takesEffort: takesEffort(use),
  });
  return settings.upstreams.flatMap(({ id }) => {
    const said = sentences.find(({ upstreamId }) => upstreamId === id);
    const why = said === undefined ? whyNot(id) : said.candidate ? undefined : said.sentence;
    return why === undefined ? [] : [{ upstreamId: id, why }];
  });
}

/** The disabled keys of the upstreams that are candidates. */
export function keysSwitchedOff(
  settings: Settings,
  members: readonly { readonly target: Pick<Target, 'upstream'> }[],
): PassedOver[] {
  const ids = new Set(members.map(({ target }) => target.upstream.id));
  return settings.upstreams
    .filter(({ id }) => ids.has(id))
    .flatMap(({ id, keys }) =>
      keys
        .filter(({ disabled }) => disabled === true)
        .map((key) => ({
          upstreamId: id,
          keyId: key.id,
          ...(key.name === undefined ? {} : { keyName: key.name }),
          why: `The key ${key.name ?? key.id} of ${id} is disabled.`,
        })),
    );
}
