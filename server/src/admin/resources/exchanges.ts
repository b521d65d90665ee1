// Exchanges: the list, one of them, its bundle, and sending it again.

import { parseJson } from '../../core/model/json.ts';
import { knownNanoUsd } from '../../core/pricing/cost.ts';
import { usdOf } from '../../core/pricing/money.ts';
import { tokensPerSecond } from '../../core/telemetry/output-pace.ts';
import type { ExchangeDetail, ExchangeSummary } from '../../exchange/ledger-queries.ts';
import type { AdminApp } from '../app.ts';
import { notAvailable, refused, told } from '../app.ts';
import {
  bundleSchema,
  type ExchangeRow,
  type ExchangeView,
  exchangePageSchema,
  exchangePath,
  exchangeSchema,
  exchangesQuery,
  replayRequestSchema,
} from '../contract/exchanges.ts';
import { replaySchema } from '../contract/replay.ts';
import type { AdminParts } from '../parts.ts';
import { askLedger, periodOf, selectedOf } from './period.ts';

const UNKNOWN = {
  status: 404,
  code: 'not_found',
  message: 'The ledger has no exchange of this id.',
  suggestion: 'Ids are told as x-sluice-request-id. Old exchanges are forgotten (storage.retentionDays).',
} as const;

/** Registers the endpoints. */
export function registerExchanges(app: AdminApp, parts: AdminParts): void {
  app.route({
    method: 'GET',
    path: '/exchanges',
    name: 'exchanges.list',
    summary: 'Exchanges, newest first, page by page',
    query: exchangesQuery,
    answer: exchangePageSchema,
    run: async ({ query }) => {
      const { outcome, cache, conversation, agent, search, before, limit = 50 } = query;
      const timed = query.from !== undefined || query.to !== undefined || query.last !== undefined;
      const answer = await askLedger(parts, 'exchanges', {
        only: selectedOf(query),
        limit,
        ...(timed ? { period: periodOf(query, parts.clock.epochMs()) } : {}),
        ...(outcome === undefined ? {} : { outcome }),
        ...(cache === undefined ? {} : { cache }),
        ...(conversation === undefined ? {} : { conversation }),
        ...(agent === undefined ? {} : { agent }),
        ...(search === undefined ? {} : { search }),
        ...(before === undefined ? {} : { before }),
      });
      if (!answer.ok) return answer;
      return told({ rows: answer.body.rows.map(rowView), next: answer.body.next ?? null });
    },
  });
  app.route({
    method: 'GET',
    path: '/exchanges/{id}',
    name: 'exchanges.get',
    summary: 'One exchange: attempts, times, losses, cost, and what was kept of it',
    params: exchangePath,
    answer: exchangeSchema,
    run: async ({ params }) => {
      const answer = await askLedger(parts, 'exchange', { id: params.id });
      if (!answer.ok) return answer;
      return answer.body === undefined ? refused(UNKNOWN) : told(detailView(answer.body));
    },
  });
  app.route({
    method: 'GET',
    path: '/exchanges/{id}/bundle',
    name: 'exchanges.bundle',
    summary: 'A captured exchange as a bundle without secrets, for "sluice replay"',
    params: exchangePath,
    answer: bundleSchema,
    run: async ({ params }) => {
      if (parts.bundle === undefined) return notAvailable('Capturing');
      const bundle = await parts.bundle([params.id]);
      if (bundle === undefined)
        return refused({
          ...UNKNOWN,
          message: 'Nothing was captured of this exchange.',
          suggestion: 'Open a window with POST /admin/v1/capture, and repeat the request.',
        });
      const headers = { 'content-disposition': 'attachment; filename="sluice-bundle.json"' };
      return told({ ...bundle }, { headers });
    },
  });
  app.route({
    method: 'POST',
    path: '/exchanges/{id}/replay',
    name: 'exchanges.replay',
    summary: 'Send a captured request again, and compare both answers',
    description: 'The request goes to its provider and is billed like any other.',
    params: exchangePath,
    body: replayRequestSchema,
    answer: replaySchema,
    run: async ({ params, body, note }) => {
      if (parts.replay === undefined) return notAvailable('Replaying');
      const { model, upstream } = body;
      const to = {
        ...(model === undefined ? {} : { model }),
        ...(upstream === undefined ? {} : { upstream }),
      };
      note(`${params.id} again${model === undefined ? '' : ` as ${model}`}`);
      const report = await parts.replay(params.id, to);
      return 'code' in report ? refused(report) : told({ ...report });
    },
  });
}

/** One row as the API shows it. */
export function rowView(summary: ExchangeSummary): ExchangeRow {
  const { closing, ...opening } = summary;
  if (closing === undefined) return opening;
  const { endedAtMs, firstOutputAtMs, cost } = closing;
  const costNanoUsd = knownNanoUsd(cost);
  return {
    ...opening,
    ...closing,
    durationMs: endedAtMs - opening.receivedAtMs,
    ttftMs: firstOutputAtMs === undefined ? undefined : firstOutputAtMs - opening.receivedAtMs,
    tokensPerSecond: tokensPerSecond(closing),
    usage: closing.usage === undefined ? undefined : { ...closing.usage },
    cost: cost === undefined ? undefined : { ...cost, parts: { ...cost.parts } },
    costUsd: costNanoUsd === undefined ? undefined : usdOf(costNanoUsd),
  };
}

function detailView({ attempts, detail, ...summary }: ExchangeDetail): ExchangeView {
  return {
    ...rowView(summary),
    tries: attempts.map((attempt) => ({
      ...attempt,
      usage: attempt.usage === undefined ? undefined : { ...attempt.usage },
      cost: attempt.cost === undefined ? undefined : { ...attempt.cost, parts: { ...attempt.cost.parts } },
    })),
    detail:
      detail === undefined
        ? undefined
        : { atMs: detail.atMs, kind: detail.kind, content: parseJson(detail.text) ?? null },
  };
}
