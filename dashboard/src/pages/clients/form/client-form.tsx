// Adds or changes a client, in a drawer. The key of a new one is shown once.

import { type ReactElement, useState } from 'react';
import type { MadeClient } from '../../../../../server/src/admin/contract.ts';
import { useMessages } from '../../../language/messages.ts';
import { Button } from '../../../ui/button.tsx';
import { Dialog } from '../../../ui/dialog.tsx';
import { EntryForm, SaveTrouble } from '../../../ui/entry-form.tsx';
import { Answered } from '../../../ui/states.tsx';
import { tell } from '../../../ui/toasts.tsx';
import { clientMessages } from '../messages.ts';
import { ShownKey } from '../shown-key.tsx';
import { type Base, useBase, useEditor } from './client-editor.ts';
import { ClientFields } from './client-fields.tsx';
import { clientFormMessages } from './messages.ts';

interface ClientFormProps {
  readonly open: boolean;
  readonly onClose: () => void;
  /** The one to be changed; a new one where absent. */
  readonly id?: string;
}

/** The drawer. */
export function ClientForm({ open, onClose, id }: ClientFormProps): ReactElement {
  const text = useMessages(clientFormMessages);
  return (
    <Dialog
      kind="drawer"
      open={open}
      onClose={onClose}
      title={id === undefined ? text.addTitle : text.editTitle(id)}
    >
      <Loaded id={id} onClose={onClose} />
    </Dialog>
  );
}

interface LoadedProps {
  readonly id: string | undefined;
  readonly onClose: () => void;
}

function Loaded(props: LoadedProps): ReactElement {
  const base = useBase();
  return (
    <Answered asked={base} lines={9}>
      {(loaded) => <Editing {...props} base={loaded} isLoading={base.isFetching} />}
    </Answered>
  );
}

function Editing({
  id,
  onClose,
  base,
  isLoading,
}: LoadedProps & { readonly base: Base; readonly isLoading: boolean }): ReactElement {
  const text = useMessages(clientFormMessages);
  const words = useMessages(clientMessages);
  const editor = useEditor(id, base);
  const [made, setMade] = useState<Pick<MadeClient, 'key' | 'change'>>();
  if (made !== undefined) return <ShownKey made={made} onDone={onClose} />;
  const save = (): void => {
    const became = editor.save(({ id: saved, key, change }) => {
      if (key !== undefined) {
        setMade({ key, change });
        return;
      }
      tell(change.inForce ? text.saved(saved) : words.notInForce, change.inForce ? 'good' : 'bad');
      onClose();
    });
    if (became === 'nothing') tell(text.nothing);
  };
  return (
    <EntryForm
      onSubmit={() => {
        if (!isLoading) save();
      }}
      foot={
        <>
          <Button onClick={onClose}>{text.cancel}</Button>
          <Button type="submit" weight="primary" disabled={isLoading} busy={editor.isSaving}>
            {id === undefined ? text.add : text.save}
          </Button>
        </>
      }
    >
      <SaveTrouble
        error={editor.error}
        isOvertaken={editor.isOvertaken}
        changed={{ title: text.changedTitle, text: text.changedText }}
        left={Object.entries(editor.faults).filter(([place]) => !WITH_FIELD.test(place))}
      />
      <ClientFields isNew={id === undefined} editor={editor} />
    </EntryForm>
  );
}

/** Places that have a field, where what is wrong is said. */
const WITH_FIELD = /^(?:id|name|expiresAt|models|upstreams|limits\.\w+|budgets(?:\[\d+\]\.\w+)?)$/;
