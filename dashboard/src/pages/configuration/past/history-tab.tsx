// What the configuration was before: who changed what and when, each state compared with now, and the way back.

import { useIsFetching } from '@tanstack/react-query';
import { GitCompare, History } from 'lucide-react';
import { type ReactElement, useState } from 'react';
import type {
  ConfigHistory,
  ConfigHistoryEntry,
  ConfigOutcome,
  ConfigPast,
} from '../../../../../server/src/admin/contract.ts';
import { forget, useAsk, useChange } from '../../../api/queries.ts';
import { useFormat } from '../../../language/format.ts';
import { useMessages } from '../../../language/messages.ts';
import { Button, IconButton } from '../../../ui/button.tsx';
import { Card } from '../../../ui/card.tsx';
import { Dialog } from '../../../ui/dialog.tsx';
import { TextField } from '../../../ui/field.tsx';
import { uiMessages } from '../../../ui/messages.ts';
import { Answered, Empty, Failure } from '../../../ui/states.tsx';
import { type Column, Table } from '../../../ui/table.tsx';
import { tell } from '../../../ui/toasts.tsx';
import { Difference, SHOWS_CONFIGURATION } from '../draft/review-dialog.tsx';
import { historyMessages } from './messages.ts';

/** The tab. `etag`: the version of the file, so that nobody goes back over a change that was not seen. */
export function HistoryTab({ etag }: { readonly etag: string }): ReactElement {
  const text = useMessages(historyMessages);
  const asked = useAsk<ConfigHistory>('/config/history');
  const [chosen, setChosen] = useState<ConfigHistoryEntry>();
  const columns = useColumns((entry) => {
    setChosen(entry);
    // What it is compared with is the file as it is now, and that is the version to go back from.
    void forget('/config');
  });
  return (
    <Card title={text.title} hint={text.hint} flush className="relative">
      <Answered asked={asked} lines={8}>
        {({ entries }) => (
          <Table
            label={text.title}
            columns={columns}
            rows={entries}
            keyOf={({ id }) => id}
            empty={
              <Empty icon={History} title={text.empty}>
                {text.emptyHint}
              </Empty>
            }
          />
        )}
      </Answered>
      <PastDialog entry={chosen} etag={etag} onClose={() => setChosen(undefined)} />
    </Card>
  );
}

const MOST_PATHS = 3;

function useColumns(onChoose: (entry: ConfigHistoryEntry) => void): readonly Column<ConfigHistoryEntry>[] {
  const text = useMessages(historyMessages);
  const format = useFormat();
  return [
    {
      id: 'at',
      title: text.when,
      by: ({ at }) => Date.parse(at),
      cell: ({ at }) => (
        <time
          dateTime={at}
          title={format.exact(Date.parse(at))}
          className="tabular-nums sm:whitespace-nowrap"
        >
          {format.dateTime(Date.parse(at))}
          <span className="block text-faint text-xs">{format.ago(Date.parse(at))}</span>
        </time>
      ),
    },
    { id: 'by', title: text.who, by: ({ by }) => by, from: 'sm', cell: ({ by }) => <Who by={by} /> },
    {
      id: 'changed',
      title: text.changed,
      cell: ({ changedPaths, note, by }) => (
        <div className="flex min-w-0 flex-col gap-0.5">
          {note !== undefined && <span className="wrap-anywhere">{note}</span>}
          <span className="text-faint text-xs sm:hidden">
            <Who by={by} />
          </span>
          <Paths paths={changedPaths} />
        </div>
      ),
    },
    {
      id: 'look',
      title: <span className="sr-only">{text.look}</span>,
      align: 'right',
      cell: (entry) => (
        <>
          <Button size="small" className="max-sm:hidden" onClick={() => onChoose(entry)}>
            {text.look}
          </Button>
          <IconButton label={text.look} className="sm:hidden" onClick={() => onChoose(entry)}>
            <GitCompare className="size-4" />
          </IconButton>
        </>
      ),
    },
  ];
}

