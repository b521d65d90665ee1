// Removes something after one more question, and says so.

import type { ReactElement, ReactNode } from 'react';
import { useChange } from '../api/queries.ts';
import { Confirm } from './confirm.tsx';
import { Failure } from './states.tsx';
import { tell } from './toasts.tsx';

interface RemovalProps {
  readonly open: boolean;
  readonly title: string;
  /** The word on the button that does it. */
  readonly action: string;
  /** What is deleted. */
  readonly path: string;
  /** What is asked anew afterwards. */
  readonly forgets: readonly string[];
  /** What is said when it is gone. */
  readonly done: string;
  readonly onRemoved?: (() => void) | undefined;
  readonly onClose: () => void;
  readonly children: ReactNode;
}

/** The question, and why it could not be done. */
export function Removal(props: RemovalProps): ReactElement {
  const { open, title, action, path, forgets, done, onRemoved, onClose, children } = props;
  const removal = useChange<void, unknown>(() => ({ method: 'DELETE', path }), forgets);
  const close = (): void => {
    removal.reset();
    onClose();
  };
  const remove = (): void => {
    // The row or page of what is removed may be gone before this is over: a promise outlives it.
    void removal.mutateAsync().then(
      () => {
        tell(done);
        close();
        onRemoved?.();
      },
      () => undefined,
    );
  };
  return (
    <Confirm
      open={open}
      title={title}
      action={action}
      busy={removal.isPending}
      onConfirm={remove}
      onClose={close}
    >
      {children}
      {removal.error !== null && <Failure error={removal.error} />}
    </Confirm>
  );
}
