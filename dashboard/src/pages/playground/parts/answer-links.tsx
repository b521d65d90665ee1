// Where one goes on from an answer: to its request in the ledger, to its bundle, to the next message.

import { Link } from '@tanstack/react-router';
import { Download } from 'lucide-react';
import { type ReactElement, useState } from 'react';
import { ApiError } from '../../../api/http.ts';
import { useStore } from '../../../app/store.ts';
import { useMessages } from '../../../language/messages.ts';
import { Button, buttonLook } from '../../../ui/button.tsx';
import { tell } from '../../../ui/toasts.tsx';
import { playgroundMessages } from '../messages.ts';
import { bench, changeChat } from '../state/bench.ts';
import { continued } from '../state/chat-form.ts';
import { downloadBundle } from '../state/keep.ts';
import { headerOf, type Run } from '../state/run.ts';

/** The links. */
export function AnswerLinks({ run }: { readonly run: Run }): ReactElement | null {
  const text = useMessages(playgroundMessages);
  const { mode } = useStore(bench);
  const id = headerOf(run, 'x-sluice-request-id');
  const canContinue = mode === 'chat' && run.state === 'done' && run.reply.blocks.length > 0;
  if (id === undefined && !canContinue) return null;
  return (
    <div className="flex flex-wrap items-center gap-2 border-line border-t pt-3">
      {canContinue && (
        <Button size="small" onClick={() => changeChat(continued(bench.get().chat, run.reply))}>
          {text.continueChat}
        </Button>
      )}
      {id !== undefined && (
        <Link to="/requests/$id" params={{ id }} className={buttonLook('plain', 'small')}>
          {text.seeRequest}
        </Link>
      )}
      {id !== undefined && run.kept && <BundleButton id={id} />}
      {id !== undefined && <span className="ml-auto truncate font-mono text-2xs text-faint">{id}</span>}
    </div>
  );
}

function BundleButton({ id }: { readonly id: string }): ReactElement {
  const text = useMessages(playgroundMessages);
  const [busy, setBusy] = useState(false);
  const get = async (): Promise<void> => {
    setBusy(true);
    try {
      await downloadBundle(id);
    } catch (error) {
      tell(error instanceof ApiError ? error.message : String(error), 'bad');
    }
    setBusy(false);
  };
  return (
    <Button size="small" busy={busy} onClick={() => void get()}>
      <Download aria-hidden="true" className="size-3.5" />
      {text.bundle}
    </Button>
  );
}
