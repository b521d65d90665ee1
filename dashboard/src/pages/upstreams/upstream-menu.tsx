// What can be done with an upstream: switching, draining, changing and removing it.

import { EllipsisVertical } from 'lucide-react';
import { type ReactElement, useState } from 'react';
import type { UpstreamView } from '../../../../server/src/admin/contract.ts';
import { useMessages } from '../../language/messages.ts';
import { IconButton } from '../../ui/button.tsx';
import { Menu, MenuItem, MenuLine } from '../../ui/menu.tsx';
import { Removal } from '../../ui/removal.tsx';
import { tell, tellFailure } from '../../ui/toasts.tsx';
import { AddKeys } from './add-keys.tsx';
import { DrainDialog } from './drain-dialog.tsx';
import { upstreamMessages } from './messages.ts';
import { upstreamPath, useSwitch } from './questions.ts';
import { UpstreamForm } from './upstream-form.tsx';

interface UpstreamMenuProps {
  readonly upstream: UpstreamView;
  /** After it has been removed. */
  readonly onRemoved?: () => void;
}

/** The menu with its dialogs. */
export function UpstreamMenu({ upstream, onRemoved }: UpstreamMenuProps): ReactElement {
  const text = useMessages(upstreamMessages);
  const [open, setOpen] = useState<'edit' | 'keys' | 'drain' | 'remove' | undefined>();
  const { mutate } = useSwitch(upstream.id);
  const close = (): void => setOpen(undefined);
  const { id, enabled } = upstream;
  const enable = (): void => {
    mutate('enable', { onSuccess: () => tell(text.enabledDone(id)), onError: tellFailure });
  };
  const disable = (): void => {
    mutate('disable', { onSuccess: () => tell(text.disabledDone(id)), onError: tellFailure });
  };
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
        {upstream.accounts === undefined && (
          <MenuItem onChoose={() => setOpen('keys')}>{text.addKey}</MenuItem>
        )}
        <MenuLine />
        {enabled ? (
          <MenuItem onChoose={disable}>{text.disable}</MenuItem>
        ) : (
          <MenuItem onChoose={enable}>{text.enable}</MenuItem>
        )}
        {enabled && <MenuItem onChoose={() => setOpen('drain')}>{text.drain}</MenuItem>}
        <MenuLine />
        <MenuItem danger onChoose={() => setOpen('remove')}>
          {text.remove}
        </MenuItem>
      </Menu>
      <UpstreamForm open={open === 'edit'} onClose={close} upstream={upstream} />
      <AddKeys open={open === 'keys'} onClose={close} upstream={upstream} />
      <DrainDialog open={open === 'drain'} onClose={close} upstream={upstream} />
      <Removal
        open={open === 'remove'}
        onClose={close}
        title={text.removeTitle(id)}
        action={text.remove}
        path={upstreamPath(id)}
        forgets={['/upstreams', '/keys', '/config', '/status', '/models']}
        done={text.removedDone(id)}
        onRemoved={onRemoved}
      >
        <p>{text.removeUpstream}</p>
      </Removal>
    </>
  );
}
