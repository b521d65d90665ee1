// Adds or changes an alias.

import { type ReactElement, useDeferredValue, useId, useState } from 'react';
import { useFormat } from '../../../language/format.ts';
import { useMessages } from '../../../language/messages.ts';
import { Button } from '../../../ui/button.tsx';
import { Dialog } from '../../../ui/dialog.tsx';
import { TextField } from '../../../ui/field.tsx';
import { Answered, Failure } from '../../../ui/states.tsx';
import { tell } from '../../../ui/toasts.tsx';
import { modelsMessages } from '../messages.ts';
import { useExplained, useModels } from '../questions.ts';
import { aliasFaults, aliasPatch } from './alias.ts';
import { type AliasBase, useAliasBase, useAliasChange } from './alias-base.ts';

interface AliasDialogProps {
  readonly open: boolean;
  /** The one to be changed; a new one where absent. */
  readonly editing: string | undefined;
  readonly onClose: () => void;
}

/** The dialog. */
export function AliasDialog({ open, editing, onClose }: AliasDialogProps): ReactElement {
  const text = useMessages(modelsMessages);
  return (
    <Dialog
      open={open}
      onClose={onClose}
      title={editing === undefined ? text.addAlias : text.editAlias(editing)}
    >
      <Loaded editing={editing} onClose={onClose} />
    </Dialog>
  );
}

type LoadedProps = Omit<AliasDialogProps, 'open'>;

function Loaded(props: LoadedProps): ReactElement {
  const base = useAliasBase();
  return (
    <Answered asked={base} lines={4}>
      {(loaded) => <AliasForm {...props} base={loaded} isLoading={base.isFetching} />}
    </Answered>
  );
}

function AliasForm({
  editing,
  onClose,
  base: { etag, aliases },
  isLoading,
}: LoadedProps & { readonly base: AliasBase; readonly isLoading: boolean }): ReactElement {
  const text = useMessages(modelsMessages);
  const [name, setName] = useState(editing ?? '');
  const [target, setTarget] = useState(editing === undefined ? '' : (aliases[editing] ?? ''));
  const [isTried, setTried] = useState(false);
  const change = useAliasChange(etag);
  const faults = aliasFaults({ name, target }, aliases, editing);
  const fault = (field: 'name' | 'target'): string | undefined => {
    const one = faults[field];
    // A field that nobody has filled in yet is not wrong yet.
    return one === undefined || (!isTried && one === 'aliasNeeded') ? undefined : text[one];
  };
  const save = (): void => {
    setTried(true);
    if (Object.keys(faults).length > 0 || isLoading) return;
    change.send(aliasPatch({ name, target }, editing), ({ inForce }) => {
      tell(inForce ? text.aliasSaved(name.trim()) : text.notInForce, inForce ? 'good' : 'bad');
      onClose();
    });
  };
  return (
    <form
      noValidate
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        save();
      }}
    >
      {change.isOvertaken && (
        <p role="alert" className="rounded-lg bg-caution-soft p-3 text-caution text-sm">
          {text.changedMeanwhile}
        </p>
      )}
      {change.error !== null && !change.isOvertaken && <Failure error={change.error} />}
      <TextField
        label={text.aliasName}
        placeholder="fast"
        value={name}
        onChange={(event) => setName(event.target.value)}
        fault={fault('name')}
      />
      <Target value={target} onChange={setTarget} fault={fault('target')} />
      <div className="flex justify-end gap-2">
        <Button onClick={onClose}>{text.cancel}</Button>
        <Button type="submit" weight="primary" busy={change.isPending} disabled={isLoading}>
          {text.save}
        </Button>
      </div>
    </form>
  );
}

interface TargetProps {
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly fault: string | undefined;
}

/** The model, with a word on whether anybody serves it. */
function Target({ value, onChange, fault }: TargetProps): ReactElement {
  const text = useMessages(modelsMessages);
  const format = useFormat();
  const listId = useId();
  const models = useModels().data?.models ?? [];
  const wanted = useDeferredValue(value.trim());
  const { data } = useExplained({ model: wanted }, wanted !== '');
  const upstreams = [...new Set(data?.candidates.map(({ upstreamId }) => upstreamId) ?? [])];
  const isUnserved = wanted !== '' && data !== undefined && upstreams.length === 0;
  const hint =
    upstreams.length > 0 && wanted !== ''
      ? text.offeredHint(format.list(upstreams))
      : isUnserved
        ? text.notOfferedHint
        : text.aliasTargetHint;
  return (
    <>
      <TextField
        label={text.aliasTarget}
        list={listId}
        value={value}
        onChange={(event) => onChange(event.target.value)}
        fault={fault}
        hint={isUnserved ? <span className="text-caution">{hint}</span> : hint}
      />
      <datalist id={listId}>
        {models
          .filter(({ owner }) => owner !== 'alias')
          .map(({ id }) => (
            <option key={id} value={id} />
          ))}
      </datalist>
    </>
  );
}
