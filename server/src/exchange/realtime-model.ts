// The model of a realtime session stands in the query of its WebSocket (?model=gpt-realtime). It says which upstreams are
// asked, and an alias is replaced by the name that the upstream knows.

import type { Settings } from '../config/settings.ts';
import { interpret, offerOf } from '../core/routing/offer.ts';
import type { ResourceTarget } from './relay-resource.ts';

/** A target and the query that it is sent. */
export interface AddressedTarget {
  readonly target: ResourceTarget;
  /** With its question mark, or ''. */
  readonly query: string;
}

const MODEL = /([?&]model=)([^&]*)/;

/** The model that a query names, or undefined. */
export function modelIn(query: string): string | undefined {
  const encoded = MODEL.exec(query)?.[2] ?? '';
  try {
    const model = decodeURIComponent(encoded.replaceAll('+', ' '));
    return model === '' ? undefined : model;
  } catch {
    return undefined;
  }
}

/** The query with another model in its first place; a second one must not say otherwise. */
function withModel(query: string, model: string): string {
  let first = true;
  return query.replaceAll(new RegExp(MODEL, 'g'), (_pair, name: string) => {
    const value = first ? encodeURIComponent(model) : undefined;
    first = false;
    return value === undefined ? '' : `${name}${value}`;
  });
}

/**
 * Of several targets those whose upstream offers the model, in their order; those for which it is foreign when there are
 * no others; all of them when no upstream offers it, because lists of models seldom name the realtime ones.
 */
export function addressModel(
  settings: Pick<Settings, 'upstreams' | 'aliases'>,
  targets: readonly ResourceTarget[],
  model: string,
  query: string,
): AddressedTarget[] {
  const wanted = interpret(settings.upstreams, { model, globalAliases: settings.aliases });
  const own: AddressedTarget[] = [];
  const foreign: AddressedTarget[] = [];
  const others: AddressedTarget[] = [];
  for (const target of targets) {
    const offer = offerOf(target.upstream, wanted);
    if (offer.kind === 'offered') {
      const sent = offer.model === model ? query : withModel(query, offer.model);
      (offer.foreign ? foreign : own).push({ target, query: sent });
    } else if (offer.kind === 'not-listed') {
      const sent = wanted.model === model ? query : withModel(query, wanted.model);
      others.push({ target, query: sent });
    }
  }
  if (own.length > 0) return own;
  return foreign.length > 0 ? foreign : others;
}
