// The overview, groups and time series, from the ledger's roll-ups.

import type { AdminApp } from '../app.ts';
import { refused, told } from '../app.ts';
import {
  groupsQuery,
  groupsSchema,
  overviewQuery,
  overviewSchema,
  seriesQuery,
  seriesSchema,
} from '../contract/totals.ts';
import type { AdminParts } from '../parts.ts';
import { askLedger, periodBefore, periodOf, selectedOf, totalsView } from './period.ts';

const BACKWARDS = {
  status: 400,
  code: 'invalid',
  message: 'The period ends before it begins.',
  issues: [{ path: 'from', message: 'must be less than to' }],
} as const;

/** Registers the endpoints. */
export function registerTotals(app: AdminApp, parts: AdminParts): void {
  const nowMs = (): number => parts.clock.epochMs();
  app.route({
    method: 'GET',
    path: '/overview',
    name: 'overview.get',
    summary: 'Sums of a period, and of the one before it',
    query: overviewQuery,
    answer: overviewSchema,
    run: async ({ query }) => {
      const period = periodOf(query, nowMs());
      if (period.fromMs >= period.toMs) return refused(BACKWARDS);
      const only = selectedOf(query);
      const previous = periodBefore(period);
      const [totals, before] = await Promise.all([
        askLedger(parts, 'totals', { period, only }),
        askLedger(parts, 'totals', { period: previous, only }),
      ]);
      if (!totals.ok) return totals;
      if (!before.ok) return before;
      return told({
        period,
        totals: totalsView(totals.body),
        before: { period: previous, totals: totalsView(before.body) },
      });
    },
  });
  app.route({
    method: 'GET',
    path: '/groups',
    name: 'overview.groups',
    summary: 'Sums by model, upstream, key, client or route, greatest first',
    query: groupsQuery,
    answer: groupsSchema,
    run: async ({ query }) => {
      const period = periodOf(query, nowMs());
      if (period.fromMs >= period.toMs) return refused(BACKWARDS);
      const { by, limit = 100 } = query;
      const answer = await askLedger(parts, 'groups', { period, only: selectedOf(query), by, limit });
      if (!answer.ok) return answer;
      const groups = answer.body.map(({ name, totals }) => {
        return { name: name ?? null, totals: totalsView(totals) };
      });
      return told({ period, groups });
    },
  });
  app.route({
    method: 'GET',
    path: '/series',
    name: 'overview.series',
    summary: 'Sums over time',
    query: seriesQuery,
    answer: seriesSchema,
    run: async ({ query }) => {
      const period = periodOf(query, nowMs());
      if (period.fromMs >= period.toMs) return refused(BACKWARDS);
      const { by, bucketMs } = query;
      const answer = await askLedger(parts, 'series', {
        period,
        only: selectedOf(query),
        ...(by === undefined ? {} : { by }),
        ...(bucketMs === undefined ? {} : { bucketMs }),
      });
      if (!answer.ok) return answer;
      const points = answer.body.points.map(({ atMs, name, totals }) => {
        return { atMs, name: name ?? null, totals: totalsView(totals) };
      });
      return told({ period, bucketMs: answer.body.bucketMs, points });
    },
  });
}
