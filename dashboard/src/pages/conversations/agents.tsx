// The agents of a conversation, with what each of them cost.

import { Link } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import type { AgentRow, ConversationView } from '../../../../server/src/admin/contract.ts';
import { type Format, useFormat } from '../../language/format.ts';
import { useMessages } from '../../language/messages.ts';
import { Card } from '../../ui/card.tsx';
import { classes } from '../../ui/classes.ts';
import { type Column, Table } from '../../ui/table.tsx';
import { SharedNumber } from '../requests/cells.tsx';
import { conversationMessages } from './messages.ts';
import { cachedShareOf, inputOf, outputOf, type Whose } from './turns.ts';

type Text = (typeof conversationMessages)['en'];

interface AgentsProps {
  readonly view: ConversationView;
  readonly whose: Whose;
}

/** The card. Choosing an agent puts it into the address. */
export function Agents({ view, whose }: AgentsProps): ReactElement {
  const text = useMessages(conversationMessages);
  const format = useFormat();
  const columns = [nameColumn(text, whose, view.id), ...figureColumns(text, format, view.costNanoUsd)];
  return (
    <Card
      title={text.byAgent}
      hint={text.byAgentHint}
      flush
      actions={
        whose !== undefined && (
          <Link
            to="/conversations/$id"
            params={{ id: view.id }}
            search={({ of: _of, tab: _tab, ...rest }) => rest}
            className="text-sm text-water hover:underline"
          >
            {text.everyone}
          </Link>
        )
      }
    >
      <Table
        label={text.byAgent}
        columns={columns}
        rows={view.byAgent}
        keyOf={({ id }) => (id === null ? 'main' : `agent ${id}`)}
        sort="-cost"
      />
    </Card>
  );
}

function nameColumn(text: Text, whose: Whose, conversation: string): Column<AgentRow> {
  return {
    id: 'agent',
    title: text.agent,
    by: ({ id }) => id ?? '',
    cell: ({ id, models }) => (
      <span className="flex min-w-0 flex-col">
        <Link
          to="/conversations/$id"
          params={{ id: conversation }}
          search={({ of: _of, tab: _tab, ...rest }) => ({
            ...rest,
            ...(id === null ? { tab: 'main' } : { of: id }),
          })}
          resetScroll={false}
          title={id === null ? text.mainHint : id}
          aria-current={whose !== undefined && whose.agent === id ? 'true' : undefined}
          className={classes(
            'max-w-56 truncate font-medium hover:text-water hover:underline',
            whose !== undefined && whose.agent === id && 'text-water',
          )}
        >
          {id ?? text.main}
        </Link>
        <span className="max-w-56 truncate text-2xs text-faint">{models.join(', ')}</span>
      </span>
    ),
  };
}

function figureColumns(text: Text, format: Format, allNanoUsd: number): readonly Column<AgentRow>[] {
  return [
    {
      id: 'requests',
      title: text.requests,
      align: 'right',
      by: ({ requests }) => requests,
      cell: ({ requests, errors }) => (
        <>
          {errors > 0 && (
            <span className="mr-1.5 text-bad text-xs">{text.errorCount(format.integer(errors))}</span>
          )}
          {format.integer(requests)}
        </>
      ),
    },
    {
      id: 'input',
      title: text.input,
      align: 'right',
      from: 'sm',
      by: ({ tokens }) => inputOf(tokens),
      cell: ({ tokens }) => (
        <span className="whitespace-nowrap">
          <SharedNumber share={tokens.cacheRead > 0 ? format.percent(cachedShareOf(tokens), 0) : undefined}>
            {format.compact(inputOf(tokens))}
          </SharedNumber>
        </span>
      ),
    },
    {
      id: 'output',
      title: text.output,
      align: 'right',
      from: 'sm',
      by: ({ tokens }) => outputOf(tokens),
      cell: ({ tokens }) => format.compact(outputOf(tokens)),
    },
    {
      id: 'cost',
      title: text.cost,
      align: 'right',
      by: ({ costNanoUsd }) => costNanoUsd,
      cell: ({ costNanoUsd }) => format.money(costNanoUsd),
    },
    {
      id: 'share',
      title: text.share,
      align: 'right',
      from: 'md',
      cell: ({ costNanoUsd }) => (
        <Share of={allNanoUsd === 0 ? 0 : costNanoUsd / allNanoUsd} format={format} />
      ),
    },
  ];
}

function Share({ of: share, format }: { readonly of: number; readonly format: Format }): ReactElement {
  return (
    <span className="inline-flex items-center justify-end gap-2">
      <span aria-hidden="true" className="h-1.5 w-8 overflow-hidden rounded-full bg-sunken">
        <span className="block h-full rounded-full bg-water" style={{ width: `${share * 100}%` }} />
      </span>
      <span className="w-9">{format.percent(share, 0)}</span>
    </span>
  );
}
