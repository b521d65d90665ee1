// Everything of one upstream.

import { Link, useNavigate, useParams } from '@tanstack/react-router';
import { KeyRound, Pencil, Server } from 'lucide-react';
import { type ReactElement, useState } from 'react';
import type { UpstreamView } from '../../../../server/src/admin/contract.ts';
import { usePeriod } from '../../app/period.ts';
import { useMessages } from '../../language/messages.ts';
import { Button, buttonLook } from '../../ui/button.tsx';
import { Card, Page } from '../../ui/card.tsx';
import { PeriodPicker } from '../../ui/period-picker.tsx';
import { Answered, Empty } from '../../ui/states.tsx';
import { AccountsCard } from './accounts/accounts-card.tsx';
import { AddKeys } from './add-keys.tsx';
import { GatewayClock } from './clock.tsx';
import { EntryCard } from './detail-entry.tsx';
import { ErrorsCard } from './detail-errors.tsx';
import { FactsCard } from './detail-facts.tsx';
import { detailMessages } from './detail-messages.ts';
import { ModelsCard } from './detail-models.tsx';
import { SeriesCards } from './detail-series.tsx';
import { KeyRow } from './key-row.tsx';
import { upstreamMessages } from './messages.ts';
import { type UpstreamList, useStandings, useUpstreams } from './questions.ts';
import type { Standing } from './standing.ts';
import { UpstreamForm } from './upstream-form.tsx';
import { UpstreamMenu } from './upstream-menu.tsx';
import { Reason, VerdictBadge, VerdictCountdown } from './verdict-words.tsx';

/** The page. */
export function UpstreamPage(): ReactElement {
  const { id } = useParams({ from: '/upstreams/$id' });
  const upstreams = useUpstreams();
  if (upstreams.data === undefined)
    return (
      <Page title={id}>
        <Card>
          <Answered asked={upstreams} lines={12}>
            {() => null}
          </Answered>
        </Card>
      </Page>
    );
  const upstream = upstreams.data.upstreams.find((one) => one.id === id);
  return upstream === undefined ? <NotThere id={id} /> : <Known list={upstreams.data} upstream={upstream} />;
}

function NotThere({ id }: { readonly id: string }): ReactElement {
  const text = useMessages(detailMessages);
  const [period] = usePeriod();
  return (
    <Page title={id}>
      <Card>
        <Empty
          icon={Server}
          title={text.notThere}
          action={
            <Link to="/upstreams" search={period} className={buttonLook()}>
              {text.toList}
            </Link>
          }
        >
          {text.notThereHint}
        </Empty>
      </Card>
    </Page>
  );
}

function Known({
  list,
  upstream,
}: {
  readonly list: UpstreamList;
  readonly upstream: UpstreamView;
}): ReactElement {
  const navigate = useNavigate();
  const [period] = usePeriod();
  const { standings, nowMs } = useStandings(list);
  const standing = standings.find((one) => one.upstream === upstream);
  return (
    <Page
      title={upstream.id}
      hint={standing && <Headline standing={standing} />}
      actions={
        <>
          <PeriodPicker />
          <Actions upstream={upstream} />
          <UpstreamMenu
            upstream={upstream}
            onRemoved={() => void navigate({ to: '/upstreams', search: period })}
          />
        </>
      }
    >
      <GatewayClock />
      <div className="grid items-start gap-4 xl:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
        {standing !== undefined &&
          (upstream.accounts === undefined ? (
            <KeysCard standing={standing} nowMs={nowMs} />
          ) : (
            <AccountsCard standing={standing} nowMs={nowMs} />
          ))}
        <FactsCard upstream={upstream} />
      </div>
      <SeriesCards id={upstream.id} />
      <div className="grid items-start gap-4 xl:grid-cols-2">
        <ErrorsCard id={upstream.id} />
        <ModelsCard upstream={upstream} />
      </div>
      <EntryCard id={upstream.id} />
    </Page>
  );
}

function Headline({ standing }: { readonly standing: Standing }): ReactElement {
  const { upstream, verdict } = standing;
  return (
    <span className="flex flex-wrap items-center gap-2">
      <VerdictBadge verdict={verdict} />
      <VerdictCountdown verdict={verdict} />
      {verdict.because === undefined ? (
        <span>{upstream.providerName}</span>
      ) : (
        <Reason standing={verdict.because} />
      )}
    </span>
  );
}

function Actions({ upstream }: { readonly upstream: UpstreamView }): ReactElement {
  const text = useMessages(upstreamMessages);
  const [open, setOpen] = useState<'edit' | 'keys' | undefined>();
  const close = (): void => setOpen(undefined);
  return (
    <>
      {upstream.accounts === undefined && (
        <Button onClick={() => setOpen('keys')}>
          <KeyRound aria-hidden="true" className="size-4" />
          {text.addKey}
        </Button>
      )}
      <Button onClick={() => setOpen('edit')}>
        <Pencil aria-hidden="true" className="size-4" />
        {text.edit}
      </Button>
      <AddKeys open={open === 'keys'} onClose={close} upstream={upstream} />
      <UpstreamForm open={open === 'edit'} onClose={close} upstream={upstream} />
    </>
  );
}

function KeysCard({
  standing,
  nowMs,
}: {
  readonly standing: Standing;
  readonly nowMs: number;
}): ReactElement {
  const text = useMessages(upstreamMessages);
  const { keys, verdict } = standing;
  return (
    <Card title={text.keys}>
      {keys.length === 0 ? (
        <p className="text-faint text-sm">
          {verdict.condition === 'keyless' ? text.noKeysNeeded : text.noKeys}
        </p>
      ) : (
        <ul aria-label={text.keys}>
          {keys.map((key) => (
            <KeyRow key={key.keyId} value={key} nowMs={nowMs} full />
          ))}
        </ul>
      )}
    </Card>
  );
}
