// What went wrong at an upstream in the period: how often by code, and the newest ones.

import { Link } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import type { ExchangePage, ExchangeRow } from '../../../../server/src/admin/contract.ts';
import { useAsk } from '../../api/queries.ts';
import { periodQuery, usePeriod } from '../../app/period.ts';
import { useFormat } from '../../language/format.ts';
import { useMessages } from '../../language/messages.ts';
import { Card } from '../../ui/card.tsx';
import { Answered, Empty } from '../../ui/states.tsx';
import { Table } from '../../ui/table.tsx';
import { detailMessages } from './detail-messages.ts';
import { type ErrorCount, errorsByCode } from './error-counts.ts';
import { ErrorLine } from './last-errors.tsx';

/** The most that the API answers at once. */
const MOST_COUNTED = 500;
const NEWEST = 6;
const EVERY_MS = 15_000;

/** The card. */
export function ErrorsCard({ id }: { readonly id: string }): ReactElement {
  const text = useMessages(detailMessages);
  const format = useFormat();
  const [period] = usePeriod();
  const query = { upstream: [id], outcome: 'error', limit: MOST_COUNTED, ...periodQuery(period) };
  const page = useAsk<ExchangePage>('/exchanges', query, { everyMs: EVERY_MS });
  const count = page.data?.rows.length ?? 0;
  return (
    <Card
      flush
      title={text.errorsTitle}
      hint={count > 0 ? text.errorsHint(format.integer(count)) : undefined}
      actions={
        <Link
          to="/requests"
          search={{ ...period, upstream: [id], outcome: 'error' }}
          className="text-water text-xs hover:underline"
        >
          {text.allErrors}
        </Link>
      }
    >
      <Answered asked={page}>{({ rows }) => <Errors rows={rows} />}</Answered>
    </Card>
  );
}

function Errors({ rows }: { readonly rows: readonly ExchangeRow[] }): ReactElement {
  const text = useMessages(detailMessages);
  const format = useFormat();
  if (rows.length === 0) return <Empty title={text.noErrors} />;
  return (
    <>
      <Table<ErrorCount>
        label={text.errorsTitle}
        rows={errorsByCode(rows)}
        keyOf={({ code, status }) => `${code} ${status ?? ''}`}
        sort="-count"
        columns={[
          {
            id: 'code',
            title: text.code,
            cell: ({ code }) => <span className="font-mono text-xs">{code}</span>,
            by: ({ code }) => code,
          },
          {
            id: 'status',
            title: text.status,
            align: 'right',
            cell: ({ status }) => status ?? '–',
            by: ({ status }) => status,
          },
          {
            id: 'count',
            title: text.count,
            align: 'right',
            cell: ({ count }) => format.integer(count),
            by: ({ count }) => count,
          },
          {
            id: 'last',
            title: text.last,
            align: 'right',
            cell: ({ lastAtMs }) => <span className="whitespace-nowrap">{format.ago(lastAtMs)}</span>,
            by: ({ lastAtMs }) => lastAtMs,
          },
        ]}
      />
      <section className="px-4 pt-2 pb-3">
        <h3 className="font-medium text-faint text-xs">{text.newest}</h3>
        <ul>
          {rows.slice(0, NEWEST).map((row) => (
            <ErrorLine key={row.id} row={row} />
          ))}
        </ul>
      </section>
    </>
  );
}
