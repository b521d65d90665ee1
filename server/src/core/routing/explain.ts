// Says in sentences why each upstream is or is not a candidate for a request; for the log and the dashboard.

import { findCandidates } from './candidates.ts';
import {
  dialectFor,
  interpret,
  type ModelQuery,
  type Offer,
  offerOf,
  type Routable,
  type Wanted,
} from './offer.ts';

/** One upstream's part in the choice. */
export interface Explanation {
  readonly upstreamId: string;
  readonly candidate: boolean;
  readonly sentence: string;
}

function chosen(
  upstream: Routable,
  query: ModelQuery,
  offer: Extract<Offer, { kind: 'offered' }>,
  { effort }: Wanted,
): string {
  const asked = query.model;
  const dialect = dialectFor(upstream, query);
  const converted = dialect === query.dialect ? '' : `, converted to ${dialect}`;
  const thinking = effort === undefined ? '' : ` with the reasoning effort ${effort}`;
  const renamed = (offer.model === asked ? '' : `, sent as "${offer.model}"${thinking}`) + converted;
  const keys = `${upstream.keys.length} ${upstream.keys.length === 1 ? 'key' : 'keys'}`;
  const last = offer.foreign
    ? ' Its provider is not known to own the model, but no other upstream offers it.'
    : '';
  return `${upstream.id} offers "${asked}"${renamed} (priority ${upstream.priority}, ${keys}).${last}`;
}

function refused(upstream: Routable, query: ModelQuery, offer: Offer, wanted: Wanted): string {
  const { model: asked, dialect } = query;
  switch (offer.kind) {
    case 'disabled':
      return `${upstream.id} is disabled.`;
    case 'not-addressed':
      return `${upstream.id} is not the upstream that "${asked}" addresses (${wanted.only ?? ''}).`;
    case 'not-listed':
      return `${upstream.id} lists its models and aliases, and none of them matches "${wanted.model}".`;
    case 'offered':
      if (dialectFor(upstream, query) === undefined) {
        return `${upstream.id} offers "${asked}", but speaks ${upstream.dialects.join(', ')} and not ${dialect}, and is not to be converted to.`;
      }
      return `${upstream.id} is passed over: its provider is not known to own "${offer.model}", and another upstream offers it.`;
  }
}

/** One sentence per upstream, in the order of the configuration. */
export function explain(upstreams: readonly Routable[], query: ModelQuery): Explanation[] {
  const wanted = interpret(upstreams, query);
  const finding = findCandidates(upstreams, query);
  const ids = new Set(finding.ok ? finding.candidates.map(({ upstream }) => upstream.id) : []);
  return upstreams.map((upstream) => {
    const offer = offerOf(upstream, wanted);
    const candidate = ids.has(upstream.id);
    const sentence =
      candidate && offer.kind === 'offered'
        ? chosen(upstream, query, offer, wanted)
        : refused(upstream, query, offer, wanted);
    return { upstreamId: upstream.id, candidate, sentence };
  });
}
