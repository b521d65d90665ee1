// All upstreams with their keys: who is well, who is not and why, and everything that can be done about it.

import { ListOrdered, Plus, Server } from 'lucide-react';
import { type ReactElement, useState } from 'react';
import type { Series, TotalsView } from '../../../../server/src/admin/contract.ts';
import { useWish } from '../../app/wish.ts';
import { useFormat } from '../../language/format.ts';
import { useMessages } from '../../language/messages.ts';
import { Button } from '../../ui/button.tsx';
import { Card, Page } from '../../ui/card.tsx';
import { PeriodPicker } from '../../ui/period-picker.tsx';
import { Segmented } from '../../ui/segmented.tsx';
import { Answered, Empty } from '../../ui/states.tsx';
import { OtherLogins } from './accounts/accounts-card.tsx';
import { GatewayClock } from './clock.tsx';
import { upstreamMessages } from './messages.ts';
import { OrderDialog } from './order-dialog.tsx';
import { type StandingsNow, useSeries, useStandings, useSums, useUpstreams } from './questions.ts';
import { type CardGroup, type CardOrder, grouped, unwellOf } from './standing.ts';
import { UpstreamCard } from './upstream-card.tsx';
import { UpstreamForm } from './upstream-form.tsx';

/** The page. */
export function UpstreamsPage(): ReactElement {
  const text = useMessages(upstreamMessages);
  const [order, setOrder] = useState<CardOrder>('priority');
  const [open, setOpen] = useState<'add' | 'order' | undefined>();
  useWish('add', () => setOpen('add'));
  const upstreams = useUpstreams();
  const now = useStandings(upstreams.data);
  const unwell = unwellOf(now.standings);
  const close = (): void => setOpen(undefined);
  const list = upstreams.data?.upstreams ?? [];
  return (
    <Page
      title={text.title}
      hint={unwell === 0 ? text.hint : text.hintUnwell(unwell)}
      actions={
        <>
          <PeriodPicker />
          <Segmented
            label={text.sort}
            value={order}
            options={[
              { value: 'priority', label: text.sortPriority },
              { value: 'unwell', label: text.sortUnwell },
              { value: 'name', label: text.sortName },
            ]}
            onChange={setOrder}
          />
          <Button disabled={list.length < 2} onClick={() => setOpen('order')}>
            <ListOrdered aria-hidden="true" className="size-4" />
            {text.reorder}
          </Button>
          <Button weight="primary" onClick={() => setOpen('add')}>
            <Plus aria-hidden="true" className="size-4" />
            {text.add}
          </Button>
        </>
      }
    >
      <GatewayClock />
      <Answered asked={upstreams} lines={12}>
        {() => <Cards now={now} order={order} onAdd={() => setOpen('add')} />}
      </Answered>
      {upstreams.data !== undefined && list.every(({ accounts }) => accounts === undefined) && (
        <OtherLogins />
      )}
      <UpstreamForm open={open === 'add'} onClose={close} />
      <OrderDialog open={open === 'order'} onClose={close} upstreams={list} />
    </Page>
  );
}

interface CardsProps {
  readonly now: StandingsNow;
  readonly order: CardOrder;
  readonly onAdd: () => void;
}

function Cards({ now, order, onAdd }: CardsProps): ReactElement {
  const text = useMessages(upstreamMessages);
  const { standings, nowMs } = now;
  const sums = useSums();
  const series = useSeries();
  if (standings.length === 0)
    return (
      <Card>
        <Empty icon={Server} title={text.none} action={<Button onClick={onAdd}>{text.add}</Button>}>
          {text.noneHint}
        </Empty>
      </Card>
    );
  return (
    <>
      {grouped(standings, order).map((group, place) => (
        <Group
          key={group.priority ?? order}
          group={group}
          isFirst={place === 0}
          nowMs={nowMs}
          sums={sums}
          series={series.data}
        />
      ))}
    </>
  );
}

interface GroupProps {
  readonly group: CardGroup;
  readonly isFirst: boolean;
  readonly nowMs: number;
  readonly sums: ReadonlyMap<string, TotalsView> | undefined;
  readonly series: Series | undefined;
}

function Group({ group, isFirst, nowMs, sums, series }: GroupProps): ReactElement {
  const text = useMessages(upstreamMessages);
  const format = useFormat();
  const { priority, members } = group;
  const title = priority === undefined ? text.title : text.priority(format.integer(priority));
  return (
    <section aria-label={title} className="flex flex-col gap-2">
      <h2 className={priority === undefined ? 'sr-only' : 'font-medium text-soft text-xs'}>
        {title}
        {priority !== undefined && (
          <span className="ml-2 font-normal text-faint">
            {isFirst ? text.priorityFirst : text.priorityLater}
          </span>
        )}
      </h2>
      <div className="grid items-start gap-4 lg:grid-cols-2 2xl:grid-cols-3">
        {members.map((standing) => (
          <UpstreamCard
            key={standing.upstream.id}
            standing={standing}
            nowMs={nowMs}
            totals={sums?.get(standing.upstream.id)}
            series={series}
          />
        ))}
      </div>
    </section>
  );
}
