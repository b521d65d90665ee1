// Sends a captured request again, to where it would go now or elsewhere, and shows both answers.

import { type ReactElement, useId, useState } from 'react';
import type {
  CaptureRecord,
  ExchangeView,
  ModelView,
  ReplayView,
  UpstreamView,
} from '../../../../../server/src/admin/contract.ts';
import { useAsk, useChange } from '../../../api/queries.ts';
import { useMessages } from '../../../language/messages.ts';
import { Button } from '../../../ui/button.tsx';
import { Dialog } from '../../../ui/dialog.tsx';
import { SelectField, TextField } from '../../../ui/field.tsx';
import { uiMessages } from '../../../ui/messages.ts';
import { Failure, Loading } from '../../../ui/states.tsx';
import { actionMessages } from '../action-messages.ts';
import { ReplayReport } from './replay-report.tsx';

interface ReplayDialogProps {
  readonly view: ExchangeView;
  readonly kept: CaptureRecord | undefined;
  readonly open: boolean;
  readonly onClose: () => void;
  /** The request was not kept: the next one is to be. */
  readonly onCapture: () => void;
}

/** The dialog. */
export function ReplayDialog({ view, kept, open, onClose, onCapture }: ReplayDialogProps): ReactElement {
  const text = useMessages(actionMessages);
  const common = useMessages(uiMessages);
  if (kept?.request.body !== undefined)
    return (
      <Dialog open={open} onClose={onClose} title={text.againTitle} kind="wide">
        <ReplayForm view={view} />
      </Dialog>
    );
  return (
    <Dialog
      open={open}
      onClose={onClose}
      title={text.againTitle}
      footer={
        <>
          <Button onClick={onClose}>{common.cancel}</Button>
          <Button weight="primary" onClick={onCapture}>
            {text.captureNext}
          </Button>
        </>
      }
    >
      <p className="text-soft text-sm">{text.againMissing}</p>
    </Dialog>
  );
}

interface Wish {
  readonly model: string;
  readonly upstream: string;
}

function ReplayForm({ view }: { readonly view: ExchangeView }): ReactElement {
  const text = useMessages(actionMessages);
  const [wish, setWish] = useState<Wish>({ model: '', upstream: '' });
  const replay = useChange<Wish, ReplayView>(
    ({ model, upstream }) => ({
      path: `/exchanges/${encodeURIComponent(view.id)}/replay`,
      body: {
        ...(model.trim() === '' ? {} : { model: model.trim() }),
        ...(upstream === '' ? {} : { upstream }),
      },
    }),
    ['/exchanges'],
  );
  return (
    <div className="flex flex-col gap-4">
      <p className="text-soft text-sm">{text.againHint}</p>
      <form
        className="grid items-start gap-3 sm:grid-cols-[1fr_1fr_auto]"
        onSubmit={(event) => {
          event.preventDefault();
          replay.mutate(wish);
        }}
      >
        <Target view={view} wish={wish} onChange={setWish} />
        <Button type="submit" weight="primary" className="sm:mt-5" busy={replay.isPending}>
          {replay.isPending ? text.sending : text.send}
        </Button>
      </form>
      {replay.error !== null && <Failure error={replay.error} />}
      {replay.isPending && <Loading lines={6} />}
      {replay.data !== undefined && !replay.isPending && <ReplayReport report={replay.data} />}
    </div>
  );
}

interface TargetProps {
  readonly view: ExchangeView;
  readonly wish: Wish;
  readonly onChange: (wish: Wish) => void;
}

function Target({ view, wish, onChange }: TargetProps): ReactElement {
  const text = useMessages(actionMessages);
  const listId = useId();
  const once = { everyMs: false } as const;
  const models = useAsk<{ readonly models: readonly ModelView[] }>('/models', {}, once).data?.models ?? [];
  const upstreams =
    useAsk<{ readonly upstreams: readonly UpstreamView[] }>('/upstreams', {}, once).data?.upstreams ?? [];
  return (
    <>
      <TextField
        label={text.againModel}
        hint={text.againModelHint}
        placeholder={view.modelAsked}
        list={listId}
        value={wish.model}
        onChange={(event) => onChange({ ...wish, model: event.target.value })}
      />
      <datalist id={listId}>
        {models.map(({ id }) => (
          <option key={id} value={id} />
        ))}
      </datalist>
      <SelectField
        label={text.againUpstream}
        value={wish.upstream}
        onChange={(event) => onChange({ ...wish, upstream: event.target.value })}
      >
        <option value="">{text.againAnywhere}</option>
        {upstreams.map(({ id }) => (
          <option key={id} value={id}>
            {id}
          </option>
        ))}
      </SelectField>
    </>
  );
}
