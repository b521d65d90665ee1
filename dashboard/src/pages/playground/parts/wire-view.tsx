// An answer as it stood on the wire: the events of a stream, or the body; and its headers.

import type { ReactElement } from 'react';
import { useFormat } from '../../../language/format.ts';
import { useMessages } from '../../../language/messages.ts';
import { CodeBlock } from '../../../ui/code.tsx';
import { CopyButton } from '../../../ui/copy-button.tsx';
import { type Column, Table } from '../../../ui/table.tsx';
import { playgroundMessages } from '../messages.ts';
import type { Run } from '../state/run.ts';
import { eventsText } from '../wire/event-reader.ts';
import type { Header } from '../wire/formats.ts';
import { pretty } from './answer-error.tsx';

/** So many of the newest events are drawn. */
const SHOWN_EVENTS = 300;

/** The events, or the body. */
export function WireView({ run }: { readonly run: Run }): ReactElement {
  const text = useMessages(playgroundMessages);
  const format = useFormat();
  if (run.body !== undefined) return <CodeBlock text={pretty(run.body)} label={text.viewBody} wrap />;
  if (run.events.length === 0) return <p className="text-faint text-sm">{text.noEvents}</p>;
  const shown = run.events.slice(-SHOWN_EVENTS);
  const before = run.eventCount - shown.length;
  return (
    <div className="flex min-w-0 flex-col gap-2">
      <div className="flex items-center gap-2">
        {before > 0 && <p className="text-faint text-xs">{text.eventsBefore(format.integer(before))}</p>}
        <div className="ml-auto">
          <CopyButton label={text.copyEvents} text={() => eventsText(run.events)} />
        </div>
      </div>
      <ol
        aria-label={text.eventsLabel}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reachable by keyboard.
        tabIndex={0}
        className="max-h-[32rem] overflow-auto rounded-lg border border-line bg-sunken py-1 font-mono text-xs"
      >
        {shown.map(({ name, data }, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: with those before, it is the number of the event.
          <li key={before + at} className="flex gap-3 px-3 py-0.5">
            <span className="w-8 shrink-0 text-right text-faint tabular-nums">{before + at + 1}</span>
            <span className="min-w-0 whitespace-pre-wrap break-all">
              {name !== '' && <span className="text-water">{name} </span>}
              {data}
            </span>
          </li>
        ))}
      </ol>
    </div>
  );
}

/** The headers; those of the gateway first. */
export function HeadersView({ run }: { readonly run: Run }): ReactElement {
  const text = useMessages(playgroundMessages);
  const isOwn = ([name]: Header): boolean => name.startsWith('x-sluice-');
  const rows = [...run.headers.filter(isOwn), ...run.headers.filter((header) => !isOwn(header))];
  const columns: readonly Column<Header>[] = [
    {
      id: 'name',
      title: text.headerName,
      cell: (header) => <code className={isOwn(header) ? 'text-water text-xs' : 'text-xs'}>{header[0]}</code>,
    },
    {
      id: 'value',
      title: text.headerValue,
      cell: ([, value]) => <code className="break-all text-xs">{value}</code>,
    },
  ];
  return (
    <div className="-mx-4">
      <Table label={text.viewHeaders} columns={columns} rows={rows} keyOf={([name]) => name} />
    </div>
  );
}
