// GET /v1/token/stats and POST /v1/token/reset: tokens per upstream since the gateway started or since a reset. A client
// sees, and resets the count of, its own requests alone; the ledger keeps everything.

import { usdOf } from '../../core/pricing/money.ts';
import type { Totals } from '../../exchange/ledger-queries.ts';
import type { AdminApp, Caller } from '../app.ts';
import { refused, told } from '../app.ts';
import {
  type CompatibleSums,
  compatibleResetDoneSchema,
  compatibleResetSchema,
  compatibleStatsSchema,
} from '../contract/compatible.ts';
import type { AdminParts } from '../parts.ts';
import { askLedger } from '../resources/period.ts';

/** Registers the endpoints. */
export function registerCompatibleStats(app: AdminApp, parts: AdminParts): void {
  /** Since when the requests of a caller are counted, by upstream. */
  const marks = new Map<string, Map<string, number>>();
  const ownerOf = ({ kind, id }: Caller): string => (kind === 'client' ? id : '');
  const sinceOf = (who: Caller, upstream: string): number =>
    marks.get(ownerOf(who))?.get(upstream) ?? parts.startedAtMs;

  app.route({
    method: 'GET',
    path: '/v1/token/stats',
    absolute: true,
    name: 'compatible.stats',
    summary: 'Requests, tokens and money per upstream, in the shape of other gateways',
    access: 'client',
    answer: compatibleStatsSchema,
    run: async ({ who }) => {
      const nowMs = parts.clock.epochMs();
      const client = who.kind === 'client' ? { client: [who.id] } : {};
      const apis = [];
      for (const { id } of parts.settings().upstreams) {
        const fromMs = sinceOf(who, id);
        const period = { fromMs, toMs: nowMs + 1 };
        const answer = await askLedger(parts, 'totals', { period, only: { upstream: [id], ...client } });
        if (!answer.ok) return answer;
        apis.push({ id, since: new Date(fromMs).toISOString(), ...sumsOf(answer.body) });
      }
      const timestamp = new Date(nowMs).toISOString();
      return told({ service: 'sluice', timestamp, total: added(apis), apis });
    },
  });
  app.route({
    method: 'POST',
    path: '/v1/token/reset',
    absolute: true,
    name: 'compatible.reset',
    summary: 'Begin the counts of /v1/token/stats anew, for one upstream or all',
    access: 'client',
    body: compatibleResetSchema,
    answer: compatibleResetDoneSchema,
    run: async ({ who, body, note }) => {
      const { upstreams } = parts.settings();
      const { apiId } = body;
      const ids = upstreams.map(({ id }) => id).filter((id) => apiId === undefined || id === apiId);
      if (ids.length === 0)
        return refused({ status: 404, code: 'not_found', message: 'There is no upstream of this id.' });
      const own = marks.get(ownerOf(who)) ?? new Map<string, number>();
      for (const id of ids) own.set(id, parts.clock.epochMs());
      marks.set(ownerOf(who), own);
      note(ids.join(', '));
      return told({ success: true, message: `The counts of ${ids.join(', ')} begin anew.` });
    },
  });
}

function sumsOf({ requests, tokens, costNanoUsd }: Totals): CompatibleSums {
  const inputTokens = tokens.inputUncached + tokens.cacheRead + tokens.cacheWrite + tokens.inputAudio;
  const outputTokens = tokens.outputText + tokens.outputReasoning + tokens.outputAudio;
  const totalTokens = inputTokens + outputTokens;
  return { requests, inputTokens, outputTokens, totalTokens, costUsd: usdOf(costNanoUsd) };
}

function added(all: readonly CompatibleSums[]): CompatibleSums {
  const sum = (of: (one: CompatibleSums) => number): number => all.reduce((total, one) => total + of(one), 0);
  return {
    requests: sum(({ requests }) => requests),
    inputTokens: sum(({ inputTokens }) => inputTokens),
    outputTokens: sum(({ outputTokens }) => outputTokens),
    totalTokens: sum(({ totalTokens }) => totalTokens),
    costUsd: sum(({ costUsd }) => costUsd),
  };
}
