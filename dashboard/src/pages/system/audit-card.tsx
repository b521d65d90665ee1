// The audit log: who has changed what, newest first, page by page.

import { type ReactElement, useState } from 'react';
import type { AuditView } from '../../../../server/src/admin/contract.ts';
import { useAsk } from '../../api/queries.ts';
import { useFormat } from '../../language/format.ts';
import { useMessages } from '../../language/messages.ts';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { Answered } from '../../ui/states.tsx';
import { type Column, Table } from '../../ui/table.tsx';
import { systemMessages } from './messages.ts';

type Entry = AuditView['entries'][number];

const PER_PAGE = 25;
const FIRST_FAILURE = 400;

/** The card. */
export function AuditCard(): ReactElement {
  const text = useMessages(systemMessages);
  const [before, setBefore] = useState<number | undefined>();
  const asked = useAsk<AuditView>('/audit', { limit: PER_PAGE, before });
  const columns = useColumns();
  const entries = asked.data?.entries ?? [];
  const last = entries.at(-1);
  return (
    <Card
      id="audit"
      title={text.audit}
      hint={text.auditHint}
      flush
      actions={
        <>
          <Button size="small" disabled={before === undefined} onClick={() => setBefore(undefined)}>
            {text.newestEntries}
          </Button>
          <Button
            size="small"
            disabled={entries.length < PER_PAGE || last === undefined}
            onClick={() => setBefore(last?.atMs)}
          >
            {text.older}
          </Button>
        </>
      }
    >
      <Answered asked={asked}>
        {(view) => (
          <Table
            label={text.audit}
            columns={columns}
            rows={view.entries}
            keyOf={({ id, action, atMs }) => `${id} ${action} ${atMs}`}
            empty={<p className="px-4 pb-4 text-faint text-sm">{text.auditEmpty}</p>}
          />
        )}
      </Answered>
    </Card>
  );
}

function useColumns(): readonly Column<Entry>[] {
  const text = useMessages(systemMessages);
  const format = useFormat();
  const kinds: Readonly<Record<string, string>> = {
    key: text.who_key,
    operator: text.who_operator,
    session: text.who_session,
    client: text.who_client,
    open: text.who_open,
  };
  return [
    {
      id: 'when',
      title: text.when,
      cell: ({ atMs }) => (
        <time title={format.exact(atMs)} className="whitespace-nowrap tabular-nums">
          {format.dateTime(atMs)}
        </time>
      ),
    },
    {
      id: 'who',
      title: text.who,
      from: 'sm',
      cell: ({ who, whoId, address }) => (
        <span title={address} className="whitespace-nowrap">
          {kinds[who] ?? who} <span className="text-faint text-xs">{whoId}</span>
        </span>
      ),
    },
    {
      id: 'what',
      title: text.what,
      cell: ({ action, detail }) => (
        <span className="break-words">
          <code className="font-mono text-xs">{action}</code>{' '}
          <span className="text-soft text-xs">{detail}</span>
        </span>
      ),
    },
    {
      id: 'target',
      title: text.target,
      from: 'lg',
      cell: ({ target }) => <code className="break-all font-mono text-faint text-xs">{target}</code>,
    },
    {
      id: 'result',
      title: text.result,
      align: 'right',
      cell: ({ status, error }) =>
        status < FIRST_FAILURE ? (
          <Badge tone="good">{text.done}</Badge>
        ) : (
          <Badge tone="bad">{error === undefined ? status : `${status} ${error}`}</Badge>
        ),
    },
  ];
}
