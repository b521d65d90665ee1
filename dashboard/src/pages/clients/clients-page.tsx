// Who may call the gateway: what each client may use, how its budgets stand, and what it has used in the period of the page.

import { Link } from '@tanstack/react-router';
import { Plus, Users } from 'lucide-react';
import { type ReactElement, useMemo, useState } from 'react';
import type { ClientView } from '../../../../server/src/admin/contract.ts';
import { usePeriod } from '../../app/period.ts';
import { useWish } from '../../app/wish.ts';
import { useFormat } from '../../language/format.ts';
import { useMessages } from '../../language/messages.ts';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { Card, Page } from '../../ui/card.tsx';
import { PeriodPicker } from '../../ui/period-picker.tsx';
import { Answered, Empty, Failure, Loading } from '../../ui/states.tsx';
import { type Column, Table } from '../../ui/table.tsx';
import { BudgetMeter } from './budget-meter.tsx';
import { ClientMenu } from './client-menu.tsx';
import { ClientState } from './client-state.tsx';
import { ClientForm } from './form/client-form.tsx';
import { clientMessages } from './messages.ts';
import { type Use, useClients, useClientUse, usePeriodLengthMs, useRoutes } from './questions.ts';
import { scopeWords } from './scope-words.ts';

/** A client that there is, or one that only the ledger knows. */
interface Row {
  readonly id: string;
  readonly client: ClientView | undefined;
  readonly use: Use | undefined;
}

/** The page. */
export function ClientsPage(): ReactElement {
  const text = useMessages(clientMessages);
  const [isAdding, setAdding] = useState(false);
  useWish('add', () => setAdding(true));
  const asked = useClients();
  const use = useClientUse();
  const add = (
    <Button weight="primary" onClick={() => setAdding(true)}>
      <Plus aria-hidden="true" className="size-4" />
      {text.add}
    </Button>
  );
  return (
    <Page
      title={text.title}
      hint={text.hint}
      actions={
        <>
          <PeriodPicker />
          {add}
        </>
      }
    >
      <Answered asked={asked} lines={8}>
        {({ clients }) => (
          <Card flush>
            {use.error !== null && use.data === undefined && <Failure error={use.error} />}
            {use.isPending ? (
              // Without the budgets rows would be lower, and jump.
              <Loading lines={8} />
            ) : (
              <ClientTable rows={rowsOf(clients, use.data?.clients)} clients={clients.length} />
            )}
          </Card>
        )}
      </Answered>
      <ClientForm open={isAdding} onClose={() => setAdding(false)} />
    </Page>
  );
}

/** Clients with their use; those that have gone and were used come last. */
function rowsOf(clients: readonly ClientView[], use: readonly Use[] = []): readonly Row[] {
  const isThere = new Set(clients.map(({ id }) => id));
  return [
    ...clients.map((client) => ({ id: client.id, client, use: use.find(({ id }) => id === client.id) })),
    ...use
      .filter(({ id }) => !isThere.has(id))
      .map((one) => {
        return { id: one.id, client: undefined, use: one };
      }),
  ];
}

function ClientTable({
  rows,
  clients,
}: {
  readonly rows: readonly Row[];
  readonly clients: number;
}): ReactElement {
  const text = useMessages(clientMessages);
  const columns = useColumns(clients);
  return (
    <Table
      label={text.title}
      columns={columns}
      rows={rows}
      keyOf={({ id }) => id}
      empty={
        <Empty icon={Users} title={text.none}>
          {text.noneHint}
        </Empty>
      }
    />
  );
}

