// Which series the overview draws: a figure over time, whole or split by what requests can be told apart by.

import type { DimensionName, Series, TotalsView } from '../../../../server/src/admin/contract.ts';
import { type Buckets, fill } from '../../charts/buckets.ts';
import { type ChartColour, seriesColour } from '../../charts/palette.ts';
import type { ChartSeries } from '../../charts/plot.ts';
import { allTokens, type MergedTotals, merge } from './totals.ts';

/** What is drawn. */
export const METRICS = ['requests', 'tokens', 'cost', 'ttft', 'latency'] as const;
export type Metric = (typeof METRICS)[number];

/** What it is split by. A provider is the sum of its upstreams. */
export type GroupBy = DimensionName | 'provider';
export const GROUPINGS: readonly GroupBy[] = ['provider', 'upstream', 'key', 'model', 'client', 'route'];

/** True for what is measured and not counted: it cannot be added up. */
export function isMeasured(metric: Metric): boolean {
  return metric === 'ttft' || metric === 'latency';
}

/** More would not be told apart. */
const MOST_SERIES = 7;

/** The words for parts of a figure. */
export interface PartWords {
  readonly ok: string;
  readonly errors: string;
  readonly left: string;
  readonly inputNew: string;
  readonly cacheRead: string;
  readonly cacheWrite: string;
  readonly output: string;
  readonly reasoning: string;
  readonly cost: string;
  readonly median: string;
  readonly mean: string;
  readonly p95: string;
}

type Pick = (totals: TotalsView) => number | undefined;
type Part = readonly [id: keyof PartWords, colour: ChartColour, pick: Pick, dashed?: boolean];

const measured =
  (what: 'ttft' | 'duration', which: 'p50Ms' | 'p95Ms' | 'meanMs'): Pick =>
  (totals) =>
    totals[what].count === 0 ? undefined : totals[what][which];

/** The parts of each figure, from the bottom up. */
const PARTS: Readonly<Record<Metric, readonly Part[]>> = {
  requests: [
    ['ok', 'series-1', ({ requests, errors, left }) => requests - errors - left],
    ['left', 'line-strong', ({ left }) => left],
    ['errors', 'bad', ({ errors }) => errors],
  ],
  tokens: [
    ['cacheRead', 'series-7', ({ tokens }) => tokens.cacheRead],
    ['cacheWrite', 'series-4', ({ tokens }) => tokens.cacheWrite],
    ['inputNew', 'series-2', ({ tokens }) => tokens.inputUncached + tokens.inputAudio],
    ['output', 'series-1', ({ tokens }) => tokens.outputText + tokens.outputAudio],
    ['reasoning', 'series-3', ({ tokens }) => tokens.outputReasoning],
  ],
  cost: [['cost', 'series-1', ({ costNanoUsd }) => costNanoUsd]],
  ttft: [
    ['median', 'series-1', measured('ttft', 'p50Ms')],
    ['mean', 'series-2', measured('ttft', 'meanMs'), true],
    ['p95', 'series-3', measured('ttft', 'p95Ms')],
  ],
  latency: [
    ['median', 'series-1', measured('duration', 'p50Ms')],
    ['mean', 'series-2', measured('duration', 'meanMs'), true],
    ['p95', 'series-3', measured('duration', 'p95Ms')],
  ],
};

/** A figure as a whole, by its parts. */
export function wholeSeries(
  metric: Metric,
  { points }: Series,
  buckets: Buckets,
  words: PartWords,
): readonly ChartSeries[] {
  const empty = isMeasured(metric) ? 'gap' : 'zero';
  return PARTS[metric].map(([id, colour, pick, dashed = false]) => {
    const values = fill(buckets, points, ({ totals }) => pick(totals), empty);
    return { id, label: words[id], colour, values, dashed };
  });
}

/** How names are grouped and shown. */
export interface Naming {
  /** What a name counts to: an upstream to its provider, everything else to itself. */
  readonly groupOf: (name: string) => string;
  readonly labelOf: (group: string) => string;
  readonly others: string;
}

/** The group of a name; undefined: it stands for the rest, or there was none, as with answers out of the cache. */
export function groupOf(name: string | null, naming: Naming): string | undefined {
  return name === null || name === '' ? undefined : naming.groupOf(name);
}

function metricOf(metric: Metric, totals: MergedTotals): number | undefined {
  if (metric === 'requests') return totals.requests;
  if (metric === 'tokens') return allTokens(totals);
  if (metric === 'cost') return totals.costNanoUsd;
  const durations = metric === 'ttft' ? totals.ttft : totals.duration;
  return durations.count === 0 ? undefined : (durations.p50Ms ?? durations.meanMs);
}

interface GroupPoint {
  readonly atMs: number;
  readonly totals: MergedTotals;
}

/** The points of each group, in the order of time; those without a name under undefined. */
function byGroup({ points }: Series, naming: Naming): ReadonlyMap<string | undefined, readonly GroupPoint[]> {
  const groups = new Map<string | undefined, Map<number, MergedTotals>>();
  for (const { atMs, name, totals } of points) {
    const group = groupOf(name, naming);
    const known = groups.get(group) ?? new Map<number, MergedTotals>();
    groups.set(group, known);
    const before = known.get(atMs);
    known.set(atMs, before === undefined ? totals : merge(before, totals));
  }
  return new Map(
    [...groups].map(([group, known]) => [
      group,
      [...known].map(([atMs, totals]) => {
        return { atMs, totals };
      }),
    ]),
  );
}

/**
 * A figure split by groups: the greatest seven, and the rest as one. What is measured has no rest, because medians cannot be
 * put together; of a provider with several upstreams its mean is told instead.
 */
export function splitSeries(
  metric: Metric,
  series: Series,
  buckets: Buckets,
  naming: Naming,
): readonly ChartSeries[] {
  const groups = byGroup(series, naming);
  const weight = (points: readonly GroupPoint[]): number =>
    points.reduce(
      (sum, { totals }) => sum + (isMeasured(metric) ? totals.requests : (metricOf(metric, totals) ?? 0)),
      0,
    );
  const ordered = [...groups]
    .filter((group): group is [string, readonly GroupPoint[]] => group[0] !== undefined)
    .map(([group, points]) => [group, points, weight(points)] as const)
    .sort(([a, , x], [b, , y]) => y - x || (a < b ? -1 : 1));
  const empty = isMeasured(metric) ? 'gap' : 'zero';
  const valuesOf = (points: readonly GroupPoint[]): readonly (number | undefined)[] =>
    fill(buckets, points, ({ totals }) => metricOf(metric, totals), empty);
  const shown: ChartSeries[] = ordered.slice(0, MOST_SERIES).map(([group, points], index) => {
    const label = naming.labelOf(group);
    return { id: `=${group}`, label, colour: seriesColour(index), values: valuesOf(points) };
  });
  const rest = [
    ...(groups.get(undefined) ?? []),
    ...ordered.slice(MOST_SERIES).flatMap(([, points]) => points),
  ];
  if (isMeasured(metric) || weight(rest) === 0) return shown;
  return [...shown, { id: 'rest', label: naming.others, colour: 'series-8', values: valuesOf(rest) }];
}
