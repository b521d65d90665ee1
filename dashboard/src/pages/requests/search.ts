// What the address of the list of requests says.

import { type PeriodSearch, periodSearch } from '../../app/period.ts';

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

const OUTCOMES = ['ok', 'error', 'left', 'open'] as const;
const CACHES = ['hit', 'miss', 'stale', 'bypass'] as const;

/** Filters out of an address; whatever is none is left out. */
export function requestsSearch(raw: Readonly<Record<string, unknown>>): RequestsSearch {
  const text = (name: string): Record<string, string> => {
    const value = raw[name];
    return typeof value === 'string' && value !== '' ? { [name]: value } : {};
  };
  const names = (name: string): Record<string, readonly string[]> => {
    const value = raw[name];
    const list = (Array.isArray(value) ? value : [value]).filter(
      (one) => typeof one === 'string' && one !== '',
    );
    return list.length === 0 ? {} : { [name]: list };
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
