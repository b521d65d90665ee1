// What the clients have used and spent, with their budgets.

import { usdOf } from '../../core/pricing/money.ts';
import type { Totals } from '../../exchange/ledger-queries.ts';
import type { AdminApp } from '../app.ts';
import { told } from '../app.ts';
import { clientUseSchema } from '../contract/control.ts';
import { overviewQuery } from '../contract/totals.ts';
import type { AdminParts } from '../parts.ts';
import { askLedger, periodOf, selectedOf } from './period.ts';

/** Registers the endpoint. */
export function registerClientUse(app: AdminApp, parts: AdminParts): void {
  app.route({
    method: 'GET',
    path: '/client-use',
    name: 'clients.use',
    summary: 'Requests, tokens and money of every client, and how its budgets stand',
    query: overviewQuery,
    answer: clientUseSchema,
    run: async ({ query }) => {
      const period = periodOf(query, parts.clock.epochMs());
      const answer = await askLedger(parts, 'groups', {
        period,
        only: selectedOf(query),
        by: 'client',
        limit: 1_000,
      });
      if (!answer.ok) return answer;
      const budgets = parts.budgets?.() ?? [];
      const configured = parts.settings().clients;
      const used = answer.body.flatMap(({ name, totals }) => (name === undefined ? [] : [{ name, totals }]));
      const gone = used.filter(({ name }) => !configured.some(({ id }) => id === name));
      const all = [
        ...configured.map(({ id, enabled }) => ({ id, enabled })),
        // A client that was removed has still spent what it spent.
        ...gone.map(({ name }) => ({ id: name, enabled: false })),
      ];
      const clients = all.map((client) => {
        const own = budgets.filter((budget) => budget.client === client.id);
        return {
          ...client,
          ...sumsOf(used.find(({ name }) => name === client.id)?.totals),
          budgets: own.map(({ per, limitNanoUsd, spentNanoUsd, reservedNanoUsd, resetsAtMs }) => {
            return { per, limitNanoUsd, spentNanoUsd, reservedNanoUsd, resetsAtMs: resetsAtMs ?? null };
          }),
        };
      });
      return told({ clients });
    },
  });
}

/** All tokens, in and out. */
function tokensOf({ tokens }: Pick<Totals, 'tokens'>): number {
  return Object.values(tokens).reduce((sum, count) => sum + count, 0);
}

function sumsOf(totals: Totals | undefined): {
  readonly requests: number;
  readonly errors: number;
  readonly tokens: number;
  readonly costNanoUsd: number;
  readonly costUsd: number;
  readonly unpriced: number;
} {
  if (totals === undefined)
    return { requests: 0, errors: 0, tokens: 0, costNanoUsd: 0, costUsd: 0, unpriced: 0 };
  const { requests, errors, costNanoUsd, unpriced } = totals;
  return { requests, errors, tokens: tokensOf(totals), costNanoUsd, costUsd: usdOf(costNanoUsd), unpriced };
}
