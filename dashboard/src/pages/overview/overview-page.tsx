// The overview: what is unwell, how much flows, what it costs, how fast it is, and where it goes.

import { Link } from '@tanstack/react-router';
import { Undo2 } from 'lucide-react';
import { type ReactElement, useMemo, useRef } from 'react';
import type {
  AccountList,
  EffectiveConfigView,
  KeyList,
  Overview,
  Series,
  Status,
  UnpricedList,
  UpstreamView,
} from '../../../../server/src/admin/contract.ts';
import { useAsk } from '../../api/queries.ts';
import { type PeriodSearch, periodQuery, usePeriod } from '../../app/period.ts';
import { useMessages } from '../../language/messages.ts';
import { Button, buttonLook } from '../../ui/button.tsx';
import { Card, Page } from '../../ui/card.tsx';
import { PeriodPicker } from '../../ui/period-picker.tsx';
import { Failure } from '../../ui/states.tsx';
import { FiguresGrid } from './figures-grid.tsx';
import { GroupsCard } from './groups-card.tsx';
import { overviewMessages } from './messages.ts';
import type { Known } from './naming.ts';
import { TimelineCard } from './timeline-card.tsx';
import { findingsOf } from './unwell.ts';
import { UnwellStrip } from './unwell-strip.tsx';

const SELDOM_MS = 60_000;

/** The page. */
export function OverviewPage(): ReactElement {
  const text = useMessages(overviewMessages);
  const [period] = usePeriod();
  const zoom = useZoom();
  const overview = useAsk<Overview>('/overview', { ...periodQuery(period) });
  const series = useAsk<Series>('/series', { ...periodQuery(period) });
  const health = useHealth(period);
  const { known, status } = health;
  const isNew = status !== undefined && (status.demo || status.upstreams === 0);
  return (
    <Page
      title={text.title}
      actions={
        <>
          {zoom.canGoBack && (
            <Button weight="quiet" onClick={zoom.back}>
              <Undo2 aria-hidden="true" className="size-4" />
              {text.back}
            </Button>
          )}
          <PeriodPicker />
        </>
      }
    >
      {isNew && <FirstRun />}
      <UnwellStrip findings={health.findings} status={status} keys={health.keys} />
      {overview.data === undefined && overview.error !== null ? (
        <Card flush>
          <Failure error={overview.error} onRetry={() => void overview.refetch()} />
        </Card>
      ) : (
        <FiguresGrid overview={overview.data} series={series.data} />
      )}
      <TimelineCard whole={series} known={known} onChoose={zoom.into} />
      <GroupsCard known={known} />
    </Page>
  );
}

/** Looking closer at a stretch, and the way back to where one was. */
function useZoom() {
  const [period, choose] = usePeriod();
  const passed = useRef<PeriodSearch[]>([]);
  return {
    /** Also where the address came with a stretch: then the way back leads to the usual period. */
    canGoBack: period.from !== undefined,
    into: (fromMs: number, toMs: number): void => {
      passed.current.push(period);
      choose({ from: Math.round(fromMs), to: Math.round(toMs) });
    },
    back: (): void => choose(passed.current.pop() ?? {}),
  };
}

/** What is known of how the gateway is. */
function useHealth(period: PeriodSearch) {
  const { data: status } = useAsk<Status>('/status');
  const { data: keys } = useAsk<KeyList>('/keys');
  const { data: unpriced } = useAsk<UnpricedList>(
    '/prices/unpriced',
    { ...periodQuery(period) },
    {
      everyMs: SELDOM_MS,
    },
  );
  const { data: stored } = useAsk<AccountList>('/accounts', {}, { everyMs: SELDOM_MS });
  const { data: effective } = useAsk<EffectiveConfigView>('/config/effective', {}, { everyMs: SELDOM_MS });
  const { data: listed } = useAsk<{ readonly upstreams: readonly UpstreamView[] }>(
    '/upstreams',
    {},
    { everyMs: SELDOM_MS },
  );
  const known = useMemo<Known>(() => {
    return { upstreams: listed?.upstreams ?? [], keys: keys?.keys ?? [] };
  }, [listed, keys]);
  const findings = useMemo(() => {
    if (status === undefined || keys === undefined) return undefined;
    const limit = effective?.values.find(({ path }) => path === 'storage.maxBytes')?.value;
    return findingsOf({
      status,
      keys: keys.keys,
      accounts: stored?.accounts,
      upstreams: listed?.upstreams,
      problems: effective?.problems,
      unpriced,
      storageLimit: typeof limit === 'number' ? limit : undefined,
    });
  }, [status, keys, stored, listed, effective, unpriced]);
  return { status, keys, known, findings };
}

/** The way in, where nothing has been set up. */
function FirstRun(): ReactElement {
  const text = useMessages(overviewMessages);
  return (
    <section className="flex flex-wrap items-center gap-x-6 gap-y-3 rounded-xl border border-water/40 bg-water-soft p-4">
      <div className="min-w-0 flex-1 basis-72">
        <h2 className="font-semibold">{text.firstTitle}</h2>
        <p className="text-sm text-soft">{text.firstHint}</p>
      </div>
      <Link to="/welcome" className={buttonLook('primary')}>
        {text.firstAction}
      </Link>
    </section>
  );
}
