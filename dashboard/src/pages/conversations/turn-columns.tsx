// The columns of the turns of a conversation, and a turn as two lines for phones.

import { type ReactElement, type ReactNode, useMemo } from 'react';
import type { PeriodSearch } from '../../app/period.ts';
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
} from '../requests/cells.tsx';
import { requestsMessages } from '../requests/messages.ts';
import { conversationMessages } from './messages.ts';
import { LONG_GAP_MS, type Turn } from './turns.ts';

type Text = (typeof conversationMessages)['en'];

interface Words extends Wording {
  readonly own: Text;
  /** Long conversations need the day, too. */
  readonly timeOf: (epochMs: number) => string;
}

/** How the list looks. */
export interface TurnsLook {
  readonly columns: readonly VirtualColumn<Turn>[];
  readonly phone: (turn: Turn) => ReactNode;
}

const ANY_TIME: PeriodSearch = {};

/** The look; the same object as long as the language stays. */
export function useTurnsLook(withDay: boolean, withAgents: boolean): TurnsLook {
  const own = useMessages(conversationMessages);
  const text = useMessages(requestsMessages);
  const format = useFormat();
  return useMemo(() => {
    const words: Words = { own, text, format, timeOf: withDay ? format.dateTime : format.time };
    const columns = [...leading(words, withDay), ...trailing(words)];
    return {
      columns: withAgents ? columns : columns.filter(({ id }) => id !== 'agent'),
      phone: (turn) => <PhoneTurn turn={turn} words={words} />,
    };
  }, [own, text, format, withDay, withAgents]);
}

type Columns = readonly VirtualColumn<Turn>[];

function leading(words: Words, withDay: boolean): Columns {
  const { own, format, timeOf } = words;
  return [
    {
      id: 'time',
      title: own.time,
      className: withDay ? 'w-34 text-xs' : 'w-28',
      cell: ({ row }) => (
        <RequestLink row={row} period={ANY_TIME}>
          <span className="tabular-nums">{timeOf(row.receivedAtMs)}</span>
        </RequestLink>
      ),
    },
    {
      id: 'after',
      title: <span title={own.afterHint}>{own.after}</span>,
      align: 'right',
      className: 'hidden w-22 xl:table-cell',
      cell: ({ gapMs }) => <Gap gapMs={gapMs} own={own} format={format} />,
    },
    {
      id: 'agent',
      title: own.agent,
      className: 'hidden w-32 xl:table-cell',
      cell: ({ row }) => row.agentId ?? <span className="text-faint">{own.main}</span>,
    },
    {
      id: 'model',
      title: own.model,
      cell: ({ row }) => (
        <>
          <ModelCell row={row} {...words} />
          {row.agentId !== undefined && <span className="text-faint xl:hidden"> · {row.agentId}</span>}
        </>
      ),
    },
    {
      id: 'outcome',
      title: own.outcome,
      className: 'w-34 xl:w-40',
      cell: ({ row }) => <OutcomeAndNotes row={row} {...words} />,
    },
  ];
}

function trailing(words: Words): Columns {
  const { own, format } = words;
  return [
    {
      id: 'took',
      title: own.took,
      align: 'right',
      className: 'hidden w-20 xl:table-cell',
      cell: ({ row }) => format.duration(row.durationMs),
    },
    {
      id: 'input',
      title: <span title={own.inputHint}>{own.input}</span>,
      align: 'right',
      className: 'hidden w-27 md:table-cell',
      cell: ({ row }) => <InputCell row={row} {...words} />,
    },
    {
      id: 'output',
      title: own.output,
      align: 'right',
      className: 'hidden w-16 xl:table-cell',
      cell: ({ tokens }) => format.compact(tokens?.output),
    },
    {
      id: 'cost',
      title: own.cost,
      align: 'right',
      className: 'w-22',
      cell: ({ row }) => <CostCell row={row} {...words} />,
    },
    {
      id: 'running',
      title: <span title={own.runningHint}>{own.running}</span>,
      align: 'right',
      className: 'w-22',
      cell: ({ sumNanoUsd }) => <span className="font-medium">{format.money(sumNanoUsd)}</span>,
    },
  ];
}

/** How long nothing had happened; long enough for caches to forget, it stands out. */
function Gap({
  gapMs,
  own,
  format,
}: {
  readonly gapMs: number | undefined;
  readonly own: Text;
  readonly format: Format;
}): ReactElement {
  if (gapMs === undefined) return <span className="text-faint">{UNKNOWN}</span>;
  if (gapMs < LONG_GAP_MS) return <span className="text-faint">+{format.duration(gapMs)}</span>;
  return (
    <span className="relative z-1 font-medium text-caution" title={own.gapHint}>
      +{format.duration(gapMs)}
    </span>
  );
}

function PhoneTurn({ turn, words }: { readonly turn: Turn; readonly words: Words }): ReactElement {
  const { row, sumNanoUsd, tokens } = turn;
  const { format, own, timeOf } = words;
  return (
    <div className="flex flex-col gap-0.5">
      <div className="flex items-baseline justify-between gap-3">
        <span className="truncate font-medium">
          <ModelCell row={row} {...words} />
          {row.agentId !== undefined && <span className="text-faint"> · {row.agentId}</span>}
        </span>
        <span className="shrink-0 text-xs tabular-nums">
          <CostCell row={row} {...words} />
          <span className="text-faint" title={own.runningHint}>
            {' '}
            Σ {format.money(sumNanoUsd)}
          </span>
        </span>
      </div>
      <div className="flex items-center gap-2 whitespace-nowrap text-faint text-xs tabular-nums">
        <RequestLink row={row} period={ANY_TIME}>
          {timeOf(row.receivedAtMs)}
        </RequestLink>
        <span className="min-w-0 truncate">
          <OutcomeCell row={row} {...words} />
        </span>
        <NotesCell row={row} {...words} />
        <span className="ml-auto shrink-0">
          {tokens !== undefined && `${format.compact(tokens.input)} → ${format.compact(tokens.output)}`}
        </span>
      </div>
    </div>
  );
}
