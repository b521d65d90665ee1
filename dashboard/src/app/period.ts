// The stretch of time that pages are about. It stands in the address, so that it can be shared and goes along from page
// to page.

import { useNavigate, useSearch } from '@tanstack/react-router';
import type { Last } from '../../../server/src/admin/contract.ts';

/** Lengths that people choose from. */
export const LASTS: readonly Last[] = ['15m', '1h', '6h', '24h', '7d', '30d', '90d'];

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

/** How long each is, in milliseconds. */
export const LENGTHS_MS: Readonly<Record<Last, number>> = {
  '15m': 15 * MINUTE_MS,
  '1h': 60 * MINUTE_MS,
  '6h': 6 * 60 * MINUTE_MS,
  '24h': DAY_MS,
  '7d': 7 * DAY_MS,
  '30d': 30 * DAY_MS,
  '90d': 90 * DAY_MS,
};

/** Either a length up to now, or from (inclusive) to (exclusive), epoch milliseconds. All absent: the last 24 hours. */
export interface PeriodSearch {
  readonly last?: Last;
  readonly from?: number;
  readonly to?: number;
}

function isLast(value: unknown): value is Last {
  return LASTS.some((last) => last === value);
}

/** The period out of an address; whatever is no period is left out. */
export function periodSearch(raw: Readonly<Record<string, unknown>>): PeriodSearch {
  const { from, to, last } = raw;
  if (typeof from === 'number' && typeof to === 'number' && from >= 0 && to > from) return { from, to };
  return isLast(last) ? { last } : {};
}

/** The period as the admin API takes it. */
export function periodQuery(period: PeriodSearch): PeriodSearch {
  if (period.from !== undefined && period.to !== undefined) return { from: period.from, to: period.to };
  return { last: period.last ?? '24h' };
}

/** The period of the page, and how to choose another. */
export function usePeriod(): readonly [PeriodSearch, (next: PeriodSearch) => void] {
  const { last, from, to } = useSearch({ strict: false });
  const navigate = useNavigate();
  const period: PeriodSearch =
    from !== undefined && to !== undefined ? { from, to } : last === undefined ? {} : { last };
  const choose = (next: PeriodSearch): void => {
    void navigate({
      to: '.',
      search: ({ last: _last, from: _from, to: _to, ...rest }) => ({ ...rest, ...next }),
    });
  };
  return [period, choose];
}
