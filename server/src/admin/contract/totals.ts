// Sums over exchanges: the overview, groups and time series. Money is in nano-US-dollars, beside it in US dollars for people.

import { z } from 'zod';
import {
  DIMENSION_NAMES,
  type DimensionName,
  type OnlyQuery,
  onlyMembers,
  type PeriodQuery,
  periodMembers,
} from './period.ts';

/** How long something took, over many exchanges, in milliseconds. */
export interface DurationsView {
  readonly count: number;
  readonly meanMs: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
}

/** Sums over exchanges. */
export interface TotalsView {
  readonly requests: number;
  readonly errors: number;
  readonly left: number;
  readonly attempts: number;
  readonly tokens: {
    readonly inputUncached: number;
    readonly cacheRead: number;
    readonly cacheWrite: number;
    readonly inputAudio: number;
    readonly outputText: number;
    readonly outputReasoning: number;
    readonly outputAudio: number;
  };
  readonly costNanoUsd: number;
  readonly costUsd: number;
  readonly estimatedNanoUsd: number;
  readonly unpriced: number;
  readonly cacheHits: number;
  readonly savedNanoUsd: number;
  readonly savedUsd: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
  readonly duration: DurationsView;
  readonly ttft: DurationsView;
}

const durationsSchema = z.object({
  count: z.number(),
  meanMs: z.number(),
  p50Ms: z.number(),
  p95Ms: z.number(),
  p99Ms: z.number(),
});

/** Schema of the tokens in TotalsView. */
export const tokensSchema: z.ZodType<TotalsView['tokens']> = z.object({
  inputUncached: z.number(),
  cacheRead: z.number(),
  cacheWrite: z.number(),
  inputAudio: z.number(),
  outputText: z.number(),
  outputReasoning: z.number(),
  outputAudio: z.number(),
});

/** Schema of TotalsView. */
export const totalsSchema: z.ZodType<TotalsView> = z.object({
  requests: z.number(),
  errors: z.number().describe('Without those whose client left.'),
  left: z.number().describe('Those whose client left.'),
  attempts: z.number(),
  tokens: tokensSchema,
  costNanoUsd: z.number(),
  costUsd: z.number(),
  estimatedNanoUsd: z.number().describe('The part whose usage was estimated.'),
  unpriced: z.number().describe('Requests whose price is not known.'),
  cacheHits: z.number(),
  savedNanoUsd: z.number().describe('What cached answers would have cost.'),
  savedUsd: z.number(),
  bytesIn: z.number(),
  bytesOut: z.number(),
  duration: durationsSchema,
  ttft: durationsSchema,
});

/** A stretch of time, epoch milliseconds. */
export interface PeriodView {
  readonly fromMs: number;
  readonly toMs: number;
}

const periodSchema = z.object({ fromMs: z.number(), toMs: z.number() });

/** Query of the overview. */
export type OverviewQuery = PeriodQuery & OnlyQuery;
/** Schema of OverviewQuery. */
export const overviewQuery: z.ZodType<OverviewQuery> = z.strictObject({ ...periodMembers, ...onlyMembers });

/** The sums of a period, and of the one before it of the same length. */
export interface Overview {
  readonly period: PeriodView;
  readonly totals: TotalsView;
  readonly before: { readonly period: PeriodView; readonly totals: TotalsView };
}

/** Schema of Overview. */
export const overviewSchema: z.ZodType<Overview> = z.object({
  period: periodSchema,
  totals: totalsSchema,
  before: z.object({ period: periodSchema, totals: totalsSchema }),
});

/** Query of groups. */
export interface GroupsQuery extends OverviewQuery {
  readonly by: DimensionName;
  readonly limit?: number | undefined;
}
/** Schema of GroupsQuery. */
export const groupsQuery: z.ZodType<GroupsQuery> = z.strictObject({
  ...periodMembers,
  ...onlyMembers,
  by: z.enum(DIMENSION_NAMES),
  limit: z.int().min(1).max(1000).optional().describe('100 where absent; the rest is summed up under null.'),
});

/** Sums by one dimension, greatest first. */
export interface Groups {
  readonly period: PeriodView;
  readonly groups: readonly { readonly name: string | null; readonly totals: TotalsView }[];
}

/** Schema of Groups. */
export const groupsSchema: z.ZodType<Groups> = z.object({
  period: periodSchema,
  groups: z.array(z.object({ name: z.string().nullable(), totals: totalsSchema })),
});

/** Query of a time series. */
export interface SeriesQuery extends OverviewQuery {
  readonly by?: DimensionName | undefined;
  readonly bucketMs?: number | undefined;
}
/** Schema of SeriesQuery. */
export const seriesQuery: z.ZodType<SeriesQuery> = z.strictObject({
  ...periodMembers,
  ...onlyMembers,
  by: z.enum(DIMENSION_NAMES).optional(),
  bucketMs: z.int().min(60_000).optional().describe('Chosen by the length of the period where absent.'),
});

/** Sums over time. Buckets in which nothing happened are left out. */
export interface Series {
  readonly period: PeriodView;
  readonly bucketMs: number;
  readonly points: readonly {
    readonly atMs: number;
    readonly name: string | null;
    readonly totals: TotalsView;
  }[];
}

/** Schema of Series. */
export const seriesSchema: z.ZodType<Series> = z.object({
  period: periodSchema,
  bucketMs: z.number(),
  points: z.array(z.object({ atMs: z.number(), name: z.string().nullable(), totals: totalsSchema })),
});
