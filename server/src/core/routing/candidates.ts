// Which upstreams and keys could serve a request, and under which model name; or why none can.

import { DIALECT_IDS, type DialectId } from '../model/dialect-id.ts';
import type { AskedEffort } from './effort-suffix.ts';
import { nearNames } from './near-names.ts';
import { dialectFor, interpret, type ModelQuery, offerOf, type Routable, type Wanted } from './offer.ts';

/** One way to serve a request. */
export interface Candidate<U extends Routable> {
  readonly upstream: U;
  readonly key: U['keys'][number];
  /** The model name to send. */
  readonly model: string;
  /** The format in which the upstream is asked. */
  readonly dialect: DialectId;
  /** True when that is the client's own. */
  readonly native: boolean;
  /** The effort that the client's name of the model ended in; it is not part of `model`. */
  readonly effort?: AskedEffort;
}

/**
 * Candidates in the order of the configuration, or why there are none: `none` = no upstream is enabled, `model` = nobody
 * offers it (`near` has up to three similar names), `dialect` = it is offered, but only in `dialects`.
 */
export type Finding<U extends Routable> =
  | { readonly ok: true; readonly candidates: readonly Candidate<U>[] }
  | {
      readonly ok: false;
      readonly reason: 'model' | 'dialect' | 'none';
      readonly near: readonly string[];
      readonly dialects: readonly DialectId[];
    };

function candidatesOf<U extends Routable>(
  offers: readonly { readonly upstream: U; readonly model: string }[],
  query: ModelQuery,
  { effort }: Wanted,
): Candidate<U>[] {
  const found: Candidate<U>[] = [];
  for (const { upstream, model } of offers) {
    const dialect = dialectFor(upstream, query);
    if (dialect === undefined) continue;
    const facts = {
      model,
      dialect,
      native: dialect === query.dialect,
      ...(effort === undefined ? {} : { effort }),
    };
    for (const key of upstream.keys) if (key.disabled !== true) found.push({ upstream, key, ...facts });
  }
  return found;
}

/**
 * Finds who could serve a model, in the client's own dialect or by conversion. An upstream that lists no models offers any, but a model
 * that its provider is not known to own goes there only when no other upstream offers it in any dialect.
 */
export function findCandidates<U extends Routable>(upstreams: readonly U[], query: ModelQuery): Finding<U> {
  const wanted = interpret(upstreams, query);
  const own: { upstream: U; model: string }[] = [];
  const foreign: { upstream: U; model: string }[] = [];
  let enabled = false;
  for (const upstream of upstreams) {
    const offer = offerOf(upstream, wanted);
    if (offer.kind !== 'disabled') enabled = true;
    if (offer.kind === 'offered') (offer.foreign ? foreign : own).push({ upstream, model: offer.model });
  }
  const offers = own.length > 0 ? own : foreign;
  const candidates = candidatesOf(offers, query, wanted);
  if (candidates.length > 0) return { ok: true, candidates };
  if (!enabled) return { ok: false, reason: 'none', near: [], dialects: [] };
  if (offers.length === 0) {
    return {
      ok: false,
      reason: 'model',
      near: nearNames(upstreams, query),
      dialects: [],
    };
  }
  const dialects = DIALECT_IDS.filter((id) => offers.some(({ upstream }) => upstream.dialects.includes(id)));
  return { ok: false, reason: 'dialect', near: [], dialects };
}
