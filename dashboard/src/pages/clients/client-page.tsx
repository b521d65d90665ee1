// One client: how its budgets stand, what it used and when, what it may use, and what it did last.

import { Link, useNavigate, useParams } from '@tanstack/react-router';
import { Users } from 'lucide-react';
import type { ReactElement } from 'react';
import type { ClientView } from '../../../../server/src/admin/contract.ts';
import { usePeriod } from '../../app/period.ts';
import { useMessages } from '../../language/messages.ts';
import { Badge } from '../../ui/badge.tsx';
import { buttonLook } from '../../ui/button.tsx';
import { Card, Page } from '../../ui/card.tsx';
import { PeriodPicker } from '../../ui/period-picker.tsx';
import { Answered, Empty } from '../../ui/states.tsx';
import { ClientAccess } from './client-access.tsx';
import { ClientBudgets } from './client-budgets.tsx';
import { ClientMenu } from './client-menu.tsx';
import { ClientModels } from './client-models.tsx';
import { ClientRequests } from './client-requests.tsx';
import { ClientState } from './client-state.tsx';
import { ClientUsage } from './client-usage.tsx';
import { clientMessages } from './messages.ts';
import { type Use, useClients, useClientUse } from './questions.ts';

/** The page. */
export function ClientPage(): ReactElement {
  const { id = '' } = useParams({ strict: false });
  const clients = useClients();
  const use = useClientUse();
  return (
    <Answered asked={clients} lines={12}>
      {({ clients: all }) => {
        const client = all.find((one) => one.id === id);
        const used = use.data?.clients.find((one) => one.id === id);
        if (client === undefined && use.data !== undefined && used === undefined) return <Missing id={id} />;
        return <Loaded id={id} client={client} use={used} isLast={all.length === 1} />;
      }}
    </Answered>
  );
}

function Missing({ id }: { readonly id: string }): ReactElement {
  const text = useMessages(clientMessages);
  return (
    <Page title={id} actions={<PeriodPicker />}>
      <Card>
        <Empty
          icon={Users}
          title={text.missing(id)}
          action={
            <Link to="/clients" className={buttonLook()}>
              {text.toClients}
            </Link>
          }
        >
          {text.missingHint}
        </Empty>
      </Card>
    </Page>
  );
}

interface LoadedProps {
  readonly id: string;
  readonly client: ClientView | undefined;
  readonly use: Use | undefined;
  readonly isLast: boolean;
}

function Loaded({ id, client, use, isLast }: LoadedProps): ReactElement {
  const text = useMessages(clientMessages);
  const navigate = useNavigate();
  const [period] = usePeriod();
  return (
    <Page
      title={id}
      hint={
        <span className="flex flex-wrap items-center gap-2">
          {client?.name}
          {client === undefined ? (
            <Badge title={text.goneHint}>{text.gone}</Badge>
          ) : (
            <ClientState client={client} />
          )}
        </span>
      }
      actions={
        <>
          <PeriodPicker />
          {client?.inFile === true && (
            <ClientMenu
              client={client}
              isLast={isLast}
              onRemoved={() => void navigate({ to: '/clients', search: period })}
            />
          )}
        </>
      }
    >
      <ClientUsage id={id} use={use} />
      <div className="grid items-start gap-4 lg:grid-cols-2">
        <ClientBudgets use={use} />
        {client !== undefined && <ClientAccess client={client} hasBudget={(use?.budgets.length ?? 0) > 0} />}
      </div>
      <ClientModels id={id} />
      <ClientRequests id={id} />
    </Page>
  );
}
