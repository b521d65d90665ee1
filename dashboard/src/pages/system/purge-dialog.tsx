// Asks which answers of the response cache are to be forgotten, and forgets them.

import { type ReactElement, useState } from 'react';
import type { Purged, PurgeRequest } from '../../../../server/src/admin/contract.ts';
import { useChange } from '../../api/queries.ts';
import { useFormat } from '../../language/format.ts';
import { useMessages } from '../../language/messages.ts';
import { Confirm } from '../../ui/confirm.tsx';
import { TextField } from '../../ui/field.tsx';
import { Segmented } from '../../ui/segmented.tsx';
import { Failure } from '../../ui/states.tsx';
import { tell } from '../../ui/toasts.tsx';
import { systemMessages } from './messages.ts';

interface PurgeDialogProps {
  readonly open: boolean;
  readonly onClose: () => void;
}

type Which = 'all' | 'model' | 'client';

/** The dialog. */
export function PurgeDialog({ open, onClose }: PurgeDialogProps): ReactElement {
  const text = useMessages(systemMessages);
  const format = useFormat();
  const [which, setWhich] = useState<Which>('all');
  const [name, setName] = useState('');
  const [wanted, setWanted] = useState(false);
  const purging = useChange<PurgeRequest, Purged>(
    (body) => ({ path: '/cache/purge', body }),
    ['/cache', '/status'],
  );
  const lacksName = which !== 'all' && name.trim() === '';
  const close = (): void => {
    setWhich('all');
    setName('');
    setWanted(false);
    purging.reset();
    onClose();
  };
  const purge = (): void => {
    setWanted(true);
    if (lacksName) return;
    purging.mutate(which === 'all' ? {} : { [which]: name.trim() }, {
      onSuccess: ({ purged }) => {
        tell(text.purged(format.integer(purged)));
        close();
      },
    });
  };
  return (
    <Confirm
      open={open}
      title={text.purgeTitle}
      action={text.purgeDo}
      busy={purging.isPending}
      onConfirm={purge}
      onClose={close}
    >
      <div className="flex flex-col gap-3">
        <Segmented
          label={text.purgeWhich}
          value={which}
          options={[
            { value: 'all', label: text.purgeAll },
            { value: 'model', label: text.purgeModel },
            { value: 'client', label: text.purgeClient },
          ]}
          onChange={setWhich}
          className="self-start"
        />
        {which !== 'all' && (
          <TextField
            label={text.purgeName}
            value={name}
            maxLength={512}
            onChange={(event) => setName(event.target.value)}
            fault={wanted && lacksName ? text.purgeNameless : undefined}
          />
        )}
        <p>{text.purgeWhy}</p>
      </div>
      {purging.error !== null && <Failure error={purging.error} />}
    </Confirm>
  );
}
