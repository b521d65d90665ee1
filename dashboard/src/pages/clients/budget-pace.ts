// How a budget burns down: at the pace of its period so far, is it used up before it begins anew? Said only where enough of
// the period is over to say anything. Pure.

import type { ClientUse } from '../../../../server/src/admin/contract.ts';

/** A budget as the gateway tells it. */
export type Budget = ClientUse['clients'][number]['budgets'][number];

const DAY_MS = 86_400_000;

/** Of the period, so much has to be over; before it, one request would decide everything. */
const LEAST_SHARE = 0.05;

/** What was spent in a stretch of time, for budgets that never begin anew. */
export interface Recent {
  readonly costNanoUsd: number;
  readonly lengthMs: number;
}

/** What can be said. Times are epoch milliseconds. */
export type Pace =
  /** Nothing is left. */
  | { readonly is: 'over' }
  /** Too little of the period is over. */
  | { readonly is: 'early' }
  /** Nothing was spent, so that there is no pace. */
  | { readonly is: 'idle' }
  /** So much will have been spent when it begins anew. */
  | { readonly is: 'lasts'; readonly byEndNanoUsd: number }
  /** It never begins anew, and is not used up within a year. */
  | { readonly is: 'long' }
  /** Used up at this moment. */
  | { readonly is: 'runsOut'; readonly atMs: number };

/** When the period of a budget began; undefined where it has none. Within an hour where clocks are put on or back. */
export function beganAtMs({ per, resetsAtMs }: Pick<Budget, 'per' | 'resetsAtMs'>): number | undefined {
  if (resetsAtMs === null) return undefined;
  if (per === 'day') return resetsAtMs - DAY_MS;
  if (per === 'week') return resetsAtMs - 7 * DAY_MS;
  if (per !== 'month') return undefined;
  const began = new Date(resetsAtMs);
  // The first of a month, in the zone of the gateway: within a day of the first in UTC, so that the month before is found
  // from its middle.
  const middle = new Date(resetsAtMs - 15 * DAY_MS);
  const days = new Date(Date.UTC(middle.getUTCFullYear(), middle.getUTCMonth() + 1, 0)).getUTCDate();
  return began.getTime() - days * DAY_MS;
}

/** What is used and what requests in flight may still use. */
export function takenNanoUsd({ spentNanoUsd, reservedNanoUsd }: Budget): number {
  return spentNanoUsd + reservedNanoUsd;
}

const YEAR_MS = 365 * DAY_MS;

/** The pace of a budget at a moment. */
export function paceOf(budget: Budget, nowMs: number, recent?: Recent): Pace {
  const { limitNanoUsd, spentNanoUsd, resetsAtMs } = budget;
  const left = limitNanoUsd - spentNanoUsd;
  if (left <= 0) return { is: 'over' };
  const began = beganAtMs(budget);
  if (began === undefined || resetsAtMs === null) return endlessPace(left, nowMs, recent);
  const elapsedMs = nowMs - began;
  if (elapsedMs < (resetsAtMs - began) * LEAST_SHARE) return { is: 'early' };
  if (spentNanoUsd === 0) return { is: 'idle' };
  const perMs = spentNanoUsd / elapsedMs;
  const atMs = nowMs + left / perMs;
  if (atMs < resetsAtMs) return { is: 'runsOut', atMs };
  return { is: 'lasts', byEndNanoUsd: Math.round(spentNanoUsd + perMs * Math.max(0, resetsAtMs - nowMs)) };
}

function endlessPace(left: number, nowMs: number, recent: Recent | undefined): Pace {
  if (recent === undefined || recent.lengthMs <= 0) return { is: 'early' };
  if (recent.costNanoUsd <= 0) return { is: 'idle' };
  const lastsMs = (left * recent.lengthMs) / recent.costNanoUsd;
  return lastsMs > YEAR_MS ? { is: 'long' } : { is: 'runsOut', atMs: nowMs + lastsMs };
}
