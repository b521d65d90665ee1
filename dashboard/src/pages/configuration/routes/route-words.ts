// A route in words: which requests it is for, and what it does differently.

import type { RouteView } from '../../../../../server/src/admin/contract.ts';
import { isMembers } from '../draft/values.ts';
import { valueText } from '../form/value-words.ts';

/** A route, taken apart. */
export interface RouteWords {
  readonly models: readonly string[];
  readonly clients: readonly string[];
  readonly upstreams: readonly string[];
  /** Name and value of everything else that it says. */
  readonly says: readonly (readonly [name: string, value: string])[];
}

/** What a route says. */
export function routeWords({ written = {} }: RouteView): RouteWords {
  const { id: _id, models, clients, upstreams, ...rest } = written;
  return {
    models: texts(models),
    clients: texts(clients),
    upstreams: texts(upstreams),
    says: Object.entries(rest).flatMap(([name, value]) => said(name, value)),
  };
}

function texts(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map(String) : [];
}

/** "retry: { maxAttempts: 2 }" is said as "retry.maxAttempts: 2". */
function said(name: string, value: unknown): readonly (readonly [string, string])[] {
  if (!isMembers(value)) return [[name, valueText(value)]];
  return Object.entries(value).flatMap(([inner, below]) => said(`${name}.${inner}`, below));
}

/** The ids with one of them moved by so many places; the same ids where it cannot go there. */
export function moved(ids: readonly string[], id: string, by: number): readonly string[] {
  const from = ids.indexOf(id);
  const to = from + by;
  if (from < 0 || to < 0 || to >= ids.length) return ids;
  return ids.toSpliced(from, 1).toSpliced(to, 0, id);
}
