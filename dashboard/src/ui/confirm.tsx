// Asks once more before something is done that cannot be undone.

import type { ReactElement, ReactNode } from 'react';
import { useMessages } from '../language/messages.ts';
import { Button } from './button.tsx';
import { Dialog } from './dialog.tsx';
import { uiMessages } from './messages.ts';

interface ConfirmProps {
  readonly open: boolean;
  readonly title: string;
  readonly children: ReactNode;
  /** The word on the button that does it. */
  readonly action: string;
  readonly busy?: boolean;
  readonly onConfirm: () => void;
  readonly onClose: () => void;
}

/** The question. */
export function Confirm({
  open,
  title,
  children,
  action,
  busy,
  onConfirm,
  onClose,
}: ConfirmProps): ReactElement {
  const text = useMessages(uiMessages);
  return (
    <Dialog
      open={open}
      onClose={onClose}
      title={title}
      footer={
        <>
          <Button onClick={onClose}>{text.cancel}</Button>
          <Button weight="danger" busy={busy === true} onClick={onConfirm}>
            {action}
          </Button>
        </>
      }
    >
      <div className="text-soft text-sm">{children}</div>
    </Dialog>
  );
}
