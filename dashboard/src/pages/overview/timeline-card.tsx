// The figures over time: which figure, split by what, and the way to look closer at a stretch.

import { type ReactElement, useMemo, useState } from 'react';
import type { Series } from '../../../../server/src/admin/contract.ts';
import { useAsk } from '../../api/queries.ts';
import { periodQuery, usePeriod } from '../../app/period.ts';
import { bucketsOf } from '../../charts/buckets.ts';
import { TimeSeries } from '../../charts/time-series.tsx';
import { type Format, useFormat } from '../../language/format.ts';
import { useMessages } from '../../language/messages.ts';
import { Card } from '../../ui/card.tsx';
import { inputLook } from '../../ui/field.tsx';
import { Segmented } from '../../ui/segmented.tsx';
import { Failure, Skeleton } from '../../ui/states.tsx';
import { type OverviewText, overviewMessages } from './messages.ts';
import { type Known, namingOf } from './naming.ts';
import {
  GROUPINGS,
  type GroupBy,
  isMeasured,
  METRICS,
  type Metric,
  splitSeries,
  wholeSeries,
} from './timeline.ts';

interface TimelineProps {
  /** The series that is not split. */
  readonly whole: ReturnType<typeof useAsk<Series>>;
  readonly known: Known;
  readonly onChoose: (fromMs: number, toMs: number) => void;
}

const tall = 'h-72 max-sm:h-60';

/** The card. */
export function TimelineCard({ whole, known, onChoose }: TimelineProps): ReactElement {
  const text = useMessages(overviewMessages);
  const [metric, setMetric] = useState<Metric>('requests');
  const [split, setSplit] = useState<GroupBy | 'none'>('none');
  const shown = { metric, known, onChoose };
  return (
    <Card flush title={text.timeline} actions={<Choices {...{ metric, setMetric, split, setSplit }} />}>
      {split === 'none' ? (
        <Chart asked={whole} split={split} {...shown} />
      ) : (
        // One for each: the answer of another split must not stand in for this one while it is asked for.
        <PartedChart key={split} split={split} {...shown} />
      )}
    </Card>
  );
}

interface ChartProps extends Pick<TimelineProps, 'known' | 'onChoose'> {
  readonly asked: ReturnType<typeof useAsk<Series>>;
  readonly metric: Metric;
  readonly split: GroupBy | 'none';
}

function PartedChart(props: Omit<ChartProps, 'asked'>): ReactElement {
  const [period] = usePeriod();
  const by = props.split === 'provider' ? 'upstream' : props.split;
  const asked = useAsk<Series>('/series', { ...periodQuery(period), by });
  return <Chart asked={asked} {...props} />;
}

/** The chart, with what is to be known of it. */
function Chart({ asked, metric, split, known, onChoose }: ChartProps): ReactElement {
  const text = useMessages(overviewMessages);
  const format = useFormat();
  const { data } = asked;
  const shown = useMemo(() => {
    if (data === undefined) return undefined;
    const buckets = bucketsOf(data);
    const series =
      split === 'none'
        ? wholeSeries(metric, data, buckets, text)
        : splitSeries(metric, data, buckets, namingOf(split, known, text));
    return { buckets, series };
  }, [data, split, metric, known, text]);
  const words = useMemo(() => wordsOf(metric, format), [metric, format]);
  if (data === undefined && asked.error !== null)
    return <Failure error={asked.error} onRetry={() => void asked.refetch()} />;
  return (
    <>
      <p className="min-h-4 px-4 pb-1 text-faint text-xs">{hintOf(data, metric, split, format, text)}</p>
      {shown === undefined ? (
        <div className="px-4 pb-[2.625rem]">
          <Skeleton className={`${tall} rounded-lg`} />
        </div>
      ) : (
        <TimeSeries
          key={metric}
          label={text[metric]}
          kind={isMeasured(metric) ? 'lines' : 'bars'}
          buckets={shown.buckets}
          series={shown.series}
          words={words.full}
          axis={words.axis}
          whole={metric === 'requests' || metric === 'tokens'}
          onChoose={onChoose}
          className={tall}
        />
      )}
    </>
  );
}

interface ChoicesProps {
  readonly metric: Metric;
  readonly setMetric: (metric: Metric) => void;
  readonly split: GroupBy | 'none';
  readonly setSplit: (split: GroupBy | 'none') => void;
}

function Choices({ metric, setMetric, split, setSplit }: ChoicesProps): ReactElement {
  const text = useMessages(overviewMessages);
  return (
    <>
      <Segmented
        label={text.metric}
        value={metric}
        options={METRICS.map((value) => {
          return { value, label: text[value] };
        })}
        onChange={setMetric}
      />
      <div className="w-36">
        <select
          aria-label={text.splitBy}
          className={`${inputLook} pr-8`}
          value={split}
          onChange={({ target }) => setSplit(GROUPINGS.find((one) => one === target.value) ?? 'none')}
        >
          <option value="none">{text.noSplit}</option>
          {GROUPINGS.map((one) => (
            <option key={one} value={one}>
              {groupingName(one, text)}
            </option>
          ))}
        </select>
      </div>
    </>
  );
}

/** What a grouping is called. */
export function groupingName(by: GroupBy, text: OverviewText): string {
  const names: Readonly<Record<GroupBy, string>> = {
    provider: text.byProvider,
    upstream: text.byUpstream,
    key: text.byKey,
    model: text.byModel,
    client: text.byClient,
    route: text.byRoute,
  };
  return names[by];
}

interface Words {
  readonly full: (value: number | undefined) => string;
  readonly axis: (value: number) => string;
}

function wordsOf(metric: Metric, format: Format): Words {
  if (metric === 'cost') return { full: format.money, axis: format.money };
  if (isMeasured(metric)) return { full: format.duration, axis: format.duration };
  return { full: format.integer, axis: format.compact };
}

/** How long a bucket is, what kind of value is drawn, and what can be done. */
function hintOf(
  series: Series | undefined,
  metric: Metric,
  split: GroupBy | 'none',
  format: Format,
  text: OverviewText,
): string {
  if (series === undefined) return ' ';
  const kind =
    split === 'none' || !isMeasured(metric) ? [] : [split === 'provider' ? text.meanHint : text.medianHint];
  return [text.bucket(format.duration(series.bucketMs)), ...kind, text.dragHint].join(' · ');
}
