// One upstream as a card: how it stands and why, what it did in the period, its keys, its last errors.

import { Link } from '@tanstack/react-router';
import type { ReactElement, ReactNode } from 'react';
import type { Series, TotalsView } from '../../../../server/src/admin/contract.ts';
import { usePeriod } from '../../app/period.ts';
import { bucketsOf, fill } from '../../charts/buckets.ts';
import { Sparkline } from '../../charts/sparkline.tsx';
import { useFormat } from '../../language/format.ts';
import { useMessages } from '../../language/messages.ts';
import { Badge } from '../../ui/badge.tsx';
import { classes } from '../../ui/classes.ts';
import { AccountsInShort } from './accounts/accounts-card.tsx';
import { KeyRow } from './key-row.tsx';
import { LastErrors } from './last-errors.tsx';
import { upstreamMessages } from './messages.ts';
import type { Standing } from './standing.ts';
import { UpstreamMenu } from './upstream-menu.tsx';
import { Reason, VerdictBadge, VerdictCountdown } from './verdict-words.tsx';

interface UpstreamCardProps {
  readonly standing: Standing;
  /** By the gateway's clock, when it was heard of. */
  readonly nowMs: number;
  /** Of the period; undefined: nothing was asked of it. */
  readonly totals: TotalsView | undefined;
  readonly series: Series | undefined;
}

const KEYS_SHOWN = 4;
const ERRORS_SHOWN = 3;

/** The card. */
export function UpstreamCard({ standing, nowMs, totals, series }: UpstreamCardProps): ReactElement {
  const { upstream, keys, verdict } = standing;
  const isOff = verdict.condition === 'off';
  return (
    <article
      aria-label={upstream.id}
      className="flex min-w-0 flex-col gap-3 rounded-xl border border-line bg-surface p-4"
    >
      <Head standing={standing} />
      <div className={classes('flex flex-col gap-3', isOff && 'opacity-70')}>
        <Figures standing={standing} totals={totals} series={series} />
        {upstream.accounts === undefined ? (
          <Keys standing={standing} nowMs={nowMs} />
        ) : (
          <AccountsInShort standing={standing} nowMs={nowMs} />
        )}
        {(totals?.errors ?? 0) > 0 && <LastErrors upstreamId={upstream.id} count={ERRORS_SHOWN} />}
      </div>
      {upstream.accounts === undefined && keys.length === 0 && verdict.condition === 'keyless' && <Keyless />}
    </article>
  );
}

function Keyless(): ReactElement {
  const text = useMessages(upstreamMessages);
  return <p className="text-bad text-sm">{text.noKeysNeeded}</p>;
}

function Head({ standing }: { readonly standing: Standing }): ReactElement {
  const text = useMessages(upstreamMessages);
  const [period] = usePeriod();
  const { upstream, verdict } = standing;
  const { because } = verdict;
  const isOwn = because?.scope === 'upstream';
  return (
    <header className="flex flex-col gap-1">
      <div className="flex flex-wrap items-center gap-x-2 gap-y-1">
        <h3 className="min-w-0 truncate font-semibold">
          <Link to="/upstreams/$id" params={{ id: upstream.id }} search={period} className="hover:underline">
            {upstream.id}
          </Link>
        </h3>
        <VerdictBadge verdict={verdict} />
        <span className="text-soft text-xs">
          <VerdictCountdown verdict={verdict} />
        </span>
        {!upstream.inFile && <Badge title={text.notInFileHint}>{text.notInFile}</Badge>}
        <span className="-my-1 -mr-2 ml-auto">
          <UpstreamMenu upstream={upstream} />
        </span>
      </div>
      <p className="truncate text-faint text-xs">
        {upstream.providerName} · {upstream.dialects.join(', ')}
      </p>
      {isOwn && (
        <p className="text-soft text-xs">
          <Reason standing={because} />
        </p>
      )}
    </header>
  );
}

function Figures({ standing, totals, series }: Omit<UpstreamCardProps, 'nowMs'>): ReactElement {
  const text = useMessages(upstreamMessages);
  const format = useFormat();
  const { upstream } = standing;
  const { requests = 0, errors = 0, costNanoUsd = 0, ttft } = totals ?? {};
  const share = requests === 0 ? undefined : errors / requests;
  return (
    <div className="flex items-end gap-4">
      <dl className="grid flex-1 grid-cols-4 gap-x-3">
        <Figure name={text.requests} title={text.nowServing(format.integer(upstream.inFlight))}>
          {format.compact(requests)}
          {upstream.inFlight > 0 && (
            <span className="ml-1 font-normal text-water text-xs">+{format.integer(upstream.inFlight)}</span>
          )}
        </Figure>
        <Figure
          name={text.errors}
          {...(errors > 0 ? { className: 'text-bad', title: format.percent(share) } : {})}
        >
          {format.compact(errors)}
        </Figure>
        <Figure name={text.cost}>{format.money(costNanoUsd)}</Figure>
        <Figure name={text.ttft} title={text.ttftHint}>
          {format.duration(ttft === undefined || ttft.count === 0 ? undefined : Math.round(ttft.p50Ms))}
        </Figure>
      </dl>
      <div className="hidden h-8 w-28 shrink-0 sm:block">
        {series !== undefined && requests > 0 && <TtftLine series={series} id={upstream.id} />}
      </div>
    </div>
  );
}

function TtftLine({ series, id }: { readonly series: Series; readonly id: string }): ReactElement {
  const text = useMessages(upstreamMessages);
  const own = series.points.filter(({ name }) => name === id);
  const values = fill(
    bucketsOf(series),
    own,
    ({ totals: { ttft } }) => (ttft.count === 0 ? undefined : ttft.p50Ms),
    'gap',
  );
  return <Sparkline values={values} label={text.ttftHint} className="h-8 w-full text-water" />;
}

function Figure({
  name,
  title,
  className,
  children,
}: {
  readonly name: string;
  readonly title?: string;
  readonly className?: string;
  readonly children: ReactNode;
}): ReactElement {
  return (
    <div className="min-w-0" title={title}>
      <dt className="truncate text-2xs text-faint">{name}</dt>
      <dd className={classes('truncate font-semibold text-sm tabular-nums', className)}>{children}</dd>
    </div>
  );
}

function Keys({ standing, nowMs }: Pick<UpstreamCardProps, 'standing' | 'nowMs'>): ReactElement | null {
  const text = useMessages(upstreamMessages);
  const [period] = usePeriod();
  const { keys, upstream } = standing;
  if (keys.length === 0) return null;
  // Those against which something stands come first: with many keys they are the ones to be seen.
  const shown = [...keys]
    .sort((one, other) => Number(other.standings.length > 0) - Number(one.standings.length > 0))
    .slice(0, KEYS_SHOWN);
  const inOrder = keys.filter((key) => shown.includes(key));
  const left = keys.length - shown.length;
  return (
    <div>
      <ul aria-label={text.keys}>
        {inOrder.map((key) => (
          <KeyRow key={key.keyId} value={key} nowMs={nowMs} />
        ))}
      </ul>
      {left > 0 && (
        <Link
          to="/upstreams/$id"
          params={{ id: upstream.id }}
          search={period}
          className="text-water text-xs hover:underline"
        >
          {text.moreKeys(left)}
        </Link>
      )}
    </div>
  );
}
