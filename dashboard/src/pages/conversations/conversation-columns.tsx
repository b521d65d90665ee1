// The columns of the list of conversations, and a conversation as two lines for phones.

import { type ReactElement, type ReactNode, useMemo } from 'react';
import type { ConversationRow } from '../../../../server/src/admin/contract.ts';
import { type PeriodSearch, usePeriod } from '../../app/period.ts';
import { type Format, UNKNOWN, useFormat } from '../../language/format.ts';
import { useMessages } from '../../language/messages.ts';
import { Lamp } from '../../ui/badge.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { RowLink } from '../../ui/row-link.tsx';
import type { VirtualColumn } from '../../ui/virtual-table.tsx';
import { SharedNumber } from '../requests/cells.tsx';
import { conversationMessages } from './messages.ts';
import { cachedShareOf, inputOf, outputOf } from './turns.ts';

interface Wording {
  readonly text: (typeof conversationMessages)['en'];
  readonly format: Format;
}

/** How the list looks. */
export interface ConversationsLook {
  readonly columns: readonly VirtualColumn<ConversationRow>[];
  readonly phone: (row: ConversationRow) => ReactNode;
}

/** The look; the same object as long as language and period stay. */
export function useConversationsLook(): ConversationsLook {
  const text = useMessages(conversationMessages);
  const format = useFormat();
  const [{ last, from, to }] = usePeriod();
  return useMemo(() => {
    const period: PeriodSearch =
      from !== undefined && to !== undefined ? { from, to } : last === undefined ? {} : { last };
    const words = { text, format };
    return {
      columns: [...leading(words, period), ...trailing(words)],
      phone: (row) => <PhoneRow row={row} period={period} {...words} />,
    };
  }, [text, format, last, from, to]);
}

type Columns = readonly VirtualColumn<ConversationRow>[];

/** Enough of an id to tell it from others. */
function shortId(id: string): string {
  return id.length <= 14 ? id : `${id.slice(0, 13)}…`;
}

function IdLink({
  row,
  period,
}: {
  readonly row: ConversationRow;
  readonly period: PeriodSearch;
}): ReactElement {
  return (
    <RowLink
      path={`/conversations/${encodeURIComponent(row.id)}`}
      search={{ ...period }}
      title={row.id}
      className="font-mono text-xs"
    >
      {shortId(row.id)}
    </RowLink>
  );
}

function leading({ text, format }: Wording, period: PeriodSearch): Columns {
  return [
    {
      id: 'id',
      title: text.conversation,
      className: 'w-32 xl:w-40',
      cell: (row) => (
        <span className="flex items-center gap-1">
          <IdLink row={row} period={period} />
          <span className="relative z-1 -my-2 max-xl:hidden">
            <CopyButton text={row.id} what={text.copyId} />
          </span>
          {row.open > 0 && (
            <span title={text.open(format.integer(row.open))}>
              <Lamp tone="water" />
              <span className="sr-only">{text.open(format.integer(row.open))}</span>
            </span>
          )}
        </span>
      ),
    },
    {
      id: 'client',
      title: text.client,
      className: 'hidden w-24 xl:table-cell',
      cell: ({ clientIds }) =>
        clientIds.length === 0 ? <span className="text-faint">{UNKNOWN}</span> : clientIds.join(', '),
    },
    {
      id: 'models',
      title: text.models,
      cell: ({ models }) =>
        models.length === 0 ? (
          <span className="text-faint">{UNKNOWN}</span>
        ) : (
          <span title={models.join(', ')}>
            {models[0]}
            {models.length > 1 && <span className="text-faint"> +{format.integer(models.length - 1)}</span>}
          </span>
        ),
    },
    {
      id: 'agents',
      title: <span title={text.agentsHint}>{text.agents}</span>,
      align: 'right',
      className: 'hidden w-18 xl:table-cell',
      cell: ({ agents }) =>
        agents === 0 ? <span className="text-faint">{UNKNOWN}</span> : format.integer(agents),
    },
  ];
}

function trailing({ text, format }: Wording): Columns {
  return [
    {
      id: 'requests',
      title: text.requests,
      align: 'right',
      className: 'w-20',
      cell: ({ requests, cut }) => (
        <span title={cut ? text.cutHint : undefined}>
          {format.integer(requests)}
          {cut && '+'}
        </span>
      ),
    },
    {
      id: 'errors',
      title: text.errors,
      align: 'right',
      className: 'hidden w-16 md:table-cell',
      cell: ({ errors }) =>
        errors === 0 ? (
          <span className="text-faint">0</span>
        ) : (
          <span className="text-bad">{format.integer(errors)}</span>
        ),
    },
    {
      id: 'input',
      title: <span title={text.inputHint}>{text.input}</span>,
      align: 'right',
      className: 'hidden w-28 md:table-cell',
      cell: ({ tokens }) => (
        <SharedNumber share={tokens.cacheRead > 0 ? format.percent(cachedShareOf(tokens), 0) : undefined}>
          {format.compact(inputOf(tokens))}
        </SharedNumber>
      ),
    },
    {
      id: 'output',
      title: text.output,
      align: 'right',
      className: 'hidden w-18 xl:table-cell',
      cell: ({ tokens }) => format.compact(outputOf(tokens)),
    },
    {
      id: 'cost',
      title: text.cost,
      align: 'right',
      className: 'w-22',
      cell: ({ costNanoUsd, unpriced }) => (
        <span
          className={unpriced > 0 ? 'text-caution' : 'font-medium'}
          title={unpriced > 0 ? text.unpriced(format.integer(unpriced)) : undefined}
        >
          {format.money(costNanoUsd)}
          {unpriced > 0 && ' +'}
        </span>
      ),
    },
    {
      id: 'duration',
      title: <span title={text.durationHint}>{text.duration}</span>,
      align: 'right',
      className: 'hidden w-26 xl:table-cell',
      cell: ({ firstAtMs, lastAtMs }) => format.duration(lastAtMs - firstAtMs),
    },
    {
      id: 'last',
      title: text.last,
      align: 'right',
      className: 'w-34',
      cell: ({ lastAtMs }) => <span title={format.exact(lastAtMs)}>{format.ago(lastAtMs)}</span>,
    },
  ];
}

function PhoneRow({
  row,
  period,
  text,
  format,
}: { readonly row: ConversationRow; readonly period: PeriodSearch } & Wording): ReactElement {
  return (
    <div className="flex flex-col gap-0.5">
      <div className="flex items-baseline justify-between gap-3">
        <span className="truncate">
          <IdLink row={row} period={period} />
          <span className="text-faint text-xs"> {row.clientIds.join(', ')}</span>
        </span>
        <span className="shrink-0 font-medium text-xs tabular-nums">{format.money(row.costNanoUsd)}</span>
      </div>
      <div className="flex items-center gap-2 whitespace-nowrap text-faint text-xs tabular-nums">
        <span className="min-w-0 truncate">{row.models.length === 0 ? UNKNOWN : row.models.join(', ')}</span>
        <span className="ml-auto shrink-0">
          {`${text.requestCount(format.integer(row.requests))} · ${format.ago(row.lastAtMs)}`}
        </span>
      </div>
    </div>
  );
}
