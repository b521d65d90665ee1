// What the address of the list of requests says: its filters, as the admin API is asked with them and as the page shows them.

import type { ClosedEvent, DimensionName } from '../../../../server/src/admin/contract.ts';
import type { Query } from '../../api/http.ts';
import { type PeriodSearch, periodQuery, periodSearch } from '../../app/period.ts';

/** Filters of the list, all in the address. */
export interface RequestsSearch extends PeriodSearch {
  readonly model?: readonly string[];
  readonly upstream?: readonly string[];
  readonly key?: readonly string[];
  readonly client?: readonly string[];
  readonly route?: readonly string[];
  readonly outcome?: 'ok' | 'error' | 'left' | 'open';
  readonly cache?: 'hit' | 'miss' | 'stale' | 'bypass';
  readonly conversation?: string;
  readonly agent?: string;
  readonly search?: string;
}

/** Filters that take several names. */
export const DIMENSIONS: readonly DimensionName[] = ['model', 'upstream', 'key', 'client', 'route'];
export const OUTCOMES = ['ok', 'error', 'left', 'open'] as const;
export const CACHES = ['hit', 'miss', 'stale', 'bypass'] as const;
const TEXTS = ['conversation', 'agent', 'search'] as const;

/** One value of an address as text: what looks like a number was read as one. */
function textOf(value: unknown): string {
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : '';
}

/** Filters out of an address; whatever is none is left out. */
export function requestsSearch(raw: Readonly<Record<string, unknown>>): RequestsSearch {
  const text = (name: string): Record<string, string> => {
    const value = textOf(raw[name]);
    return value === '' ? {} : { [name]: value };
  };
  const names = (name: string): Record<string, readonly string[]> => {
    const value = raw[name];
    const list = (Array.isArray(value) ? value : [value]).map(textOf).filter((one) => one !== '');
    return list.length === 0 ? {} : { [name]: [...new Set(list)] };
  };
  const outcome = OUTCOMES.find((one) => one === raw['outcome']);
  const cache = CACHES.find((one) => one === raw['cache']);
  return {
    ...periodSearch(raw),
    ...names('model'),
    ...names('upstream'),
    ...names('key'),
    ...names('client'),
    ...names('route'),
    ...(outcome === undefined ? {} : { outcome }),
    ...(cache === undefined ? {} : { cache }),
    ...text('conversation'),
    ...text('agent'),
    ...text('search'),
  };
}

/** The filters as the admin API takes them. */
export function listQuery(search: RequestsSearch): Query {
  const { last: _last, from: _from, to: _to, ...filters } = search;
  return { ...filters, ...periodQuery(search) };
}

/** Whether a request that has just ended belongs to the list, as far as the event tells. */
export function belongs(event: ClosedEvent, search: RequestsSearch): boolean {
  const { model, upstream, key, client, route, outcome, cache, conversation, agent } = search;
  // A stretch of time that has an end does not grow.
  if (search.to !== undefined) return false;
  const isOne = (names: readonly string[] | undefined, name: string | undefined): boolean =>
    names === undefined || (name !== undefined && names.includes(name));
  const isLeft = event.aborted;
  const isError = !isLeft && (event.error !== undefined || event.status >= 400);
  const became = isLeft ? 'left' : isError ? 'error' : 'ok';
  const words = search.search;
  return (
    isOne(model, event.modelServed ?? event.modelAsked) &&
    isOne(upstream, event.upstream) &&
    isOne(key, event.key) &&
    isOne(client, event.client) &&
    isOne(route, event.route) &&
    (outcome === undefined || outcome === became) &&
    (cache === undefined || cache === event.cache) &&
    (conversation === undefined || conversation === event.conversation) &&
    (agent === undefined || agent === event.agent) &&
    (words === undefined ||
      [event.id, event.conversation, event.modelServed, event.modelAsked, event.error].some((text) =>
        text?.startsWith(words),
      ))
  );
}

/** A filter that is set. */
export interface Chip {
  readonly name: DimensionName | 'outcome' | 'cache' | (typeof TEXTS)[number];
  readonly value: string;
}

/** Everything that is set beside the period and the words that are searched for, which have fields of their own. */
export function chipsOf(search: RequestsSearch): readonly Chip[] {
  const chips: Chip[] = [];
  for (const name of DIMENSIONS) for (const value of search[name] ?? []) chips.push({ name, value });
  for (const name of ['outcome', 'cache', 'conversation', 'agent'] as const) {
    const value = search[name];
    if (value !== undefined) chips.push({ name, value });
  }
  return chips;
}

/** The same without a filter. */
export function withoutChip(search: RequestsSearch, { name, value }: Chip): RequestsSearch {
  const { [name]: given, ...rest } = search;
  const left = Array.isArray(given) ? given.filter((one) => one !== value) : [];
  return left.length === 0 ? rest : { ...rest, [name]: left };
}

/** The same with one more name of a dimension, or without it where it was there. */
export function toggled(search: RequestsSearch, name: DimensionName, value: string): RequestsSearch {
  const given = search[name] ?? [];
  return given.includes(value)
    ? withoutChip(search, { name, value })
    : { ...search, [name]: [...given, value] };
}

/** The period alone. */
export function withoutFilters({ last, from, to }: RequestsSearch): RequestsSearch {
  return {
    ...(last === undefined ? {} : { last }),
    ...(from === undefined || to === undefined ? {} : { from, to }),
  };
}
