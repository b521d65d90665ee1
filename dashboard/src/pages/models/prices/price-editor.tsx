// Writes the price of a model into the configuration, or takes it out again.

import { type ReactElement, useState } from 'react';
import type { ConfigOutcome } from '../../../../../server/src/admin/contract.ts';
import { useMessages } from '../../../language/messages.ts';
import { Button } from '../../../ui/button.tsx';
import { Code } from '../../../ui/code.tsx';
import { Confirm } from '../../../ui/confirm.tsx';
import { Dialog } from '../../../ui/dialog.tsx';
import { EntryForm } from '../../../ui/entry-form.tsx';
import { Facts } from '../../../ui/facts.tsx';
import { Segmented } from '../../../ui/segmented.tsx';
import { Answered, Failure } from '../../../ui/states.tsx';
import { tell } from '../../../ui/toasts.tsx';
import { modelsMessages } from '../messages.ts';
import { priceMessages } from './messages.ts';
import { OriginBadge } from './origin-badge.tsx';
import { isShared, type PricedModel } from './places.ts';
import { type PriceEditing, useBase, usePriceEditing } from './price-editor-state.ts';
import { PriceExample } from './price-example.tsx';
import { RateInputs } from './rate-inputs.tsx';

interface PriceEditorProps {
  /** Absent: closed. */
  readonly priced: PricedModel | undefined;
  readonly onClose: () => void;
}

/** The drawer. */
export function PriceEditor({ priced, onClose }: PriceEditorProps): ReactElement {
  const text = useMessages(priceMessages);
  return (
    <Dialog
      kind="drawer"
      open={priced !== undefined}
      onClose={onClose}
      title={priced === undefined ? '' : text.editorTitle(priced.model)}
    >
      {priced !== undefined && <Loaded priced={priced} onClose={onClose} />}
    </Dialog>
  );
}

interface EditingProps {
  readonly priced: PricedModel;
  readonly onClose: () => void;
}

function Loaded(props: EditingProps): ReactElement {
  const base = useBase();
  return (
    <Answered asked={base} lines={10}>
      {(loaded) => <Editing {...props} base={loaded} isLoading={base.isFetching} />}
    </Answered>
  );
}

function Editing({
  priced,
  base,
  isLoading,
  onClose,
}: EditingProps & {
  readonly base: Parameters<typeof usePriceEditing>[1];
  readonly isLoading: boolean;
}): ReactElement {
  const text = useMessages(priceMessages);
  const words = useMessages(modelsMessages);
  const editing = usePriceEditing(priced, base);
  const [isRemoving, setRemoving] = useState(false);
  const done = (sentence: string) => (outcome: ConfigOutcome) => {
    tell(outcome.inForce ? sentence : words.notInForce, outcome.inForce ? 'good' : 'bad');
    onClose();
  };
  const rule = editing.written?.rule ?? '';
  return (
    <EntryForm
      onSubmit={() => {
        if (!isLoading) editing.save(done(text.saved(priced.model)));
      }}
      foot={
        <>
          {editing.written !== undefined && (
            <Button weight="danger" className="mr-auto" onClick={() => setRemoving(true)}>
              {text.remove}
            </Button>
          )}
          <Button onClick={onClose}>{text.cancel}</Button>
          <Button type="submit" weight="primary" busy={editing.isBusy} disabled={isLoading}>
            {text.save}
          </Button>
        </>
      }
    >
      <Trouble editing={editing} />
      <Place priced={priced} editing={editing} />
      <RateInputs editing={editing} />
      <PriceExample editing={editing} />
      <Confirm
        open={isRemoving}
        title={text.removeTitle(rule)}
        action={text.removeAction}
        busy={editing.isBusy}
        onConfirm={() => {
          setRemoving(false);
          editing.remove(done(text.removed(rule)));
        }}
        onClose={() => setRemoving(false)}
      >
        {editing.written !== undefined && isShared(editing.written) && <p>{text.removeShared(rule)}</p>}
        <p>{text.removeOwn}</p>
      </Confirm>
    </EntryForm>
  );
}

function Trouble({
  editing: { error, isOvertaken },
}: {
  readonly editing: PriceEditing;
}): ReactElement | null {
  const words = useMessages(modelsMessages);
  if (error === null) return null;
  if (isOvertaken)
    return (
      <p role="alert" className="rounded-lg bg-caution-soft p-3 text-caution text-sm">
        {words.changedMeanwhile}
      </p>
    );
  return (
    <div role="alert" className="-m-4">
      <Failure error={error} />
    </div>
  );
}

/** What holds now, and where the new price will stand. */
function Place({
  priced,
  editing,
}: {
  readonly priced: PricedModel;
  readonly editing: PriceEditing;
}): ReactElement {
  const text = useMessages(priceMessages);
  const { price, written, isForAll, forAll, place } = editing;
  return (
    <div className="flex min-w-0 flex-col gap-3">
      <Facts
        facts={[
          [text.atUpstream, priced.upstream],
          [
            text.inForce,
            <span key="now" className="inline-flex min-w-0 flex-wrap items-center gap-2">
              <OriginBadge origin={price?.origin ?? 'unknown'} />
              {price !== undefined && (
                <code className="break-all font-mono text-faint text-xs">{price.id}</code>
              )}
            </span>,
          ],
          [text.writesTo, <Code key="place">{place}</Code>],
        ]}
      />
      {written !== undefined && isShared(written) && (
        <div className="flex flex-col items-start gap-2 rounded-lg bg-sunken p-3 text-sm">
          <p>{text.shared(written.rule)}</p>
          <Segmented
            label={text.scope}
            value={isForAll ? 'all' : 'own'}
            options={[
              { value: 'own', label: text.scopeOwn },
              { value: 'all', label: text.scopeShared(written.rule) },
            ]}
            onChange={(value) => forAll(value === 'all')}
          />
        </div>
      )}
    </div>
  );
}
