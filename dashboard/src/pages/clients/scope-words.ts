// What a client may use, in words.

import type { ClientView, RouteView } from '../../../../server/src/admin/contract.ts';
import type { Format } from '../../language/format.ts';
import { LIMIT_KINDS } from './form/entry.ts';
import type { ClientText } from './messages.ts';

type Written = Readonly<Record<string, unknown>>;

const texts = (value: unknown): readonly string[] => (Array.isArray(value) ? value.map(String) : []);

/** The models that it is held to; none: all. */
export const modelsOf = ({ models }: { readonly models?: unknown }): readonly string[] => texts(models);

/** The upstreams that it is held to; none: all. */
export const upstreamsOf = ({ upstreams }: { readonly upstreams?: unknown }): readonly string[] =>
  texts(upstreams);

/** True where `*` and `?` of a pattern fit the whole of a text. */
function fits(pattern: string, text: string): boolean {
  const escaped = pattern.replace(/[.+^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`^${escaped.replace(/\*+/g, '.*').replace(/\?/g, '.')}$`).test(text);
}

/** Routes that are for some clients, this one among them. */
export function routesOf(id: string, routes: readonly RouteView[]): readonly string[] {
  return routes
    .filter(({ written = {} }) => texts(written['clients']).some((pattern) => fits(pattern, id)))
    .map((route) => route.id);
}

/** Its limits, each a sentence's worth. */
export function limitWords(written: Written, text: ClientText, format: Format): readonly string[] {
  const { limits } = written as { readonly limits?: unknown };
  if (typeof limits !== 'object' || limits === null) return [];
  // An object that was read from JSON has nothing but members by name.
  const members = limits as Written;
  return LIMIT_KINDS.flatMap((kind) => {
    const limit = members[kind];
    return typeof limit === 'number' && limit >= 0 ? [text[kind](format.integer(limit))] : [];
  });
}

/** Everything that a row of the list says about what it may do. */
export function scopeWords(
  { id, written = {} }: Pick<ClientView, 'id' | 'written'>,
  routes: readonly RouteView[],
  text: ClientText,
  format: Format,
): readonly string[] {
  const [models, upstreams, own] = [modelsOf(written), upstreamsOf(written), routesOf(id, routes)];
  const limits = limitWords(written, text, format);
  return [
    ...(models.length === 0 && upstreams.length === 0 ? [text.everything] : []),
    ...(models.length === 0 ? [] : [text.modelsOnly(format.list(models))]),
    ...(upstreams.length === 0 ? [] : [text.upstreamsOnly(format.list(upstreams))]),
    ...(own.length === 0 ? [] : [text.routesFor(format.list(own))]),
    ...limits,
  ];
}

/** When its key stops working, epoch milliseconds; undefined where it does not. */
export function expiryOf({ written = {} }: Pick<ClientView, 'written'>): number | undefined {
  const text = written['expiresAt'];
  const ms = typeof text === 'string' ? Date.parse(text) : Number.NaN;
  return Number.isNaN(ms) ? undefined : ms;
}
