// What one upstream has to say to a request for a model. Candidates and explanations both stand on this.

import type { DialectId } from '../model/dialect-id.ts';
import { type Aliases, resolveAlias } from './alias.ts';
import { type AskedEffort, splitEffort } from './effort-suffix.ts';
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
  /** The use can be asked with an effort, so that a name may end in one: `gpt-5.5-reasoning-high`. */
  readonly takesEffort?: boolean;
}

/** A model name after global aliases, and the one upstream it addresses, if it does. */
export interface Wanted {
  readonly model: string;
  readonly only: string | undefined;
  /** An upstream whose id the name begins with, though it is the name as others list it (OpenRouter's "openai/gpt-5.5"). */
  readonly notMeant?: string;
  /** The effort that its name ended in. */
  readonly effort?: AskedEffort;
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

/** True when the configuration says something of this very name: a model or an alias, written out or as a pattern. */
function isCovered(upstreams: readonly Routable[], { model, only }: Wanted): boolean {
  return upstreams.some(
    ({ id, enabled, models, aliases }) =>
      enabled &&
      (only === undefined || only === id) &&
      (resolveAlias(aliases, model) !== undefined || matchesAny(models, model)),
  );
}

/**
 * Applies global aliases, then reads `upstream-id/model` as an address. A name that an upstream lists exactly (a local
 * "openai/gpt-oss-20b") is that model, even when an upstream "openai" exists. What is left of a name that ends in an
 * effort is the model, unless the configuration knows the whole of it.
 */
export function interpret(
  upstreams: readonly Routable[],
  query: Pick<ModelQuery, 'model' | 'globalAliases' | 'takesEffort'>,
): Wanted {
  const { model, globalAliases } = query;
  const target = resolveAlias(globalAliases, model);
  const whole = addressed(upstreams, target ?? model);
  // An alias that leads to itself says that the name is meant as it stands.
  const split = query.takesEffort === true && target !== model ? splitEffort(target ?? model) : undefined;
  if (split === undefined || isCovered(upstreams, whole)) return whole;
  const base = target === undefined ? resolveAlias(globalAliases, split.model) : undefined;
  return { ...addressed(upstreams, base ?? split.model), effort: split.effort };
}

function addressed(upstreams: readonly Routable[], model: string): Wanted {
  const slash = model.indexOf('/');
  if (slash <= 0) return { model, only: undefined };
  const id = model.slice(0, slash);
  if (!upstreams.some((upstream) => upstream.id === id)) return { model, only: undefined };
  if (isNamed(upstreams, model)) return { model, only: undefined, notMeant: id };
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
  const isOwner = wanted.notMeant !== upstream.id && (owns.length === 0 || matchesAny(owns, model));
  const foreign = wanted.only === undefined && !isOwner;
  return { kind: 'offered', model, foreign };
}
