// The entry of an upstream in force: every value with its origin.

import { Link } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import type { EffectiveConfigView } from '../../../../server/src/admin/contract.ts';
import { useAsk } from '../../api/queries.ts';
import { useFormat } from '../../language/format.ts';
import { useMessages } from '../../language/messages.ts';
import { Badge } from '../../ui/badge.tsx';
import { Card } from '../../ui/card.tsx';
import { Answered } from '../../ui/states.tsx';
import { Table } from '../../ui/table.tsx';
import { detailMessages } from './detail-messages.ts';

type Value = EffectiveConfigView['values'][number];

const EVERY_MS = 30_000;

/** The values of one upstream, with their places within its entry. */
function valuesOf({ values }: EffectiveConfigView, id: string): readonly Value[] {
  const own = values.find(({ path, value }) => /^upstreams\[\d+\]\.id$/.test(path) && value === id);
  if (own === undefined) return [];
  const prefix = own.path.slice(0, -'id'.length);
  return values
    .filter(({ path }) => path.startsWith(prefix))
    .map((value) => ({ ...value, path: value.path.slice(prefix.length) }));
}

/** The card. */
export function EntryCard({ id }: { readonly id: string }): ReactElement {
  const text = useMessages(detailMessages);
  const effective = useAsk<EffectiveConfigView>('/config/effective', {}, { everyMs: EVERY_MS });
  return (
    <Card
      flush
      title={text.entry}
      hint={text.entryHint}
      actions={
        <Link to="/configuration" className="text-water text-xs hover:underline">
          {text.inConfiguration}
        </Link>
      }
    >
      <Answered asked={effective}>{(view) => <Values values={valuesOf(view, id)} />}</Answered>
    </Card>
  );
}

function Values({ values }: { readonly values: readonly Value[] }): ReactElement {
  const text = useMessages(detailMessages);
  const format = useFormat();
  const origins = {
    default: text.fromDefault,
    file: text.fromFile,
    env: text.fromEnv,
    flag: text.fromFlag,
    api: text.fromApi,
  } as const;
  return (
    <div className="max-h-96 overflow-y-auto">
      <Table<Value>
        label={text.entry}
        rows={values}
        keyOf={({ path }) => path}
        empty={<p className="px-4 pb-4 text-faint text-sm">{text.noEntry}</p>}
        columns={[
          {
            id: 'member',
            title: text.entryMember,
            cell: ({ path }) => <span className="font-mono text-xs">{path}</span>,
          },
          {
            id: 'value',
            title: text.entryValue,
            cell: ({ value }) => (
              <span className="block min-w-48 break-all font-mono text-xs">
                {typeof value === 'string' ? value : JSON.stringify(value)}
              </span>
            ),
          },
          {
            id: 'from',
            title: text.entryFrom,
            cell: ({ from, line }) => (
              <span className="flex items-center gap-2 whitespace-nowrap">
                <Badge tone={from === 'default' ? 'calm' : 'water'}>{origins[from]}</Badge>
                {line !== undefined && (
                  <span className="text-faint text-xs">{text.entryLine(format.integer(line))}</span>
                )}
              </span>
            ),
          },
        ]}
      />
    </div>
  );
}
