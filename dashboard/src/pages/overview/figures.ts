// The figures at the top of the overview: what each says, how it compares, and its shape over time.

import type { Overview, Series, TotalsView } from '../../../../server/src/admin/contract.ts';
import { type Buckets, fill } from '../../charts/buckets.ts';
import type { Format } from '../../language/format.ts';
import type { OverviewText } from './messages.ts';
import {
  allTokens,
  type Better,
  type Change,
  changeOf,
  outputPace,
  promptCacheShare,
  successShare,
} from './totals.ts';

/** Which figures there are, in their order. */
export type FigureId =
  | 'requests'
  | 'success'
  | 'errors'
  | 'cost'
  | 'saved'
  | 'tokens'
  | 'ttft'
  | 'latency'
  | 'pace';

/** One figure. */
export interface Figure {
  readonly id: FigureId;
  readonly label: string;
  readonly value: string;
  /** The same of the period before; undefined where there was none. */
  readonly before: string | undefined;
  readonly change: Change;
  /** The change is told in percentage points. */
  readonly asPoints: boolean;
  readonly shape: readonly (number | undefined)[];
}

interface Recipe {
  readonly id: FigureId;
  readonly label: (keyof OverviewText & FigureId) | 'errorsTitle';
  readonly of: (totals: TotalsView) => number | undefined;
  readonly words: (value: number | undefined, format: Format, text: OverviewText) => string;
  readonly better: Better;
  readonly empty: 'zero' | 'gap';
  readonly asPoints?: boolean;
}

const compact: Recipe['words'] = (value, format) => format.compact(value);
const money: Recipe['words'] = (value, format) => format.money(value);
const duration: Recipe['words'] = (value, format) => format.duration(value);

const RECIPES: readonly Recipe[] = [
  {
    id: 'requests',
    label: 'requests',
    of: ({ requests }) => requests,
    words: compact,
    better: 'neither',
    empty: 'zero',
  },
  {
    id: 'success',
    label: 'success',
    of: successShare,
    words: (value, format) => shareWords(value, format),
    better: 'more',
    empty: 'gap',
    asPoints: true,
  },
  {
    id: 'errors',
    label: 'errorsTitle',
    of: ({ errors }) => errors,
    words: compact,
    better: 'less',
    empty: 'zero',
  },
  {
    id: 'cost',
    label: 'cost',
    of: ({ costNanoUsd }) => costNanoUsd,
    words: money,
    better: 'neither',
    empty: 'zero',
  },
  {
    id: 'saved',
    label: 'saved',
    of: ({ savedNanoUsd }) => savedNanoUsd,
    words: money,
    better: 'more',
    empty: 'zero',
  },
  { id: 'tokens', label: 'tokens', of: allTokens, words: compact, better: 'neither', empty: 'zero' },
  {
    id: 'ttft',
    label: 'ttft',
    of: ({ ttft }) => (ttft.count === 0 ? undefined : ttft.p50Ms),
    words: duration,
    better: 'less',
    empty: 'gap',
  },
  {
    id: 'latency',
    label: 'latency',
    of: ({ duration: took }) => (took.count === 0 ? undefined : took.p50Ms),
    words: duration,
    better: 'less',
    empty: 'gap',
  },
  {
    id: 'pace',
    label: 'pace',
    of: outputPace,
    words: (value, format, text) =>
      value === undefined ? format.integer(undefined) : text.paceUnit(format.decimal(value)),
    better: 'more',
    empty: 'gap',
  },
];

/** Never rounded up: where something failed it does not say that everything went well. */
function shareWords(share: number | undefined, format: Format): string {
  if (share === undefined || share === 1) return format.percent(share);
  return format.percent(Math.floor(share * 10_000) / 10_000, share > 0.99 ? 2 : 1);
}

/** All figures of a period. */
export function figuresOf(
  { totals, before }: Overview,
  series: { readonly points: Series['points']; readonly buckets: Buckets } | undefined,
  format: Format,
  text: OverviewText,
): readonly Figure[] {
  const hadData = before.totals.requests > 0;
  return RECIPES.map(({ id, label, of, words, better, empty, asPoints = false }) => {
    const now = of(totals);
    const past = of(before.totals);
    return {
      id,
      label: text[label],
      value: words(now, format, text),
      before: hadData && past !== undefined ? words(past, format, text) : undefined,
      change: changeOf(now, past, { hadData, better, asPoints }),
      asPoints,
      shape:
        series === undefined ? [] : fill(series.buckets, series.points, (point) => of(point.totals), empty),
    };
  });
}

/** Small words under a figure. */
export function hintsOf(
  id: FigureId,
  totals: TotalsView,
  format: Format,
  text: OverviewText,
): readonly string[] {
  const { ttft, duration: took } = totals;
  const share = totals.requests === 0 ? undefined : totals.cacheHits / totals.requests;
  switch (id) {
    case 'requests':
      return [text.attempts(format.compact(totals.attempts))];
    case 'success':
      return totals.left === 0 ? [text.successHint] : [text.leftCount(format.compact(totals.left))];
    case 'saved':
      return [
        text.hits(format.compact(totals.cacheHits), format.percent(share)),
        text.promptCache(format.percent(promptCacheShare(totals), 0)),
      ];
    case 'ttft':
      return spreadOf(ttft, format, text);
    case 'latency':
      return spreadOf(took, format, text);
    case 'pace':
      return [text.paceHintShort];
    default:
      return [];
  }
}

function spreadOf(
  { count, p95Ms, meanMs }: TotalsView['ttft'],
  format: Format,
  text: OverviewText,
): readonly string[] {
  const written = (ms: number): string => format.duration(count === 0 ? undefined : ms);
  return [`${text.p95Short} ${written(p95Ms)}`, `${text.meanShort} ${written(meanMs)}`];
}
