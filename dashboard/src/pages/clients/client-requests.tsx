// What a client did last: its errors, and its requests.

import { Link } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import type { ExchangePage, ExchangeRow } from '../../../../server/src/admin/contract.ts';
import { useAsk } from '../../api/queries.ts';
import { periodQuery, usePeriod } from '../../app/period.ts';
import { type Format, useFormat } from '../../language/format.ts';
import { useMessages } from '../../language/messages.ts';
import { Lamp } from '../../ui/badge.tsx';
import { Card } from '../../ui/card.tsx';
import { Answered } from '../../ui/states.tsx';
import { OUTCOME_TONES, outcomeOf } from '../requests/outcome.ts';
import { type ClientText, clientMessages } from './messages.ts';

const SHOWN = 8;

/** Both, side by side where there is room. */
export function ClientRequests({ id }: { readonly id: string }): ReactElement {
  const text = useMessages(clientMessages);
  return (
    <div className="grid items-start gap-4 lg:grid-cols-2">
      <RequestsCard id={id} title={text.lastRequests} none={text.lastRequestsNone} />
      <RequestsCard id={id} title={text.lastErrors} none={text.lastErrorsNone} outcome="error" />
    </div>
  );
}

interface RequestsCardProps {
  readonly id: string;
  readonly title: string;
  readonly none: string;
  readonly outcome?: 'error';
}

function RequestsCard({ id, title, none, outcome }: RequestsCardProps): ReactElement {
  const text = useMessages(clientMessages);
  const format = useFormat();
  const [period] = usePeriod();
  const only = outcome === undefined ? {} : { outcome };
  const asked = useAsk<ExchangePage>('/exchanges', {
    ...periodQuery(period),
    ...only,
    client: [id],
    limit: SHOWN,
  });
  const more = (
    <Link
      to="/requests"
      search={{ ...period, ...only, client: [id] }}
      className="text-water text-xs hover:underline"
    >
      {text.toRequests}
    </Link>
  );
  return (
    <Card title={title} actions={more}>
      <Answered asked={asked} lines={5}>
        {({ rows }) =>
          rows.length === 0 ? (
            <p className="text-faint text-sm">{none}</p>
          ) : (
            <ul>
              {rows.map((row) => (
                <li key={row.id}>
                  <Link
                    to="/requests/$id"
                    params={{ id: row.id }}
                    search={period}
                    className="-mx-1.5 grid grid-cols-[5.5rem_minmax(0,1fr)_auto] items-baseline gap-x-3 rounded-md px-1.5 py-1 text-xs hover:bg-sunken"
                  >
                    <RequestLine row={row} text={text} format={format} />
                  </Link>
                </li>
              ))}
            </ul>
          )
        }
      </Answered>
    </Card>
  );
}

/** When, which model and what came of it, and what it cost. */
function RequestLine({
  row,
  text,
  format,
}: {
  readonly row: ExchangeRow;
  readonly text: ClientText;
  readonly format: Format;
}): ReactElement {
  const outcome = outcomeOf(row);
  const isError = outcome === 'error';
  const said = isError ? [row.status, row.errorCode].filter(Boolean).join(' ') : text[outcome];
  return (
    <>
      <time
        dateTime={new Date(row.receivedAtMs).toISOString()}
        title={format.exact(row.receivedAtMs)}
        className="truncate text-faint tabular-nums"
      >
        {format.ago(row.receivedAtMs)}
      </time>
      <span className="flex min-w-0 items-baseline gap-1.5" title={row.errorMessage}>
        <Lamp tone={OUTCOME_TONES[outcome]} />
        <span className="sr-only">{said}</span>
        <span className="truncate">
          <span className="font-mono">{row.modelServed ?? row.modelAsked ?? row.route}</span>
          {isError && (
            <span aria-hidden="true" className="text-bad">
              {' '}
              {said}
            </span>
          )}
          {isError && <span className="text-faint"> {row.errorMessage}</span>}
        </span>
      </span>
      <span className="text-right text-soft tabular-nums">
        {isError || row.cost === undefined || row.cost.state === 'unpriced'
          ? format.duration(row.durationMs)
          : format.money(row.cost.totalNanoUsd)}
      </span>
    </>
  );
}
