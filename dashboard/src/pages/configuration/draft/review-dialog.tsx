// What the draft would change, before it is put in place, and what became of it.

import { useQuery } from '@tanstack/react-query';
import { type ReactElement, useState } from 'react';
import type {
  ConfigDifference,
  ConfigFileView,
  ConfigOutcome,
} from '../../../../../server/src/admin/contract.ts';
import { type ApiError, ask } from '../../../api/http.ts';
import { queryClient, useChange } from '../../../api/queries.ts';
import { useMessages } from '../../../language/messages.ts';
import { Button } from '../../../ui/button.tsx';
import { Dialog } from '../../../ui/dialog.tsx';
import { TextField } from '../../../ui/field.tsx';
import { uiMessages } from '../../../ui/messages.ts';
import { Answered, Failure } from '../../../ui/states.tsx';
import { tell } from '../../../ui/toasts.tsx';
import { configurationMessages } from '../messages.ts';
import { ChangesTable, Problems } from './changes-table.tsx';
import { parseUnified } from './diff.ts';
import { DiffView } from './diff-view.tsx';
import { type Draft, discard, draftText } from './draft.ts';

/** Everything that the configuration is shown in. */
export const SHOWS_CONFIGURATION = [
  '/config',
  '/routes',
  '/upstreams',
  '/clients',
  '/keys',
  '/models',
  '/aliases',
  '/prices',
  '/status',
] as const;

interface ReviewProps {
  readonly draft: Draft;
  readonly open: boolean;
  readonly onClose: () => void;
  /** The file is another one by now. */
  readonly onConflict: () => void;
}

/** The dialog. */
export function ReviewDialog({ draft, open, onClose, onConflict }: ReviewProps): ReactElement {
  const text = useMessages(configurationMessages);
  const common = useMessages(uiMessages);
  const whole = open ? draftText(draft) : '';
  const compared = useQuery<ConfigDifference, ApiError>({
    queryKey: ['/config/diff', whole],
    queryFn: ({ signal }) => ask('/config/diff', { method: 'POST', body: { text: whole }, signal }),
    enabled: open,
    gcTime: 0,
  });
  const [note, setNote] = useState('');
  const [written, setWritten] = useState<ConfigOutcome>();
  const apply = useApply();
  const close = (): void => {
    setWritten(undefined);
    apply.reset();
    onClose();
  };
  const submit = (): void =>
    apply.mutate(
      { draft, note },
      {
        onSuccess: (outcome) => {
          setNote('');
          discard(queryClient.getQueryData<ConfigFileView>(['/config', {}]));
          if (outcome.inForce && outcome.forgottenKeys.length === 0) {
            tell(wordsOf(outcome, text));
            close();
          } else setWritten(outcome);
        },
        onError: ({ status }) => {
          if (status !== 412) return;
          close();
          onConflict();
        },
      },
    );
  return (
    <Dialog
      kind="wide"
      open={open}
      onClose={close}
      title={text.reviewTitle}
      footer={
        <>
          <Button onClick={close}>{written === undefined ? common.cancel : common.close}</Button>
          {written === undefined && (
            <Button
              weight="primary"
              busy={apply.isPending}
              disabled={compared.data?.ok !== true}
              onClick={submit}
            >
              {text.apply}
            </Button>
          )}
        </>
      }
    >
      {written === undefined ? (
        <div className="flex flex-col gap-4">
          {apply.error !== null && <Failure error={apply.error} />}
          <Answered asked={compared}>{(difference) => <Difference difference={difference} />}</Answered>
          {draft.typed === undefined && <p className="text-faint text-xs">{text.layoutHint}</p>}
          <TextField
            label={text.note}
            hint={text.noteHint}
            maxLength={500}
            value={note}
            onChange={({ target }) => setNote(target.value)}
          />
        </div>
      ) : (
        <Outcome outcome={written} />
      )}
    </Dialog>
  );
}

/** Puts a draft in place: single edits alone by their places, so that comments stay; a typed text as a whole. */
function useApply() {
  return useChange<{ readonly draft: Draft; readonly note: string }, ConfigOutcome>(({ draft, note }) => {
    const { base, typed, edits } = draft;
    const noted = note.trim() === '' ? {} : { note: note.trim() };
    const headers = { 'if-match': base.etag };
    return typed === undefined
      ? { path: '/config', method: 'PATCH', headers, body: { edits, ...noted } }
      : { path: '/config', method: 'PUT', headers, body: { text: draftText(draft), ...noted } };
  }, SHOWS_CONFIGURATION);
}

function wordsOf(
  { written, changes }: ConfigOutcome,
  text: { readonly nothingWritten: string; readonly appliedAtStart: string; readonly applied: string },
): string {
  if (!written) return text.nothingWritten;
  return changes.some(({ takesEffect }) => takesEffect !== 'now') ? text.appliedAtStart : text.applied;
}

/** A difference, with what is wrong first. */
export function Difference({
  difference,
}: {
  readonly difference: Pick<ConfigDifference, 'unified' | 'changes'> & Partial<ConfigDifference>;
}): ReactElement {
  const text = useMessages(configurationMessages);
  const { unified, changes, problems = [] } = difference;
  return (
    <>
      <Problems problems={problems} />
      {changes.length === 0 ? (
        <p className="text-soft text-sm">{text.noDifference}</p>
      ) : (
        <div className="overflow-x-auto">
          <ChangesTable changes={changes} />
        </div>
      )}
      {unified !== '' && <DiffView lines={parseUnified(unified)} label={text.textDifference} />}
    </>
  );
}

function Outcome({ outcome }: { readonly outcome: ConfigOutcome }): ReactElement {
  const text = useMessages(configurationMessages);
  return (
    <div className="flex flex-col gap-3 text-sm">
      <p className={outcome.inForce ? 'font-medium text-good' : 'font-medium text-bad'}>
        {outcome.inForce ? text.applied : text.notInForce}
      </p>
      {outcome.forgottenKeys.length > 0 && <p>{text.forgotten(outcome.forgottenKeys.join(', '))}</p>}
      <Problems problems={outcome.problems} />
    </div>
  );
}
