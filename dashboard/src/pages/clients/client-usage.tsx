// What a client used over time, by model.

import { type ReactElement, useMemo, useState } from 'react';
import type { Series } from '../../../../server/src/admin/contract.ts';
import { useAsk } from '../../api/queries.ts';
import { periodQuery, usePeriod } from '../../app/period.ts';
import { bucketsOf } from '../../charts/buckets.ts';
import { TimeSeries } from '../../charts/time-series.tsx';
import { useFormat } from '../../language/format.ts';
import { useMessages } from '../../language/messages.ts';
import { Card } from '../../ui/card.tsx';
import { Figures } from '../../ui/figures.tsx';
import { Segmented } from '../../ui/segmented.tsx';
import { Failure, Skeleton } from '../../ui/states.tsx';
import { splitSeries } from '../overview/timeline.ts';
import { clientMessages } from './messages.ts';
import type { Use } from './questions.ts';

const METRICS = ['cost', 'requests', 'tokens'] as const;
type Metric = (typeof METRICS)[number];

const tall = 'h-60';
const itself = (name: string): string => name;

interface ClientUsageProps {
  readonly id: string;
  readonly use: Use | undefined;
}

/** The card. */
export function ClientUsage({ id, use }: ClientUsageProps): ReactElement {
  const text = useMessages(clientMessages);
  const format = useFormat();
  const [metric, setMetric] = useState<Metric>('cost');
  const [period, choose] = usePeriod();
  const asked = useAsk<Series>('/series', { ...periodQuery(period), client: [id], by: 'model' });
  const { data } = asked;
  const shown = useMemo(() => {
    if (data === undefined) return undefined;
    const buckets = bucketsOf(data);
    const naming = { groupOf: itself, labelOf: itself, others: text.others };
    return { buckets, series: splitSeries(metric, data, buckets, naming) };
  }, [data, metric, text]);
  const words = useMemo(
    () =>
      metric === 'cost'
        ? { full: format.money, axis: format.money }
        : { full: format.integer, axis: format.compact },
    [metric, format],
  );
  const hint = data === undefined ? ' ' : `${text.bucket(format.duration(data.bucketMs))} · ${text.dragHint}`;
  return (
    <Card
      flush
      title={text.use}
      hint={hint}
      actions={
        <Segmented
          label={text.metric}
          value={metric}
          options={METRICS.map((value) => ({ value, label: text[value] }))}
          onChange={setMetric}
        />
      }
    >
      <div className="px-4 pb-3">
        <Sums use={use} />
      </div>
      {shown === undefined ? (
        <div className="px-4 pb-4">
          {asked.error === null ? (
            <Skeleton className={`${tall} mb-10 rounded-lg`} />
          ) : (
            <Failure error={asked.error} onRetry={() => void asked.refetch()} />
          )}
        </div>
      ) : (
        <TimeSeries
          key={metric}
          label={text[metric]}
          kind="bars"
          buckets={shown.buckets}
          series={shown.series}
          words={words.full}
          axis={words.axis}
          whole={metric !== 'cost'}
          onChoose={(from, to) => choose({ from, to })}
          className={tall}
        />
      )}
    </Card>
  );
}

function Sums({ use }: { readonly use: Use | undefined }): ReactElement {
  const text = useMessages(clientMessages);
  const format = useFormat();
  return (
    <Figures
      figures={[
        {
          name: text.cost,
          value: format.money(use?.costNanoUsd),
          hint: use === undefined || use.unpriced === 0 ? ' ' : text.unpriced(format.integer(use.unpriced)),
        },
        { name: text.requests, value: format.integer(use?.requests) },
        {
          name: text.errors,
          value: format.integer(use?.errors),
          ...((use?.errors ?? 0) > 0 ? { tone: 'bad' as const } : {}),
        },
        { name: text.tokens, value: format.compact(use?.tokens) },
      ]}
    />
  );
}
