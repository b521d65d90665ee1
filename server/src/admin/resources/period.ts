// From query parameters to what the ledger is asked.

import { usdOf } from '../../core/pricing/money.ts';
import type {
  LedgerAnswer,
  LedgerQuestions,
  Period,
  Selected,
  Totals,
} from '../../exchange/ledger-queries.ts';
import { notAvailable, refused, type Told } from '../app.ts';
import type { Last, OnlyQuery, PeriodQuery } from '../contract/period.ts';
import type { TotalsView } from '../contract/totals.ts';
import type { AdminParts } from '../parts.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

const LENGTH_MS: Readonly<Record<Last, number>> = {
  '15m': 15 * MINUTE_MS,
  '1h': HOUR_MS,
  '6h': 6 * HOUR_MS,
  '24h': DAY_MS,
  '7d': 7 * DAY_MS,
  '30d': 30 * DAY_MS,
  '90d': 90 * DAY_MS,
};

/** The period that is meant; the last 24 hours where nothing is said. */
export function periodOf({ from, to, last }: PeriodQuery, nowMs: number): Period {
  const toMs = to ?? nowMs;
  return { fromMs: from ?? toMs - LENGTH_MS[last ?? '24h'], toMs };
}

/** The period of the same length before it. */
export function periodBefore({ fromMs, toMs }: Period): Period {
  return { fromMs: fromMs - (toMs - fromMs), toMs: fromMs };
}

/** The exchanges that are meant. */
export function selectedOf({ model, upstream, key, client, route }: OnlyQuery): Selected {
  return {
    ...(model === undefined ? {} : { model }),
    ...(upstream === undefined ? {} : { upstream }),
    ...(key === undefined ? {} : { key }),
    ...(client === undefined ? {} : { client }),
    ...(route === undefined ? {} : { route }),
  };
}

/** Asks the ledger; what went wrong becomes an error of the API. */
export async function askLedger<Kind extends keyof LedgerQuestions>(
  { queries }: Pick<AdminParts, 'queries'>,
  kind: Kind,
  question: LedgerQuestions[Kind]['ask'],
): Promise<Told<LedgerQuestions[Kind]['answer']>> {
  if (queries === undefined) return notAvailable('The ledger’s archive');
  const answer: LedgerAnswer<Kind> = await queries.ask(kind, question);
  if (answer.ok) return { ok: true, body: answer.answer };
  return refused({ status: 503, code: 'internal', message: answer.message });
}

/** Sums with their money in US dollars too. */
export function totalsView(totals: Totals): TotalsView {
  return { ...totals, costUsd: usdOf(totals.costNanoUsd), savedUsd: usdOf(totals.savedNanoUsd) };
}
