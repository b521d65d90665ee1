// Takes an alias out, after asking once more.

import type { ReactElement } from 'react';
import { useMessages } from '../../../language/messages.ts';
import { Confirm } from '../../../ui/confirm.tsx';
import { Failure } from '../../../ui/states.tsx';
import { tell } from '../../../ui/toasts.tsx';
import { modelsMessages } from '../messages.ts';
import { useAliasChange } from './alias-base.ts';

/** The question; closed where `name` is absent. */
export function RemoveAlias({
  name,
  onClose,
}: {
  readonly name: string | undefined;
  readonly onClose: () => void;
}): ReactElement {
  const text = useMessages(modelsMessages);
  // Whatever else was changed meanwhile, this one is to be gone: no version is asked for.
  const change = useAliasChange(undefined);
  const remove = (): void => {
    if (name === undefined) return;
    change.send({ [name]: null }, ({ inForce }) => {
      tell(inForce ? text.aliasRemoved(name) : text.notInForce, inForce ? 'good' : 'bad');
      onClose();
    });
  };
  return (
    <Confirm
      open={name !== undefined}
      title={text.removeAliasTitle(name ?? '')}
      action={text.remove}
      busy={change.isPending}
      onConfirm={remove}
      onClose={onClose}
    >
      {change.error !== null && <Failure error={change.error} />}
      {text.removeAliasText}
    </Confirm>
  );
}
