// What one upstream has to say to a request for a model. Candidates and explanations both stand on this.

import type { DialectId } from '../model/dialect-id.ts';
import { type Aliases, resolveAlias } from './alias.ts';
import { isExactName, matchesAny } from './glob.ts';

/** The part of a configured upstream that routing looks at. */
export interface Routable {
  readonly id: string;
  readonly enabled: boolean;
  /** Higher is tried first. */
  readonly priority: number;
  readonly dialects: readonly DialectId[];
  /** Formats of clients that are converted for it where it does not speak them itself. */
  readonly convert: readonly DialectId[];
  readonly keys: readonly { readonly id: string; readonly disabled?: true }[];
  /** Globs of the models it offers; empty = any. */
  readonly models: readonly string[];
  readonly aliases: Aliases;
  readonly provider: { readonly owns: readonly string[] };
}

/** What a client asks for. */
export interface ModelQuery {
  /** As the client wrote it; empty where the use needs none. */
  readonly model: string;
  readonly dialect: DialectId;
  /** The formats that this use can be converted to; empty = it goes to upstreams of the client's own format alone. */
  readonly bridges: readonly DialectId[];
  readonly globalAliases: Aliases;
}

/** A model name after global aliases, and the one upstream it addresses, if it does. */
export interface Wanted {
  readonly model: string;
  readonly only: string | undefined;
}

/** An upstream's answer: why not, or the name to send. A foreign offer is one of a model that others are known to own. */
export type Offer =
  | { readonly kind: 'disabled' | 'not-addressed' | 'not-listed' }
  | { readonly kind: 'offered'; readonly model: string; readonly foreign: boolean };

/** True when the operator named exactly this model, as a model or as an alias. */
function isNamed(upstreams: readonly Routable[], model: string): boolean {
  return upstreams.some(
    ({ enabled, models, aliases }) =>
      enabled &&
      (Object.hasOwn(aliases, model) || models.some((name) => name === model && isExactName(name))),
  );
}

/**
 * Applies global aliases, then reads `upstream-id/model` as an address. A name that an upstream lists exactly (a local
 * "openai/gpt-oss-20b") is that model, even when an upstream "openai" exists.
 */
export function interpret(
  upstreams: readonly Routable[],
  query: Pick<ModelQuery, 'model' | 'globalAliases'>,
): Wanted {
  const model = resolveAlias(query.globalAliases, query.model) ?? query.model;
  const slash = model.indexOf('/');
  if (slash <= 0) return { model, only: undefined };
  const id = model.slice(0, slash);
  if (!upstreams.some((upstream) => upstream.id === id) || isNamed(upstreams, model))
    return { model, only: undefined };
  return { model: model.slice(slash + 1), only: id };
}

/** The format in which an upstream would be asked: the client's own, else the best that it may be converted to. */
export function dialectFor(
  upstream: Pick<Routable, 'dialects' | 'convert'>,
  query: Pick<ModelQuery, 'dialect' | 'bridges'>,
): DialectId | undefined {
  if (upstream.dialects.includes(query.dialect)) return query.dialect;
  if (!upstream.convert.includes(query.dialect)) return undefined;
  return upstream.dialects.find((id) => query.bridges.includes(id));
}

/** Whether an upstream offers what is wanted, dialects aside. */
export function offerOf(upstream: Routable, wanted: Wanted): Offer {
  if (!upstream.enabled) return { kind: 'disabled' };
  if (wanted.only !== undefined && wanted.only !== upstream.id) return { kind: 'not-addressed' };
  const { model } = wanted;
  if (model === '') return { kind: 'offered', model, foreign: false };
  const target = resolveAlias(upstream.aliases, model);
  if (target !== undefined) return { kind: 'offered', model: target, foreign: false };
  if (upstream.models.length > 0) {
    return matchesAny(upstream.models, model)
      ? { kind: 'offered', model, foreign: false }
      : { kind: 'not-listed' };
  }
  const { owns } = upstream.provider;
  const foreign = wanted.only === undefined && owns.length > 0 && !matchesAny(owns, model);
  return { kind: 'offered', model, foreign };
}
