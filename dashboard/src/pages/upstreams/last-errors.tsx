// The last errors of an upstream, each leading to its request.

import { Link } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import type { ExchangePage, ExchangeRow } from '../../../../server/src/admin/contract.ts';
import { useAsk } from '../../api/queries.ts';
import { periodQuery, usePeriod } from '../../app/period.ts';
import { useFormat } from '../../language/format.ts';
import { useMessages } from '../../language/messages.ts';
import { upstreamMessages } from './messages.ts';

const EVERY_MS = 15_000;

interface LastErrorsProps {
  readonly upstreamId: string;
  readonly count: number;
}

/** The list; nothing while there are none. */
export function LastErrors({ upstreamId, count }: LastErrorsProps): ReactElement | null {
  const text = useMessages(upstreamMessages);
  const [period] = usePeriod();
  const query = { upstream: [upstreamId], outcome: 'error', limit: count, ...periodQuery(period) };
  const { data } = useAsk<ExchangePage>('/exchanges', query, { everyMs: EVERY_MS });
  const rows = data?.rows ?? [];
  if (rows.length === 0) return null;
  return (
    <section>
      <h3 className="font-medium text-faint text-xs">{text.lastErrors}</h3>
      <ul className="mt-0.5">
        {rows.map((row) => (
          <ErrorLine key={row.id} row={row} />
        ))}
      </ul>
    </section>
  );
}

/** One error in one line. */
export function ErrorLine({ row }: { readonly row: ExchangeRow }): ReactElement {
  const format = useFormat();
  const [period] = usePeriod();
  const { id, receivedAtMs, status, errorCode, errorMessage } = row;
  return (
    <li>
      <Link
        to="/requests/$id"
        params={{ id }}
        search={period}
        title={errorMessage}
        className="-mx-1.5 flex items-baseline gap-2 rounded-md px-1.5 py-0.5 text-xs hover:bg-sunken"
      >
        <time dateTime={new Date(receivedAtMs).toISOString()} className="shrink-0 text-faint tabular-nums">
          {format.ago(receivedAtMs)}
        </time>
        <span className="shrink-0 font-mono text-bad">
          {[status, errorCode].filter((part) => part !== undefined).join(' ')}
        </span>
        <span className="min-w-0 truncate text-soft">{errorMessage}</span>
      </Link>
    </li>
  );
}