/** Who put it in place, in words where it is one of the usual ones. */
function Who({ by }: { readonly by: string }): ReactElement {
  const text = useMessages(historyMessages);
  const [kind = '', ...rest] = by.split(' ');
  const words: Readonly<Record<string, string>> = {
    file: text.by_file,
    session: text.by_session,
    operator: text.by_operator,
    key: text.by_key,
    client: text.by_client,
  };
  const known = Object.hasOwn(words, kind) ? words[kind] : undefined;
  if (known === undefined) return <span className="break-words">{by}</span>;
  return (
    <span className="break-words">
      {known} {rest.length > 0 && <span className="font-mono text-faint text-xs">{rest.join(' ')}</span>}
    </span>
  );
}

function Paths({ paths }: { readonly paths: readonly string[] }): ReactElement {
  const text = useMessages(historyMessages);
  if (paths.length === 0) return <span className="text-faint text-xs">{text.first}</span>;
  return (
    <span className="break-all text-soft text-xs" title={paths.join('\n')}>
      <span className="font-mono">{paths.slice(0, MOST_PATHS).join(', ')}</span>
      {paths.length > MOST_PATHS && ` ${text.more(paths.length - MOST_PATHS)}`}
    </span>
  );
}

interface PastProps {
  readonly entry: ConfigHistoryEntry | undefined;
  readonly etag: string;
  readonly onClose: () => void;
}

/** One state compared with now. The question whether to go back stands below what that would change. */
function PastDialog({ entry, etag, onClose }: PastProps): ReactElement {
  const text = useMessages(historyMessages);
  const common = useMessages(uiMessages);
  const format = useFormat();
  const path = `/config/history/${encodeURIComponent(entry?.id ?? '')}`;
  const past = useAsk<ConfigPast>(path, {}, { enabled: entry !== undefined, everyMs: false, keep: false });
  const reading = useIsFetching({ queryKey: ['/config', {}] }) > 0;
  const [note, setNote] = useState('');
  const rollback = useChange<{ readonly id: string }, ConfigOutcome>(
    ({ id }) => ({
      path: '/config/rollback',
      headers: { 'if-match': etag },
      body: { id, ...(note.trim() === '' ? {} : { note: note.trim() }) },
    }),
    SHOWS_CONFIGURATION,
  );
  const close = (): void => {
    setNote('');
    rollback.reset();
    onClose();
  };
  const submit = (id: string): void =>
    rollback.mutate(
      { id },
      {
        onSuccess: ({ inForce, written }) => {
          if (!written) tell(text.nothing);
          else tell(inForce ? text.done : text.notInForce, inForce ? 'good' : 'bad');
          close();
        },
        onError: () => void forget('/config'),
      },
    );
  const isSame = past.data?.unified === '' && past.data.changes.length === 0;
  return (
    <Dialog
      kind="wide"
      open={entry !== undefined}
      onClose={close}
      title={entry === undefined ? text.title : text.stateOf(format.dateTime(Date.parse(entry.at)))}
      footer={
        <>
          <Button onClick={close}>{common.close}</Button>
          <Button
            weight="danger"
            busy={rollback.isPending}
            disabled={past.data === undefined || isSame || reading}
            onClick={() => entry !== undefined && submit(entry.id)}
          >
            {text.back}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-4">
        {rollback.error !== null && <Failure error={rollback.error} />}
        {rollback.error?.status === 412 && <p className="text-caution text-sm">{text.conflict}</p>}
        <Answered asked={past}>
          {(data) =>
            isSame ? (
              <p className="text-soft text-sm">{text.sameAsNow}</p>
            ) : (
              <>
                <h3 className="font-medium text-sm">{text.toNow}</h3>
                <Difference difference={{ unified: data.unified, changes: data.changes }} />
                <TextField
                  label={text.rollbackNote}
                  maxLength={500}
                  value={note}
                  onChange={({ target }) => setNote(target.value)}
                />
              </>
            )
          }
        </Answered>
      </div>
    </Dialog>
  );
}
