// Dialogs on the browser's own <dialog>: it keeps the focus inside, closes on Escape and gives the focus back.

import { X } from 'lucide-react';
import { type ReactElement, type ReactNode, useEffect, useId, useRef } from 'react';
import { useMessages } from '../language/messages.ts';
import { IconButton } from './button.tsx';
import { classes } from './classes.ts';
import { uiMessages } from './messages.ts';

interface DialogProps {
  readonly open: boolean;
  readonly onClose: () => void;
  readonly title: string;
  readonly children: ReactNode;
  /** Buttons at the lower end. */
  readonly footer?: ReactNode;
  /** drawer: from the right edge, over the whole height. */
  readonly kind?: 'box' | 'wide' | 'drawer';
}

const kinds: Readonly<Record<NonNullable<DialogProps['kind']>, string>> = {
  box: 'm-auto w-[min(32rem,calc(100vw-2rem))] max-h-[85dvh] rounded-2xl',
  wide: 'm-auto w-[min(56rem,calc(100vw-2rem))] max-h-[85dvh] rounded-2xl',
  drawer: 'my-0 mr-0 ml-auto h-dvh max-h-none w-[min(44rem,100%)] max-w-none rounded-l-2xl',
};

/** A modal dialog. Its content is not there while it is closed, so that forms begin anew. */
export function Dialog({ open, onClose, title, children, footer, kind = 'box' }: DialogProps): ReactElement {
  const element = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  const text = useMessages(uiMessages);
  useEffect(() => {
    const dialog = element.current;
    if (dialog === null || dialog.open === open) return;
    if (open) dialog.showModal();
    else dialog.close();
  }, [open]);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: Escape closes it, which is the browser's own doing.
    <dialog
      ref={element}
      aria-labelledby={titleId}
      onClose={(event) => {
        // React hands on the closing of a dialog within this one, too.
        if (event.target === element.current) onClose();
      }}
      onClick={(event) => {
        // The dialog itself is hit only outside of its content.
        if (event.target === element.current) onClose();
      }}
      className={classes('border border-line bg-raised p-0 shadow-2xl', kinds[kind])}
    >
      {open && (
        <div className={classes('flex flex-col', kind === 'drawer' ? 'h-full' : 'max-h-[85dvh]')}>
          <header className="flex items-center gap-3 border-line border-b py-2.5 pr-2.5 pl-4">
            <h2 id={titleId} className="min-w-0 truncate font-semibold">
              {title}
            </h2>
            <IconButton label={text.close} className="ml-auto" onClick={onClose}>
              <X className="size-4" />
            </IconButton>
          </header>
          <div className="min-h-0 flex-1 overflow-y-auto p-4">{children}</div>
          {footer !== undefined && (
            <footer className="flex flex-wrap justify-end gap-2 border-line border-t p-3">{footer}</footer>
          )}
        </div>
      )}
    </dialog>
  );
}
