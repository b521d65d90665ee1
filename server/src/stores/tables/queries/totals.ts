// Totals, groups and series, what clients have spent, and which models have no price.

import type {
  Dimension,
  Durations,
  LedgerQuestions,
  Period,
  Selected,
  Totals,
} from '../../../exchange/ledger-queries.ts';
import { aheadIn, NUMBER_SLACK_MS } from '../ahead.ts';
import { cut } from '../flat-rows.ts';
import { FIGURES } from '../rollup/figures.ts';
import { HOURS } from '../rollup/grains.ts';
import { percentile } from '../rollup/histogram.ts';
import { NUMBERS_PER_MS, SHORT_TEXT_BYTES } from '../schema.ts';
import { numberIn } from '../statements.ts';
import {
  addCollected,
  type Collected,
  type Found,
  fromRollUps,
  fromRows,
  neededBy,
  nothing,
  readsRows,
  requestsOf,
  type Wanted,
} from './collect.ts';
import { bucketFor, reachOf, unitAt } from './period.ts';
import type { Source, Steps } from './questions.ts';

const GROUPS_LIMIT = 100;
/** Names in a series by a dimension; the others are summed up. */
const SERIES_NAMES = 50;
const ALL_IN_ONE: number = Number.POSITIVE_INFINITY;

type Ask<Kind extends keyof LedgerQuestions> = LedgerQuestions[Kind]['ask'];
type Answer<Kind extends keyof LedgerQuestions> = LedgerQuestions[Kind]['answer'];

function* collect(source: Source, wanted: Wanted): Steps<Found[]> {
  if (readsRows(source, wanted.period)) {
    const found = yield* fromRows(source, wanted);
    if (found !== undefined) return found;
  }
  return yield* fromRollUps(source, wanted);
}

/** Sums of a period. Throws StoreFailure. */
export function* totals(source: Source, { period, only = {} }: Ask<'totals'>): Steps<Totals> {
  const sum = nothing();
  for (const { sums } of yield* collect(source, { period, only, by: undefined, bucketMs: ALL_IN_ONE }))
    addCollected(sum, sums);
  return totalsOf(sum);
}

/** Sums of a period by one dimension. Throws StoreFailure. */
export function* groups(
  source: Source,
  { period, only = {}, by, limit = GROUPS_LIMIT }: Ask<'groups'>,
): Steps<Answer<'groups'>> {
  const { named, rest } = greatest(
    yield* collect(source, { period, only, by, bucketMs: ALL_IN_ONE }),
    Math.max(0, limit),
  );
  const answer: { name: string | undefined; totals: Totals }[] = [];
  for (const [name, sums] of named) answer.push({ name, totals: totalsOf(sums) });
  if (requestsOf(rest) > 0) answer.push({ name: undefined, totals: totalsOf(rest) });
  return answer;
}

/** The greatest by requests, and the sum of all others. */
function greatest(
  found: readonly Found[],
  limit: number,
): { readonly named: ReadonlyMap<string, Collected>; readonly rest: Collected } {
  const all = new Map<string, Collected>();
  const rest = nothing();
  for (const { name, sums } of found) {
    if (name === undefined) {
      addCollected(rest, sums);
      continue;
    }
    const sum = all.get(name) ?? nothing();
    all.set(name, sum);
    addCollected(sum, sums);
  }
  const ordered = [...all].sort(([a, x], [b, y]) => requestsOf(y) - requestsOf(x) || (a < b ? -1 : 1));
  for (const [, sums] of ordered.slice(limit)) addCollected(rest, sums);
  return { named: new Map(ordered.slice(0, limit)), rest };
}

/** Sums of a period bucket by bucket. Throws StoreFailure. */
export function* series(source: Source, ask: Ask<'series'>): Steps<Answer<'series'>> {
  const { period, only = {}, by } = ask;
  const { bucketMs, found } = yield* seriesOf(source, period, only, by, ask.bucketMs);
  const { named } = greatest(found, SERIES_NAMES);
  const points = new Map<string, { atMs: number; name: string | undefined; sums: Collected }>();
  for (const { slot, name, sums } of found) {
    const shown = by === undefined || name === undefined || !named.has(name) ? undefined : name;
    const key = `${slot} ${shown === undefined ? '-' : `+${shown}`}`;
    const point = points.get(key) ?? { atMs: slot * bucketMs, name: shown, sums: nothing() };
    points.set(key, point);
    addCollected(point.sums, sums);
  }
  const ordered = [...points.values()].sort(
    (a, b) => a.atMs - b.atMs || requestsOf(b.sums) - requestsOf(a.sums),
  );
  return {
    bucketMs,
    points: ordered.map(({ atMs, name, sums }) => ({ atMs, name, totals: totalsOf(sums) })),
  };
}

function* seriesOf(
  source: Source,
  period: Period,
  only: Selected,
  by: Dimension | undefined,
  wantedMs: number | undefined,
): Steps<{ readonly bucketMs: number; readonly found: Found[] }> {
  const bucketMs = bucketFor(period, wantedMs);
  if (readsRows(source, period)) {
    const found = yield* fromRows(source, { period, only, by, bucketMs });
    if (found !== undefined) return { bucketMs, found };
  }
  const reach = reachOf(source, neededBy(only, by));
  const unit = unitAt(reach, Math.max(period.fromMs, reach.daysMs));
  const coarse = Math.ceil(bucketMs / unit) * unit;
  return {
    bucketMs: coarse,
    found: yield* fromRollUps(source, { period, only, by, bucketMs: coarse }, reach),
  };
}

