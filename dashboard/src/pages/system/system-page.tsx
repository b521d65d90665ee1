// How the gateway itself is: its process, its ledger, its cache, captures, the log, the ways in, and who has changed what.

import { useSearch } from '@tanstack/react-router';
import { type ReactElement, useEffect } from 'react';
import type { EffectiveConfigView, Status } from '../../../../server/src/admin/contract.ts';
import { useAsk } from '../../api/queries.ts';
import { useMessages } from '../../language/messages.ts';
import { Page } from '../../ui/card.tsx';
import { Answered } from '../../ui/states.tsx';
import { AdminCard } from './admin-card.tsx';
import { AttentionCard } from './attention-card.tsx';
import { AuditCard } from './audit-card.tsx';
import { CacheCard } from './cache-card.tsx';
import { CaptureCard } from './capture-card.tsx';
import { HealthCard } from './health-card.tsx';
import { LedgerCard } from './ledger-card.tsx';
import { LogCard } from './log-card.tsx';
import { systemMessages } from './messages.ts';
import { metricsAreOn } from './questions.ts';

const STATUS_EVERY_MS = 5_000;
/** Cards that an address may lead to: /system?tab=capture. */
const PLACES: Readonly<Record<string, string>> = { capture: 'capture', audit: 'audit' };

/** The page. */
export function SystemPage(): ReactElement {
  const text = useMessages(systemMessages);
  const status = useAsk<Status>('/status', {}, { everyMs: STATUS_EVERY_MS });
  return (
    <Page title={text.title} hint={text.hint}>
      <Answered asked={status} lines={12}>
        {(now) => <Cards status={now} />}
      </Answered>
    </Page>
  );
}

function Cards({ status }: { readonly status: Status }): ReactElement {
  const { tab } = useSearch({ strict: false });
  const effective = useAsk<EffectiveConfigView>(
    '/config/effective',
    {},
    { everyMs: 60_000, enabled: status.parts['config'] === true },
  );
  useEffect(() => {
    const place = tab === undefined ? undefined : PLACES[tab];
    if (place !== undefined) document.getElementById(place)?.scrollIntoView({ block: 'center' });
  }, [tab]);
  return (
    <>
      <AttentionCard notices={status.notices} problems={effective.data?.problems ?? []} />
      <HealthCard status={status} />
      <LedgerCard status={status} />
      <div className="grid items-start gap-4 lg:grid-cols-2">
        <div className="flex min-w-0 flex-col gap-4">
          <CacheCard cache={status.cache} />
          {status.parts['capture'] === true && <CaptureCard />}
        </div>
        <div className="flex min-w-0 flex-col gap-4">
          <AdminCard hasMetrics={metricsAreOn(effective.data?.config)} />
          <LogCard />
        </div>
      </div>
      <AuditCard />
    </>
  );
}
