// What can be done with a key.

import { EllipsisVertical } from 'lucide-react';
import { type ReactElement, useState } from 'react';
import type { KeyView } from '../../../../server/src/admin/contract.ts';
import { useMessages } from '../../language/messages.ts';
import { IconButton } from '../../ui/button.tsx';
import { Menu, MenuItem, MenuLine } from '../../ui/menu.tsx';
import { Removal } from '../../ui/removal.tsx';
import { keyLabel } from './key-label.ts';
import { upstreamMessages } from './messages.ts';
import { upstreamPath, useKeyAction } from './questions.ts';

/** The menu of a key. */
export function KeyMenu({ value }: { readonly value: KeyView }): ReactElement {
  const text = useMessages(upstreamMessages);
  const { run, isPending } = useKeyAction();
  const [removing, setRemoving] = useState(false);
  const { upstreamId, keyId } = value;
  const name = keyLabel(value);
  const key = { upstreamId, keyId, name };
  return (
    <>
      <Menu
        trigger={
          <IconButton label={text.actionsOf(`${upstreamId} ${name}`)} aria-busy={isPending} className="-my-1">
            <EllipsisVertical className="size-4" />
          </IconButton>
        }
      >
        <MenuItem onChoose={() => run(key, 'test')}>{text.test}</MenuItem>
        {value.disabled ? (
          <MenuItem onChoose={() => run(key, 'enable')}>{text.enable}</MenuItem>
        ) : (
          <MenuItem onChoose={() => run(key, 'disable')}>{text.disable}</MenuItem>
        )}
        <MenuItem disabled={value.standings.length === 0} onChoose={() => run(key, 'reset')}>
          {text.reset}
        </MenuItem>
        <MenuLine />
        <MenuItem danger onChoose={() => setRemoving(true)}>
          {text.remove}
        </MenuItem>
      </Menu>
      <Removal
        open={removing}
        onClose={() => setRemoving(false)}
        title={text.removeTitle(name)}
        action={text.remove}
        path={`${upstreamPath(upstreamId)}/keys/${encodeURIComponent(keyId)}`}
        forgets={['/upstreams', '/keys']}
        done={text.removedDone(name)}
      >
        <p>{text.removeKey}</p>
      </Removal>
    </>
  );
}
