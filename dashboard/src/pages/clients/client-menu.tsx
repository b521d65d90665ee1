// What can be done with a client: changing it, locking it out, giving it another key, and removing it.

import { EllipsisVertical } from 'lucide-react';
import { type ReactElement, useState } from 'react';
import type { ClientView, MadeClient } from '../../../../server/src/admin/contract.ts';
import { useChange } from '../../api/queries.ts';
import { useMessages } from '../../language/messages.ts';
import { IconButton } from '../../ui/button.tsx';
import { Confirm } from '../../ui/confirm.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Menu, MenuItem, MenuLine } from '../../ui/menu.tsx';
import { Removal } from '../../ui/removal.tsx';
import { Failure } from '../../ui/states.tsx';
import { tell, tellFailure } from '../../ui/toasts.tsx';
import { ClientForm } from './form/client-form.tsx';
import { clientMessages } from './messages.ts';
import { clientPath, SHOWS_CLIENTS, useSwitch } from './questions.ts';
import { ShownKey } from './shown-key.tsx';

interface ClientMenuProps {
  readonly client: ClientView;
  /** There is no other. */
  readonly isLast: boolean;
  readonly onRemoved?: () => void;
}

/** The menu with its dialogs. */
export function ClientMenu({ client, isLast, onRemoved }: ClientMenuProps): ReactElement {
  const text = useMessages(clientMessages);
  const [open, setOpen] = useState<'edit' | 'key' | 'remove' | undefined>();
  const { mutate } = useSwitch(client.id);
  const close = (): void => setOpen(undefined);
  const { id, enabled } = client;
  const turn = (on: boolean): void =>
    mutate(on, {
      onSuccess: () => tell(on ? text.enabledDone(id) : text.disabledDone(id)),
      onError: tellFailure,
    });
  return (
    <>
      <Menu
        trigger={
          <IconButton label={text.actionsOf(id)}>
            <EllipsisVertical className="size-4" />
          </IconButton>
        }
      >
        <MenuItem onChoose={() => setOpen('edit')}>{text.edit}</MenuItem>
        <MenuItem onChoose={() => setOpen('key')}>{text.regenerate}</MenuItem>
        <MenuLine />
        <MenuItem onChoose={() => turn(!enabled)}>{enabled ? text.disable : text.enable}</MenuItem>
        <MenuItem danger onChoose={() => setOpen('remove')}>
          {text.remove}
        </MenuItem>
      </Menu>
      <ClientForm open={open === 'edit'} onClose={close} id={id} />
      <NewKey id={id} open={open === 'key'} onClose={close} />
      <Removal
        open={open === 'remove'}
        onClose={close}
        title={text.removeTitle(id)}
        action={text.remove}
        path={clientPath(id)}
        forgets={SHOWS_CLIENTS}
        done={text.removedDone(id)}
        onRemoved={onRemoved}
      >
        <p>{text.removeText}</p>
        {isLast && <p className="mt-2 text-caution">{text.removeLast}</p>}
      </Removal>
    </>
  );
}

interface ActionProps {
  readonly id: string;
  readonly open: boolean;
  readonly onClose: () => void;
}

/** Asks once more, makes the key, and shows it. */
function NewKey({ id, open, onClose }: ActionProps): ReactElement {
  const text = useMessages(clientMessages);
  const change = useChange<void, MadeClient>(() => ({ path: `${clientPath(id)}/regenerate` }), SHOWS_CLIENTS);
  const close = (): void => {
    change.reset();
    onClose();
  };
  const made = change.data;
  return (
    <>
      <Confirm
        open={open && made === undefined}
        title={text.regenerateTitle(id)}
        action={text.regenerateAction}
        busy={change.isPending}
        onConfirm={() => change.mutate()}
        onClose={() => {
          // It closes as well when the key is there: then it is still to be shown.
          if (made === undefined) close();
        }}
      >
        <p>{text.regenerateText}</p>
        {change.error !== null && <Failure error={change.error} />}
      </Confirm>
      <Dialog open={open && made !== undefined} onClose={close} title={text.keyTitle(id)}>
        {made !== undefined && <ShownKey made={made} onDone={close} />}
      </Dialog>
    </>
  );
}
