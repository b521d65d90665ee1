// Somebody else has changed the file since the draft began: their change, and the choice between theirs and ours.

import { type ReactElement, useMemo, useState } from 'react';
import type { ConfigFileView } from '../../../../../server/src/admin/contract.ts';
import { useMessages } from '../../../language/messages.ts';
import { Button } from '../../../ui/button.tsx';
import { Dialog } from '../../../ui/dialog.tsx';
import { uiMessages } from '../../../ui/messages.ts';
import { configurationMessages } from '../messages.ts';
import { linesBetween } from './diff.ts';
import { DiffView } from './diff-view.tsx';
import { type Draft, discard, draftStore, onTopOf } from './draft.ts';

interface ConflictProps {
  readonly draft: Draft;
  /** The file as it is now. */
  readonly file: ConfigFileView;
  readonly open: boolean;
  readonly onClose: () => void;
  /** Ours stands on top of theirs now. */
  readonly onKept: () => void;
}

/** The dialog. */
export function ConflictDialog({ draft, file, open, onClose, onKept }: ConflictProps): ReactElement {
  const text = useMessages(configurationMessages);
  const common = useMessages(uiMessages);
  const [impossible, setImpossible] = useState(false);
  const lines = useMemo(() => (open ? linesBetween(draft.base.text, file.text) : []), [open, draft, file]);
  const take = (): void => {
    discard(file);
    onClose();
  };
  const keep = (): void => {
    const kept = onTopOf(draft, file);
    setImpossible(kept === undefined);
    if (kept === undefined) return;
    draftStore.set(kept);
    onKept();
  };
  return (
    <Dialog
      kind="wide"
      open={open}
      onClose={onClose}
      title={text.conflictTitle}
      footer={
        <>
          <Button onClick={onClose}>{common.cancel}</Button>
          <Button weight="danger" onClick={take}>
            {text.takeTheirs}
          </Button>
          <Button weight="primary" onClick={keep}>
            {text.keepMine}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-3">
        <p className="text-soft text-sm">{text.conflictHint}</p>
        {impossible && (
          <p role="alert" className="text-bad text-sm">
            {text.cannotMerge}
          </p>
        )}
        {lines.length === 0 ? (
          <p className="text-faint text-sm">{text.theirsSame}</p>
        ) : (
          <DiffView lines={lines} label={text.theirs} />
        )}
      </div>
    </Dialog>
  );
}
