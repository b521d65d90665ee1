// Makes a new admin key and shows it this once. All sessions end with the old key, so this browser signs in with the new one
// at once; the key is kept outside of the page, which may be drawn anew in between, until it was put away.

import { useMutation } from '@tanstack/react-query';
import type { ReactElement } from 'react';
import type { NewAdminKey } from '../../../../server/src/admin/contract.ts';
import { type ApiError, ask, signIn } from '../../api/http.ts';
import { createStore, useStore } from '../../app/store.ts';
import { useMessages } from '../../language/messages.ts';
import { Button } from '../../ui/button.tsx';
import { CodeBlock } from '../../ui/code.tsx';
import { Confirm } from '../../ui/confirm.tsx';
import { Failure } from '../../ui/states.tsx';
import { systemMessages } from './messages.ts';

const madeKey = createStore<string | undefined>(undefined);

async function renew(): Promise<void> {
  const { key } = await ask<NewAdminKey>('/admin-key', { method: 'POST' });
  madeKey.set(key);
  await signIn({ key });
}

interface AdminKeyDialogProps {
  readonly open: boolean;
  readonly onClose: () => void;
}

/** The question. */
export function AdminKeyDialog({ open, onClose }: AdminKeyDialogProps): ReactElement {
  const text = useMessages(systemMessages);
  const key = useStore(madeKey);
  const renewing = useMutation<void, ApiError>({ mutationFn: renew, onSuccess: onClose });
  const close = (): void => {
    renewing.reset();
    onClose();
  };
  return (
    <Confirm
      open={open && key === undefined}
      title={text.keyConfirm}
      action={text.keyDo}
      busy={renewing.isPending}
      onConfirm={() => renewing.mutate()}
      onClose={close}
    >
      <p>{text.keyWhy}</p>
      {renewing.error !== null && <Failure error={renewing.error} />}
    </Confirm>
  );
}

/** The key that was made, until it is put away: nothing but its button does that. */
export function NewAdminKeyShown(): ReactElement | null {
  const text = useMessages(systemMessages);
  const key = useStore(madeKey);
  if (key === undefined) return null;
  return (
    <div className="flex flex-col gap-2">
      <CodeBlock text={key} label={text.keyShown} wrap />
      <p role="status" className="text-soft">
        {text.keyKeep}
      </p>
      <div>
        <Button size="small" onClick={() => madeKey.set(undefined)}>
          {text.keyDone}
        </Button>
      </div>
    </div>
  );
}
