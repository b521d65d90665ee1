// Adds or changes an upstream, in a drawer: as a form, or as the JSON of its entry.

import type { ReactElement } from 'react';
import type { UpstreamView } from '../../../../server/src/admin/contract.ts';
import { useMessages } from '../../language/messages.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { EntryForm, SaveTrouble } from '../../ui/entry-form.tsx';
import { TextArea } from '../../ui/field.tsx';
import { Segmented } from '../../ui/segmented.tsx';
import { Answered } from '../../ui/states.tsx';
import { tell } from '../../ui/toasts.tsx';
import { type Base, type Editor, readEntry, useBase, useEditor } from './entry-editor.ts';
import { EntryFields } from './entry-fields.tsx';
import { formMessages } from './form-messages.ts';
import { SavedUpstream } from './saved-upstream.tsx';

interface UpstreamFormProps {
  readonly open: boolean;
  readonly onClose: () => void;
  /** The one to be changed; a new one where absent. */
  readonly upstream?: Pick<UpstreamView, 'id'>;
}

/** The drawer. */
export function UpstreamForm({ open, onClose, upstream }: UpstreamFormProps): ReactElement {
  const text = useMessages(formMessages);
  const title = upstream === undefined ? text.addTitle : text.editTitle(upstream.id);
  return (
    <Dialog kind="drawer" open={open} onClose={onClose} title={title}>
      <Loaded onClose={onClose} id={upstream?.id} />
    </Dialog>
  );
}

interface LoadedProps {
  readonly onClose: () => void;
  /** Absent: a new one. */
  readonly id: string | undefined;
}

function Loaded(props: LoadedProps): ReactElement {
  const base = useBase();
  return (
    <Answered asked={base} lines={9}>
      {(loaded) => <Editing {...props} base={loaded} isLoading={base.isFetching} />}
    </Answered>
  );
}

interface EditingProps extends LoadedProps {
  readonly base: Base;
  readonly isLoading: boolean;
}

function Editing({ id, base, isLoading, onClose }: EditingProps): ReactElement {
  const text = useMessages(formMessages);
  const editor = useEditor(id, base);
  if (editor.outcome !== undefined) return <SavedUpstream outcome={editor.outcome} onClose={onClose} />;
  return (
    <EntryForm
      onSubmit={() => {
        if (editor.isReady && !isLoading && !editor.save()) tell(text.nothing);
      }}
      foot={
        <>
          <Button onClick={onClose}>{text.cancel}</Button>
          <Button
            type="submit"
            weight="primary"
            disabled={!editor.isReady || isLoading}
            busy={editor.isSaving}
          >
            {id === undefined ? text.saveAndTest : text.save}
          </Button>
        </>
      }
    >
      <Segmented
        label={text.view}
        value={editor.view}
        options={[
          { value: 'form', label: text.viewForm },
          { value: 'json', label: text.viewJson },
        ]}
        onChange={editor.choose}
        className="self-start"
      />
      <SaveTrouble
        error={editor.error}
        isOvertaken={editor.isOvertaken}
        changed={{ title: text.changedTitle, text: text.changedText }}
        left={faultsWithoutField(editor)}
      />
      {editor.view === 'json' ? (
        <EntryJson editor={editor} />
      ) : (
        <EntryFields isNew={id === undefined} editor={editor} />
      )}
    </EntryForm>
  );
}

/** As JSON an entry has no fields at all. */
function faultsWithoutField({ view, fields, faults }: Editor): readonly (readonly [string, string])[] {
  const isShown = (name: string): boolean => name in fields || name === 'keys';
  return Object.entries(faults).filter(([name]) => view === 'json' || !isShown(name));
}

function EntryJson({ editor: { json, typeJson } }: { readonly editor: Editor }): ReactElement {
  const text = useMessages(formMessages);
  const lines = Math.min(32, Math.max(12, json.split('\n').length + 1));
  return (
    <TextArea
      label={text.json}
      hint={text.jsonHint}
      rows={lines}
      value={json}
      onChange={(event) => typeJson(event.target.value)}
      fault={readEntry(json) === undefined ? text.jsonWrong : undefined}
      className="[&_textarea]:font-mono [&_textarea]:text-xs [&_textarea]:leading-relaxed"
    />
  );
}
