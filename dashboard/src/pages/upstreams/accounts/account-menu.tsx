// What can be done with an account.

import { EllipsisVertical } from 'lucide-react';
import { type ReactElement, useState } from 'react';
import type { AccountView } from '../../../../../server/src/admin/contract.ts';
import { useMessages } from '../../../language/messages.ts';
import { IconButton } from '../../../ui/button.tsx';
import { Menu, MenuItem, MenuLine } from '../../../ui/menu.tsx';
import { Removal } from '../../../ui/removal.tsx';
import { useKeyAction } from '../questions.ts';
import { accountLabel } from './account.ts';
import { accountMessages } from './messages.ts';
import { PriorityDialog } from './priority-dialog.tsx';
import { accountPath, useAccountWish, useRenewal } from './questions.ts';

/** The menu of an account, with its dialogs. */
export function AccountMenu({ account }: { readonly account: AccountView }): ReactElement {
  const text = useMessages(accountMessages);
  const [open, setOpen] = useState<'priority' | 'remove' | undefined>();
  const wish = useAccountWish(account);
  const renewal = useRenewal(account);
  const key = useKeyAction();
  const { upstream, id, state } = account;
  const name = accountLabel(account);
  const close = (): void => setOpen(undefined);
  const isBusy = wish.isPending || renewal.isPending || key.isPending;
  return (
    <>
      <Menu
        trigger={
          <IconButton label={text.actionsOf(`${upstream} ${name}`)} aria-busy={isBusy} className="-my-1">
            <EllipsisVertical className="size-4" />
          </IconButton>
        }
      >
        <MenuItem onChoose={() => key.run({ upstreamId: upstream, keyId: id, name }, 'test')}>
          {text.test}
        </MenuItem>
        <MenuItem onChoose={renewal.run}>{text.renew}</MenuItem>
        <MenuItem onChoose={() => setOpen('priority')}>{text.changePriority}</MenuItem>
        {state === 'disabled' ? (
          <MenuItem onChoose={() => wish.switchTo(true)}>{text.enable}</MenuItem>
        ) : (
          <MenuItem onChoose={() => wish.switchTo(false)}>{text.disable}</MenuItem>
        )}
        <MenuLine />
        <MenuItem danger onChoose={() => setOpen('remove')}>
          {text.remove}
        </MenuItem>
      </Menu>
      <PriorityDialog open={open === 'priority'} onClose={close} account={account} />
      <Removal
        open={open === 'remove'}
        onClose={close}
        title={text.removeTitle(name)}
        action={text.remove}
        path={accountPath(id)}
        forgets={['/accounts', '/keys', '/upstreams', '/status', '/models']}
        done={text.removedDone(name)}
      >
        <p>{text.removeText}</p>
      </Removal>
    </>
  );
}