/** What clients have spent, each since a moment of its own. Throws StoreFailure. */
export function* spending(source: Source, { clients }: Ask<'spending'>): Steps<Answer<'spending'>> {
  const spent: number[] = [];
  for (const { id, sinceMs } of clients) spent.push(yield* spentBy(source, id, sinceMs));
  return spent;
}

const CLIENT: number = neededBy({ client: [] }, undefined);
const COST: number = FIGURES.indexOf('cost');

function* spentBy(source: Source, id: string, sinceMs: number): Steps<number> {
  const client = String(cut(id, SHORT_TEXT_BYTES));
  const { driver, nowMs } = source;
  const reach = reachOf(source, CLIENT);
  const unit = unitAt(reach, sinceMs);
  let fromMs = sinceMs;
  let spent = 0;
  // A bucket that began before is taken from its rows, as far as they are there: a budget is not charged for the past.
  if (unit >= HOURS.ms && sinceMs % unit !== 0) {
    const untilMs = Math.min(Math.ceil(sinceMs / HOURS.ms) * HOURS.ms, nowMs);
    const rowsFromMs = numberIn(driver, `SELECT value FROM marks WHERE name = 'rows_from'`) / NUMBERS_PER_MS;
    if (sinceMs >= rowsFromMs && unit === HOURS.ms) {
      const ahead = aheadIn(driver, { fromMs: sinceMs, toMs: untilMs });
      const before = Math.max((untilMs + NUMBER_SLACK_MS) * NUMBERS_PER_MS, ahead + 1);
      spent = numberIn(
        driver,
        `SELECT sum(cost_nano_usd) FROM exchanges WHERE number >= ? AND number < ? AND client_id = ?
          AND received_at_ms >= ? AND received_at_ms < ? AND state = 'done'`,
        [sinceMs * NUMBERS_PER_MS, before, client, sinceMs, untilMs],
      );
      fromMs = untilMs;
    }
  }
  const wanted: Wanted = {
    period: { fromMs, toMs: nowMs + HOURS.ms },
    only: { client: [client] },
    by: undefined,
    bucketMs: ALL_IN_ONE,
  };
  for (const { sums } of yield* fromRollUps(source, wanted, reach)) spent += sums.figures[COST] ?? 0;
  return spent;
}

const UNPRICED_LIMIT = 200;

/** Models that were served without a known price, most requests first. Throws StoreFailure. */
export function* unpriced(source: Source, { period }: Ask<'unpriced'>): Steps<Answer<'unpriced'>> {
  const upstreams = yield* fromRollUps(source, { period, only: {}, by: 'upstream', bucketMs: ALL_IN_ONE });
  const rows: { model: string; upstream: string; requests: number; tokens: number }[] = [];
  for (const { name: upstream, sums } of upstreams) {
    if (upstream === undefined || totalsOf(sums).unpriced === 0) continue;
    const wanted: Wanted = { period, only: { upstream: [upstream] }, by: 'model', bucketMs: ALL_IN_ONE };
    for (const found of yield* fromRollUps(source, wanted)) {
      const { unpriced: requests, tokens } = totalsOf(found.sums);
      if (requests === 0) continue;
      const sum = Object.values(tokens).reduce((total, count) => total + count, 0);
      rows.push({ model: found.name ?? '(others)', upstream, requests, tokens: sum });
    }
  }
  return rows.sort((a, b) => b.requests - a.requests).slice(0, UNPRICED_LIMIT);
}

function durations(count: number, sumMs: number, bins: Float64Array): Durations {
  return {
    count,
    meanMs: count === 0 ? 0 : sumMs / count,
    p50Ms: percentile(bins, 0.5),
    p95Ms: percentile(bins, 0.95),
    p99Ms: percentile(bins, 0.99),
  };
}

function totalsOf({ figures, durations: durationBins, ttfts }: Collected): Totals {
  const of = (name: (typeof FIGURES)[number]): number => figures[FIGURES.indexOf(name)] ?? 0;
  return {
    requests: of('requests'),
    errors: of('errors'),
    left: of('gone'),
    attempts: of('attempts'),
    tokens: {
      inputUncached: of('input_uncached'),
      cacheRead: of('cache_read'),
      cacheWrite: of('cache_write'),
      inputAudio: of('input_audio'),
      outputText: of('output_text'),
      outputReasoning: of('output_reasoning'),
      outputAudio: of('output_audio'),
    },
    costNanoUsd: of('cost'),
    estimatedNanoUsd: of('estimated'),
    unpriced: of('unpriced'),
    cacheHits: of('cache_hits'),
    savedNanoUsd: of('saved'),
    bytesIn: of('bytes_in'),
    bytesOut: of('bytes_out'),
    duration: durations(of('requests'), of('duration_ms'), durationBins),
    ttft: durations(of('ttft_count'), of('ttft_ms'), ttfts),
  };
}
