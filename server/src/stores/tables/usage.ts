// Totals of the ledger for a period, by model, upstream, client or day: what `sluice usage` prints.

import { sql } from 'kysely';
import type { StoreDriver } from './driver.ts';
import { kyselyOn } from './kysely.ts';
import { type LedgerDatabase, NUMBERS_PER_MS } from './schema.ts';

/** What totals are grouped by. */
export type UsageGrouping = 'model' | 'upstream' | 'client' | 'day';

/** Which exchanges are counted. */
export interface UsageQuestion {
  /** Epoch milliseconds, inclusive; undefined = from the first. */
  readonly sinceMs: number | undefined;
  /** Epoch milliseconds, exclusive; undefined = until now. */
  readonly untilMs: number | undefined;
  readonly by: UsageGrouping;
}

/** Sums over a group of exchanges. Token counts are disjoint. */
export interface UsageTotals {
  readonly requests: number;
  /** Ended with an error that was not the client's leaving. */
  readonly errors: number;
  /** The client left first. */
  readonly aborted: number;
  /** The gateway died meanwhile; nothing more is known of them. */
  readonly interrupted: number;
  readonly open: number;
  readonly inputUncached: number;
  readonly inputCacheRead: number;
  readonly inputCacheWrite: number;
  readonly inputAudio: number;
  readonly outputText: number;
  readonly outputReasoning: number;
  readonly outputAudio: number;
  /** Nano-US-dollars, without those whose price is not known. */
  readonly costNanoUsd: number;
  /** Those whose price is not known. */
  readonly unpriced: number;
}

/** Totals of one model, upstream, client or day. */
export interface UsageGroup extends UsageTotals {
  /** null: the exchange never got that far, or had no client key. Days are YYYY-MM-DD in the local time zone. */
  readonly name: string | null;
}

/** The answer: groups with the most requests first (days in order), and their sum. */
export interface UsageReport {
  readonly groups: readonly UsageGroup[];
  readonly total: UsageTotals;
}

/** All offsets of time zones are whole quarters of an hour, so quarters can be put together to local days. */
const QUARTER_MS = 900_000;

const GROUP: Readonly<Record<UsageGrouping, ReturnType<typeof sql<string | number | null>>>> = {
  model: sql<string | null>`coalesce(model_served, model_asked)`,
  upstream: sql<string | null>`upstream_id`,
  client: sql<string | null>`client_id`,
  day: sql<number>`received_at_ms / ${sql.lit(QUARTER_MS)}`,
};

/** Sums up a ledger. Throws StoreFailure. */
export async function usageReport(driver: StoreDriver, question: UsageQuestion): Promise<UsageReport> {
  const rows = await query(driver, question);
  const groups = question.by === 'day' ? byLocalDay(rows) : rows.map(named);
  return { groups, total: groups.reduce(add, NOTHING) };
}

type Grouped = UsageTotals & { readonly name: string | number | null };

async function query(driver: StoreDriver, { sinceMs, untilMs, by }: UsageQuestion): Promise<Grouped[]> {
  const count = (condition: string) =>
    sql<number>`coalesce(sum(CASE WHEN ${sql.raw(condition)} THEN 1 ELSE 0 END), 0)`;
  const sum = (column: string) => sql<number>`coalesce(sum(${sql.raw(column)}), 0)`;
  let select = kyselyOn<LedgerDatabase>(driver)
    .selectFrom('exchanges')
    .select([
      GROUP[by].as('name'),
      sql<number>`count(*)`.as('requests'),
      count(`state = 'done' AND aborted = 0 AND (error_code IS NOT NULL OR status >= 400)`).as('errors'),
      count(`aborted = 1`).as('aborted'),
      count(`state = 'interrupted'`).as('interrupted'),
      count(`state = 'open'`).as('open'),
      sum('input_uncached').as('inputUncached'),
      sum('input_cache_read').as('inputCacheRead'),
      sum(
        'coalesce(input_cache_write_5m, 0) + coalesce(input_cache_write_1h, 0) + coalesce(input_cache_write_other, 0)',
      ).as('inputCacheWrite'),
      sum('input_audio').as('inputAudio'),
      sum('output_text').as('outputText'),
      sum('output_reasoning').as('outputReasoning'),
      sum('output_audio').as('outputAudio'),
      sum('cost_nano_usd').as('costNanoUsd'),
      count(`cost_state = 'unpriced'`).as('unpriced'),
    ])
    .groupBy(sql`1`)
    .orderBy(by === 'day' ? sql`1` : sql`2 DESC, 1`);
  if (sinceMs !== undefined) {
    // The key finds the place to begin at, the time decides.
    select = select.where('number', '>=', sinceMs * NUMBERS_PER_MS).where('received_at_ms', '>=', sinceMs);
  }
  if (untilMs !== undefined) select = select.where('received_at_ms', '<', untilMs);
  return select.execute();
}

function named(row: Grouped): UsageGroup {
  return { ...row, name: row.name === null ? null : String(row.name) };
}

function byLocalDay(quarters: readonly Grouped[]): UsageGroup[] {
  const days = new Map<string, UsageTotals>();
  for (const { name, ...totals } of quarters) {
    const day = localDay(new Date(Number(name) * QUARTER_MS));
    days.set(day, add(days.get(day) ?? NOTHING, totals));
  }
  return [...days].map(([name, totals]) => ({ name, ...totals }));
}

function localDay(date: Date): string {
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

const NOTHING: UsageTotals = {
  requests: 0,
  errors: 0,
  aborted: 0,
  interrupted: 0,
  open: 0,
  inputUncached: 0,
  inputCacheRead: 0,
  inputCacheWrite: 0,
  inputAudio: 0,
  outputText: 0,
  outputReasoning: 0,
  outputAudio: 0,
  costNanoUsd: 0,
  unpriced: 0,
};

function add(a: UsageTotals, b: UsageTotals): UsageTotals {
  return {
    requests: a.requests + b.requests,
    errors: a.errors + b.errors,
    aborted: a.aborted + b.aborted,
    interrupted: a.interrupted + b.interrupted,
    open: a.open + b.open,
    inputUncached: a.inputUncached + b.inputUncached,
    inputCacheRead: a.inputCacheRead + b.inputCacheRead,
    inputCacheWrite: a.inputCacheWrite + b.inputCacheWrite,
    inputAudio: a.inputAudio + b.inputAudio,
    outputText: a.outputText + b.outputText,
    outputReasoning: a.outputReasoning + b.outputReasoning,
    outputAudio: a.outputAudio + b.outputAudio,
    costNanoUsd: a.costNanoUsd + b.costNanoUsd,
    unpriced: a.unpriced + b.unpriced,
  };
}
