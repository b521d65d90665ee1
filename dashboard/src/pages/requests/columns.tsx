// The columns of a list of requests, and a request as two lines for phones. Fewer columns on narrower windows: those that go
// first are those that one row rarely is looked at for.

import type { ReactElement, ReactNode } from 'react';
import { useMemo } from 'react';
import type { ExchangeRow } from '../../../../server/src/admin/contract.ts';
import { type PeriodSearch, usePeriod } from '../../app/period.ts';
import { type Format, UNKNOWN, useFormat } from '../../language/format.ts';
import { useMessages } from '../../language/messages.ts';
import type { VirtualColumn } from '../../ui/virtual-table.tsx';
import {
  CostCell,
  InputCell,
  ModelCell,
  NotesCell,
  OutcomeAndNotes,
  OutcomeCell,
  RequestLink,
  type Wording,
} from './cells.tsx';
import { keyWords } from './key-names.ts';
import { requestsMessages } from './messages.ts';
import { tokensOf } from './tokens.ts';

/** How a list of requests looks. */
export interface RequestsLook {
  readonly columns: readonly VirtualColumn<ExchangeRow>[];
  readonly phone: (row: ExchangeRow) => ReactNode;
}

/** time: of the arrival; enough where all rows are of today. dateTime: with the day. ended: of the end. */
export type TimeForm = 'time' | 'dateTime' | 'ended';

function timeWords({ receivedAtMs, endedAtMs }: ExchangeRow, times: TimeForm, format: Format): string {
  if (times === 'dateTime') return format.dateTime(receivedAtMs);
  return format.time(times === 'ended' ? (endedAtMs ?? receivedAtMs) : receivedAtMs);
}

/** The look; the same object as long as language and period stay. */
export function useRequestsLook(times: TimeForm, keyNames: ReadonlyMap<string, string>): RequestsLook {
  const text = useMessages(requestsMessages);
  const format = useFormat();
  const [{ last, from, to }] = usePeriod();
  return useMemo(() => {
    const period: PeriodSearch =
      from !== undefined && to !== undefined ? { from, to } : last === undefined ? {} : { last };
    const words = { text, format };
    return {
      columns: [...leading(words, period, times, keyNames), ...trailing(words)],
      phone: (row) => <PhoneRow row={row} period={period} times={times} {...words} />,
    };
  }, [text, format, last, from, to, times, keyNames]);
}

type Columns = readonly VirtualColumn<ExchangeRow>[];

function leading(
  words: Wording,
  period: PeriodSearch,
  times: TimeForm,
  keyNames: ReadonlyMap<string, string>,
): Columns {
  const { text, format } = words;
  return [
    {
      id: 'time',
      title: times === 'ended' ? text.ended : text.time,
      className: times === 'dateTime' ? 'w-34 text-xs' : 'w-28',
      cell: (row) => (
        <RequestLink row={row} period={period}>
          <span className="tabular-nums">{timeWords(row, times, format)}</span>
        </RequestLink>
      ),
    },
    {
      id: 'client',
      title: text.client,
      className: 'hidden w-27 xl:table-cell',
      cell: ({ clientId }) => clientId ?? <span className="text-faint">{UNKNOWN}</span>,
    },
    { id: 'model', title: text.model, cell: (row) => <ModelCell row={row} {...words} /> },
    {
      id: 'upstream',
      title: text.upstream,
      className: 'hidden w-24 xl:table-cell min-[1360px]:w-38',
      cell: ({ upstreamId, keyId }) => {
        if (upstreamId === undefined) return <span className="text-faint">{UNKNOWN}</span>;
        const key = keyWords(keyId, keyNames);
        return (
          <span title={key === undefined ? upstreamId : `${upstreamId} · ${key}`}>
            {upstreamId}
            {key !== undefined && <span className="text-faint"> {key}</span>}
          </span>
        );
      },
    },
    {
      id: 'outcome',
      title: text.outcome,
      className: 'w-34 xl:w-40',
      cell: (row) => <OutcomeAndNotes row={row} {...words} />,
    },
  ];
}

function trailing(words: Wording): Columns {
  const { text, format } = words;
  const tip = (title: string, hint: string): ReactElement => <span title={hint}>{title}</span>;
  return [
    {
      id: 'ttft',
      title: tip(text.ttft, text.ttftHint),
      align: 'right',
      className: 'hidden w-18 min-[1360px]:table-cell',
      cell: ({ ttftMs }) => format.duration(ttftMs),
    },
    {
      id: 'duration',
      title: text.duration,
      align: 'right',
      className: 'w-20',
      cell: ({ durationMs }) => format.duration(durationMs),
    },
    {
      id: 'input',
      title: tip(text.input, text.inputHint),
      align: 'right',
      className: 'hidden w-27 md:table-cell',
      cell: (row) => <InputCell row={row} {...words} />,
    },
    {
      id: 'output',
      title: tip(text.output, text.outputHint),
      align: 'right',
      className: 'hidden w-17 xl:table-cell',
      cell: ({ usage }) => format.compact(tokensOf(usage)?.output),
    },
    {
      id: 'cost',
      title: text.cost,
      align: 'right',
      className: 'w-25',
      cell: (row) => <CostCell row={row} {...words} />,
    },
  ];
}

function PhoneRow({
  row,
  period,
  times,
  ...words
}: {
  readonly row: ExchangeRow;
  readonly period: PeriodSearch;
  readonly times: TimeForm;
} & Wording): ReactElement {
  const { format } = words;
  const tokens = tokensOf(row.usage);
  return (
    <div className="flex flex-col gap-0.5">
      <div className="flex items-baseline justify-between gap-3">
        <span className="truncate font-medium">
          <ModelCell row={row} {...words} />
        </span>
        <span className="shrink-0 text-xs tabular-nums">
          <CostCell row={row} {...words} />
        </span>
      </div>
      <div className="flex items-center gap-2 whitespace-nowrap text-faint text-xs tabular-nums">
        <RequestLink row={row} period={period}>
          {timeWords(row, times, format)}
        </RequestLink>
        <span className="min-w-0 truncate">
          <OutcomeCell row={row} {...words} />
        </span>
        <NotesCell row={row} {...words} />
        <span className="ml-auto shrink-0">
          {tokens !== undefined && `${format.compact(tokens.input)} → ${format.compact(tokens.output)} · `}
          {format.duration(row.durationMs)}
        </span>
      </div>
    </div>
  );
}
