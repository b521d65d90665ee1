// What is not in force yet, at the lower edge of the page, with the way to put it in place or to give it up. Warns before
// it would be lost.

import { useBlocker } from '@tanstack/react-router';
import { type ReactElement, useState } from 'react';
import type { ConfigFileView } from '../../../../../server/src/admin/contract.ts';
import { forget } from '../../../api/queries.ts';
import { useMessages } from '../../../language/messages.ts';
import { Button } from '../../../ui/button.tsx';
import { Confirm } from '../../../ui/confirm.tsx';
import { configurationMessages } from '../messages.ts';
import { ConflictDialog } from './conflict-dialog.tsx';
import { countChanges, type Draft, discard, isUnsaved } from './draft.ts';
import { ReviewDialog } from './review-dialog.tsx';

interface ChangeBarProps {
  readonly draft: Draft;
  readonly file: ConfigFileView;
}

type Open = 'review' | 'conflict' | 'discard' | undefined;

/** The bar and its dialogs. */
export function ChangeBar({ draft, file }: ChangeBarProps): ReactElement {
  const text = useMessages(configurationMessages);
  const [open, setOpen] = useState<Open>();
  const unsaved = isUnsaved(draft);
  // A dialog tells that it has closed when another one may be open already.
  const closing = (which: Open) => (): void => setOpen((now) => (now === which ? undefined : now));
  const conflict = (): void => {
    void forget('/config').then(() => setOpen('conflict'));
  };
  return (
    <>
      {unsaved && <Bar draft={draft} file={file} onOpen={setOpen} />}
      <ReviewDialog
        draft={draft}
        open={open === 'review'}
        onClose={closing('review')}
        onConflict={conflict}
      />
      <ConflictDialog
        draft={draft}
        file={file}
        open={open === 'conflict'}
        onClose={closing('conflict')}
        onKept={() => setOpen('review')}
      />
      <Confirm
        open={open === 'discard'}
        title={text.discardTitle}
        action={text.discard}
        onClose={closing('discard')}
        onConfirm={() => {
          discard(file);
          setOpen(undefined);
        }}
      >
        {text.discardHint}
      </Confirm>
      <LeaveGuard unsaved={unsaved} />
    </>
  );
}

function Bar({
  draft,
  file,
  onOpen,
}: ChangeBarProps & { readonly onOpen: (open: Open) => void }): ReactElement {
  const text = useMessages(configurationMessages);
  const count = countChanges(draft);
  return (
    <section
      aria-label={text.unsaved}
      className="sticky bottom-4 z-30 flex flex-wrap items-center gap-x-3 gap-y-2 rounded-xl border border-water/40 bg-raised px-4 py-2.5 shadow-lift"
    >
      <p role="status" className="font-medium text-sm">
        {count === undefined || count === 0 ? text.textChanged : text.changes(count)}
      </p>
      {file.etag !== draft.base.etag && (
        <p className="flex flex-wrap items-center gap-2 text-caution text-xs">
          {text.meanwhile}
          <Button size="small" onClick={() => onOpen('conflict')}>
            {text.meanwhileAction}
          </Button>
        </p>
      )}
      <div className="ml-auto flex gap-2">
        <Button size="small" weight="quiet" onClick={() => onOpen('discard')}>
          {text.discard}
        </Button>
        <Button size="small" weight="primary" onClick={() => onOpen('review')}>
          {text.review}
        </Button>
      </div>
    </section>
  );
}

/** Other pages, other tabs of the browser and reloads are asked about first; tabs of this page keep everything. */
function LeaveGuard({ unsaved }: { readonly unsaved: boolean }): ReactElement {
  const text = useMessages(configurationMessages);
  const { status, proceed, reset } = useBlocker({
    shouldBlockFn: ({ current, next }) => unsaved && current.pathname !== next.pathname,
    enableBeforeUnload: unsaved,
    withResolver: true,
  });
  return (
    <Confirm
      open={status === 'blocked'}
      title={text.leaveTitle}
      action={text.leave}
      onClose={() => reset?.()}
      onConfirm={() => {
        discard();
        proceed?.();
      }}
    >
      {text.leaveHint}
    </Confirm>
  );
}
