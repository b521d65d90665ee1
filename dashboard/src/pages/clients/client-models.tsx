// The models that a client used, by what they cost.

import { Link } from '@tanstack/react-router';
import { type ReactElement, useMemo } from 'react';
import type { Groups } from '../../../../server/src/admin/contract.ts';
import { useAsk } from '../../api/queries.ts';
import { periodQuery, usePeriod } from '../../app/period.ts';
import { useFormat } from '../../language/format.ts';
import { useMessages } from '../../language/messages.ts';
import { Card } from '../../ui/card.tsx';
import { Answered } from '../../ui/states.tsx';
import { type Column, Table } from '../../ui/table.tsx';
import { allTokens } from '../overview/totals.ts';
import { clientMessages } from './messages.ts';

type Group = Groups['groups'][number];

/** The card. */
export function ClientModels({ id }: { readonly id: string }): ReactElement {
  const text = useMessages(clientMessages);
  const [period] = usePeriod();
  const asked = useAsk<Groups>('/groups', { ...periodQuery(period), client: [id], by: 'model' });
  const cost = asked.data?.groups.reduce((sum, { totals }) => sum + totals.costNanoUsd, 0) ?? 0;
  const columns = useColumns(id, cost);
  return (
    <Card flush title={text.byModel}>
      <Answered asked={asked} lines={4}>
        {({ groups }) => (
          <Table
            label={text.byModel}
            columns={columns}
            rows={groups}
            keyOf={({ name }) => name ?? ''}
            sort="-cost"
            empty={<p className="px-4 pb-4 text-faint text-sm">{text.lastRequestsNone}</p>}
          />
        )}
      </Answered>
    </Card>
  );
}

function useColumns(client: string, cost: number): readonly Column<Group>[] {
  const text = useMessages(clientMessages);
  const format = useFormat();
  const [period] = usePeriod();
  return useMemo(
    () => [
      {
        id: 'model',
        title: text.model,
        by: ({ name }) => name ?? '',
        cell: ({ name }) =>
          name === null ? (
            <span className="text-faint">{text.others}</span>
          ) : (
            <Link
              to="/requests"
              search={{ ...period, client: [client], model: [name] }}
              className="break-all font-mono text-[0.8125rem] hover:text-water hover:underline"
            >
              {name}
            </Link>
          ),
      },
      {
        id: 'requests',
        title: text.requests,
        align: 'right',
        by: ({ totals }) => totals.requests,
        cell: ({ totals }) => format.integer(totals.requests),
      },
      {
        id: 'errors',
        title: text.errors,
        align: 'right',
        from: 'md',
        by: ({ totals }) => totals.errors,
        cell: ({ totals }) => (
          <span className={totals.errors > 0 ? 'text-bad' : ''}>{format.integer(totals.errors)}</span>
        ),
      },
      {
        id: 'tokens',
        title: text.tokens,
        align: 'right',
        from: 'sm',
        by: ({ totals }) => allTokens(totals),
        cell: ({ totals }) => format.compact(allTokens(totals)),
      },
      {
        id: 'cost',
        title: text.cost,
        align: 'right',
        by: ({ totals }) => totals.costNanoUsd,
        cell: ({ totals }) => format.money(totals.costNanoUsd),
      },
      {
        id: 'share',
        title: text.share,
        align: 'right',
        from: 'sm',
        cell: ({ totals }) => format.percent(cost === 0 ? undefined : totals.costNanoUsd / cost, 0),
      },
    ],
    [text, format, period, client, cost],
  );
}
