// What an upstream did over time: requests with their errors, and how long the first output took.

import { type ReactElement, useMemo } from 'react';
import type { Series, TotalsView } from '../../../../server/src/admin/contract.ts';
import { usePeriod } from '../../app/period.ts';
import { bucketsOf, fill } from '../../charts/buckets.ts';
import { type ChartSeries, TimeSeries } from '../../charts/time-series.tsx';
import { useFormat } from '../../language/format.ts';
import { useMessages } from '../../language/messages.ts';
import { Card } from '../../ui/card.tsx';
import { Answered, Empty } from '../../ui/states.tsx';
import { detailMessages } from './detail-messages.ts';
import { useSeries } from './questions.ts';

/** Both charts. */
export function SeriesCards({ id }: { readonly id: string }): ReactElement {
  const text = useMessages(detailMessages);
  const series = useSeries(id);
  return (
    <div className="grid gap-4 lg:grid-cols-2">
      <Card flush title={text.requestsChart}>
        <Answered asked={series}>{(data) => <RequestsChart data={data} id={id} />}</Answered>
      </Card>
      <Card flush title={text.ttftChart}>
        <Answered asked={series}>{(data) => <TtftChart data={data} id={id} />}</Answered>
      </Card>
    </div>
  );
}

interface ChartProps {
  readonly data: Series;
  readonly id: string;
}

function useLines(data: Series, id: string) {
  return useMemo(() => {
    const buckets = bucketsOf(data);
    const own = data.points.filter(({ name }) => name === id);
    const line = (pick: (totals: TotalsView) => number | undefined, empty: 'zero' | 'gap') =>
      fill(buckets, own, ({ totals }) => pick(totals), empty);
    return { buckets, line, isEmpty: own.length === 0 };
  }, [data, id]);
}

const PICTURE = 'h-48';

function RequestsChart({ data, id }: ChartProps): ReactElement {
  const text = useMessages(detailMessages);
  const format = useFormat();
  const [, choose] = usePeriod();
  const { buckets, line, isEmpty } = useLines(data, id);
  const series = useMemo<readonly ChartSeries[]>(
    () => [
      {
        id: 'good',
        label: text.good,
        values: line(({ requests, errors }) => requests - errors, 'zero'),
        colour: 'series-1',
      },
      { id: 'errors', label: text.errors, values: line(({ errors }) => errors, 'zero'), colour: 'bad' },
    ],
    [line, text],
  );
  if (isEmpty) return <Empty title={text.nothingYet} />;
  return (
    <TimeSeries
      label={text.requestsChart}
      kind="bars"
      whole
      buckets={buckets}
      series={series}
      words={format.integer}
      axis={format.compact}
      onChoose={(from, to) => choose({ from, to })}
      className={PICTURE}
    />
  );
}

function TtftChart({ data, id }: ChartProps): ReactElement {
  const text = useMessages(detailMessages);
  const format = useFormat();
  const [, choose] = usePeriod();
  const { buckets, line, isEmpty } = useLines(data, id);
  const series = useMemo<readonly ChartSeries[]>(
    () => [
      {
        id: 'median',
        label: text.median,
        values: line(({ ttft }) => (ttft.count === 0 ? undefined : ttft.p50Ms), 'gap'),
        colour: 'series-1',
      },
      {
        id: 'p95',
        label: text.p95,
        values: line(({ ttft }) => (ttft.count === 0 ? undefined : ttft.p95Ms), 'gap'),
        colour: 'series-3',
      },
    ],
    [line, text],
  );
  if (isEmpty) return <Empty title={text.nothingYet} />;
  return (
    <TimeSeries
      label={text.ttftChart}
      kind="lines"
      buckets={buckets}
      series={series}
      words={(ms) => format.duration(ms)}
      onChoose={(from, to) => choose({ from, to })}
      className={PICTURE}
    />
  );
}
