// Gives an account another place in the order of use.

import { type ReactElement, useState } from 'react';
import type { AccountView } from '../../../../../server/src/admin/contract.ts';
import { useFormat } from '../../../language/format.ts';
import { useMessages } from '../../../language/messages.ts';
import { Button } from '../../../ui/button.tsx';
import { Dialog } from '../../../ui/dialog.tsx';
import { TextField } from '../../../ui/field.tsx';
import { Failure } from '../../../ui/states.tsx';
import { tell } from '../../../ui/toasts.tsx';
import { accountLabel } from './account.ts';
import { accountMessages } from './messages.ts';
import { useAccountWish } from './questions.ts';

interface PriorityDialogProps {
  readonly open: boolean;
  readonly onClose: () => void;
  readonly account: AccountView;
}

/** The dialog. */
export function PriorityDialog({ open, onClose, account }: PriorityDialogProps): ReactElement {
  const text = useMessages(accountMessages);
  return (
    <Dialog open={open} onClose={onClose} title={text.priorityTitle(accountLabel(account))}>
      <PriorityForm onClose={onClose} account={account} />
    </Dialog>
  );
}

const WHOLE = /^-?\d{1,6}$/;

function PriorityForm({ onClose, account }: Omit<PriorityDialogProps, 'open'>): ReactElement {
  const text = useMessages(accountMessages);
  const format = useFormat();
  const wish = useAccountWish(account);
  const [typed, setTyped] = useState(String(account.priority));
  const isGood = WHOLE.test(typed.trim());
  const save = (): void => {
    const priority = Number(typed.trim());
    wish.mutate(
      { priority },
      {
        onSuccess: () => {
          tell(text.priorityDone(accountLabel(account), format.integer(priority)));
          onClose();
        },
      },
    );
  };
  return (
    <form
      noValidate
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        if (isGood) save();
      }}
    >
      <TextField
        label={text.priorityField}
        inputMode="numeric"
        value={typed}
        hint={text.priorityHint}
        fault={isGood ? undefined : text.priorityWrong}
        onChange={(event) => setTyped(event.target.value)}
      />
      {wish.error !== null && <Failure error={wish.error} />}
      <div className="flex justify-end gap-2">
        <Button onClick={onClose}>{text.cancel}</Button>
        <Button type="submit" weight="primary" disabled={!isGood} busy={wish.isPending}>
          {text.save}
        </Button>
      </div>
    </form>
  );
}