function useColumns(clients: number): readonly Column<Row>[] {
  const text = useMessages(clientMessages);
  const format = useFormat();
  const lengthMs = usePeriodLengthMs();
  return useMemo(() => {
    const figure = (id: 'requests' | 'errors' | 'tokens', from?: 'sm' | 'lg' | 'xl'): Column<Row> => ({
      id,
      title: text[id],
      align: 'right',
      by: ({ use }) => use?.[id],
      cell: ({ use }) => (id === 'tokens' ? format.compact(use?.[id]) : format.integer(use?.[id])),
      ...(from === undefined ? {} : { from }),
    });
    return [
      {
        id: 'name',
        title: text.name,
        by: ({ id }) => id,
        cell: (row) => <NameCell row={row} lengthMs={lengthMs} />,
      },
      { id: 'may', title: text.may, from: 'lg', cell: ({ client }) => <ScopeCell client={client} /> },
      {
        id: 'budgets',
        title: text.budgets,
        from: 'md',
        by: ({ use }) =>
          use === undefined || use.budgets.length === 0
            ? undefined
            : Math.max(...use.budgets.map(({ spentNanoUsd, limitNanoUsd }) => spentNanoUsd / limitNanoUsd)),
        cell: ({ use }) => <BudgetsCell use={use} lengthMs={lengthMs} />,
      },
      figure('requests', 'sm'),
      figure('errors', 'xl'),
      figure('tokens', 'xl'),
      {
        id: 'cost',
        title: text.cost,
        align: 'right',
        by: ({ use }) => use?.costNanoUsd,
        cell: ({ use }) => (
          <>
            {format.money(use?.costNanoUsd)}
            {use !== undefined && use.unpriced > 0 && (
              <span className="hidden text-2xs text-caution sm:block">
                {text.unpriced(format.integer(use.unpriced))}
              </span>
            )}
          </>
        ),
      },
      {
        id: 'actions',
        title: <span className="sr-only">{text.edit}</span>,
        align: 'right',
        cell: ({ client }) =>
          client?.inFile === true ? <ClientMenu client={client} isLast={clients === 1} /> : null,
      },
    ];
  }, [text, format, lengthMs, clients]);
}

function NameCell({ row, lengthMs }: { readonly row: Row; readonly lengthMs: number }): ReactElement {
  const text = useMessages(clientMessages);
  const [period] = usePeriod();
  const { id, client, use } = row;
  return (
    <div className="min-w-0">
      <span className="flex flex-wrap items-center gap-x-2 gap-y-0.5">
        <Link
          to="/clients/$id"
          params={{ id }}
          search={period}
          className="break-all font-medium hover:text-water hover:underline"
        >
          {id}
        </Link>
        {client === undefined ? (
          <Badge title={text.goneHint}>{text.gone}</Badge>
        ) : (
          <ClientState client={client} />
        )}
      </span>
      {client?.name !== undefined && <span className="block text-faint text-xs">{client.name}</span>}
      {use !== undefined && use.budgets.length > 0 && (
        <div className="mt-1.5 md:hidden">
          <BudgetsCell use={use} lengthMs={lengthMs} />
        </div>
      )}
    </div>
  );
}

function ScopeCell({ client }: { readonly client: ClientView | undefined }): ReactElement | null {
  const text = useMessages(clientMessages);
  const format = useFormat();
  const routes = useRoutes();
  if (client === undefined) return null;
  return (
    <ul className="max-w-md text-soft text-xs">
      {scopeWords(client, routes, text, format).map((words) => (
        <li key={words} className="break-words">
          {words}
        </li>
      ))}
    </ul>
  );
}

function BudgetsCell({
  use,
  lengthMs,
}: {
  readonly use: Use | undefined;
  readonly lengthMs: number;
}): ReactElement | null {
  const text = useMessages(clientMessages);
  if (use === undefined) return null;
  if (use.budgets.length === 0) return <span className="text-faint text-xs">{text.noBudget}</span>;
  return (
    <div className="flex w-40 max-w-full flex-col gap-2 sm:w-56">
      {use.budgets.map((budget) => (
        <BudgetMeter key={budget.per} budget={budget} recent={{ costNanoUsd: use.costNanoUsd, lengthMs }} />
      ))}
    </div>
  );
}
