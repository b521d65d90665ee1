// The columns of requests on their way, and such a request as two lines for phones.

import { type ReactElement, type ReactNode, useMemo } from 'react';
import type { PeriodSearch } from '../../app/period.ts';
import { type Format, UNKNOWN, useFormat } from '../../language/format.ts';
import { useMessages } from '../../language/messages.ts';
import { classes } from '../../ui/classes.ts';
import type { VirtualColumn } from '../../ui/virtual-table.tsx';
import { RequestLink } from '../requests/cells.tsx';
import { keyWords } from '../requests/key-names.ts';
import { liveMessages } from './messages.ts';
import { type LiveRow, PHASES } from './rows.ts';

interface Wording {
  readonly text: (typeof liveMessages)['en'];
  readonly format: Format;
}

/** How the list looks. */
export interface LiveLook {
  readonly columns: readonly VirtualColumn<LiveRow>[];
  readonly phone: (row: LiveRow) => ReactNode;
}

const ANY_TIME: PeriodSearch = {};

/** The look; the same object as long as the language stays. */
export function useLiveLook(keyNames: ReadonlyMap<string, string>): LiveLook {
  const text = useMessages(liveMessages);
  const format = useFormat();
  return useMemo(() => {
    const words = { text, format };
    return {
      columns: [...whoAndWhere(words, keyNames), ...howFar(words)],
      phone: (row) => <PhoneRow row={row} {...words} />,
    };
  }, [text, format, keyNames]);
}

type Columns = readonly VirtualColumn<LiveRow>[];

function whoAndWhere({ text, format }: Wording, keyNames: ReadonlyMap<string, string>): Columns {
  return [
    {
      id: 'client',
      title: text.client,
      className: 'w-28',
      cell: (row) => (
        <RequestLink row={row} period={ANY_TIME}>
          {row.client ?? row.id.slice(0, 12)}
        </RequestLink>
      ),
    },
    { id: 'model', title: text.model, cell: (row) => <Model row={row} /> },
    {
      id: 'upstream',
      title: text.upstream,
      className: 'hidden w-24 md:table-cell xl:w-40',
      cell: ({ upstream, key }) => {
        if (upstream === undefined) return <span className="text-faint">{UNKNOWN}</span>;
        const name = keyWords(key, keyNames);
        return (
          <span title={name === undefined ? upstream : `${upstream} · ${name}`}>
            {upstream}
            {name !== undefined && <span className="text-faint max-xl:hidden"> {name}</span>}
          </span>
        );
      },
    },
    {
      id: 'attempt',
      title: text.attempt,
      className: 'hidden w-24 xl:table-cell',
      cell: (row) => <Attempt row={row} text={text} format={format} />,
    },
  ];
}

function howFar({ text, format }: Wording): Columns {
  return [
    {
      id: 'phase',
      title: text.phase,
      className: 'w-42',
      cell: (row) => <PhaseSign row={row} text={text} />,
    },
    {
      id: 'age',
      title: text.age,
      align: 'right',
      className: 'w-22',
      cell: ({ ageMs }) => format.duration(ageMs),
    },
    {
      id: 'ttft',
      title: <span title={text.ttftHint}>{text.ttft}</span>,
      align: 'right',
      className: 'hidden w-20 md:table-cell',
      cell: ({ ttftMs }) => format.duration(ttftMs),
    },
    {
      id: 'speed',
      title: <span title={text.speedHint}>{text.speed}</span>,
      align: 'right',
      className: 'w-20 max-xl:pr-4',
      cell: ({ tokensPerSecond }) => speedWords(tokensPerSecond, format),
    },
    {
      id: 'bytes',
      title: text.bytes,
      align: 'right',
      className: 'hidden w-24 xl:table-cell',
      cell: ({ bytesOut }) => format.bytes(bytesOut),
    },
  ];
}

function speedWords(tokensPerSecond: number | undefined, format: Format): string {
  return tokensPerSecond === undefined ? UNKNOWN : `≈ ${format.integer(tokensPerSecond)}`;
}

function Model({ row }: { readonly row: LiveRow }): ReactElement {
  const { model, modelSent, route } = row;
  if (model === undefined) return <span className="text-faint">{route}</span>;
  const other = modelSent !== undefined && modelSent !== model ? modelSent : undefined;
  return (
    <span title={other === undefined ? model : `${model} → ${other}`}>
      {model}
      {other !== undefined && <span className="text-faint"> → {other}</span>}
    </span>
  );
}

function Attempt({ row, text, format }: { readonly row: LiveRow } & Wording): ReactElement {
  const { attempts, cause } = row;
  if (attempts === 0) return <span className="text-faint">{UNKNOWN}</span>;
  if (attempts === 1) return <span className="text-faint tabular-nums">{format.integer(1)}</span>;
  const words = causeWords(cause, text);
  return (
    <span className="text-caution tabular-nums">
      {format.integer(attempts)}
      {words !== undefined && ` · ${words}`}
    </span>
  );
}

const CAUSES = ['first', 'retry', 'again', 'hedge', 'race'] as const;

function causeWords(cause: string | undefined, text: Wording['text']): string | undefined {
  if (cause === 'resume') return text.resumeCause;
  const known = CAUSES.find((one) => one === cause);
  return known === undefined ? cause : text[known];
}

/** Five steps and a word. */
function PhaseSign({
  row: { phase },
  text,
}: {
  readonly row: LiveRow;
  readonly text: Wording['text'];
}): ReactElement {
  const at = PHASES.indexOf(phase);
  return (
    <span className="inline-flex items-center gap-2 align-middle" title={text[`${phase}Hint`]}>
      <span aria-hidden="true" className="flex gap-0.5">
        {PHASES.map((one, step) => (
          <span
            key={one}
            className={classes('h-1 w-2.5 rounded-full', step <= at ? 'bg-water' : 'bg-line-strong/60')}
          />
        ))}
      </span>
      <span className={at === PHASES.length - 1 ? 'text-water' : 'text-soft'}>{text[phase]}</span>
    </span>
  );
}

function PhoneRow({ row, text, format }: { readonly row: LiveRow } & Wording): ReactElement {
  return (
    <div className="flex flex-col gap-0.5">
      <div className="flex items-baseline justify-between gap-3">
        <span className="truncate font-medium">
          <Model row={row} />
        </span>
        <span className="shrink-0 text-xs tabular-nums">{format.duration(row.ageMs)}</span>
      </div>
      <div className="flex items-center gap-2 whitespace-nowrap text-faint text-xs tabular-nums">
        <PhaseSign row={row} text={text} />
        <span className="min-w-0 truncate">
          <RequestLink row={row} period={ANY_TIME}>
            {row.client ?? row.id.slice(0, 12)}
          </RequestLink>
          {row.upstream !== undefined && ` · ${row.upstream}`}
        </span>
        <span className="ml-auto shrink-0">
          {row.tokensPerSecond !== undefined && text.pace(speedWords(row.tokensPerSecond, format))}
        </span>
      </div>
    </div>
  );
}
