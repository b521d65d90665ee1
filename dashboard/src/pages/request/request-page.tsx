// One request with all that is known of it: how it went, where its time went, why it went there, what it cost and lost.

import { useParams } from '@tanstack/react-router';
import { type ReactElement, useEffect, useState } from 'react';
import type { ExchangeView } from '../../../../server/src/admin/contract.ts';
import { useAsk } from '../../api/queries.ts';
import { useMessages } from '../../language/messages.ts';
import { Page } from '../../ui/card.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { Answered } from '../../ui/states.tsx';
import { Actions } from './actions/actions.tsx';
import { AttemptsCard } from './attempts-card.tsx';
import { BodiesCard } from './bodies/bodies-card.tsx';
import { CacheFindingCard } from './cache-finding-card.tsx';
import { ChoicesCard } from './choices-card.tsx';
import { ErrorCard } from './error-card.tsx';
import { keptOf } from './kept.ts';
import { LossesCard } from './losses-card.tsx';
import { requestMessages } from './messages.ts';
import { SpendingCard } from './spending-card.tsx';
import { Summary } from './summary.tsx';
import { useConversion } from './use-conversion.ts';

/** While it is on its way. */
const FOLLOW_EVERY_MS = 1_000;
/** What is kept of a request is written a moment after its row. */
const KEPT_AFTER_MS = 1_500;

/** The page. */
export function RequestPage(): ReactElement {
  const { id } = useParams({ from: '/requests/$id' });
  const text = useMessages(requestMessages);
  const asked = useExchange(id);
  return (
    <Page
      title={text.title}
      hint={
        <span className="flex items-center gap-1">
          <span className="min-w-0 truncate font-mono text-xs">{id}</span>
          <CopyButton text={id} what={text.copyId} />
        </span>
      }
      actions={asked.data === undefined ? undefined : <Actions key={id} view={asked.data} />}
    >
      <Answered asked={asked} lines={12}>
        {(view) => <Exchange key={id} view={view} />}
      </Answered>
    </Page>
  );
}

/** Asked anew each second until it has ended, and once more for what was kept of it. */
function useExchange(id: string) {
  const [isOpen, setOpen] = useState(false);
  const asked = useAsk<ExchangeView>(
    `/exchanges/${encodeURIComponent(id)}`,
    {},
    { everyMs: isOpen && FOLLOW_EVERY_MS, keep: false },
  );
  const { data, refetch } = asked;
  const state = data?.state;
  useEffect(() => {
    if (state === undefined || (state === 'open') === isOpen) return;
    setOpen(state === 'open');
    if (state !== 'open') setTimeout(() => void refetch(), KEPT_AFTER_MS);
  }, [state, isOpen, refetch]);
  return asked;
}

function Exchange({ view }: { readonly view: ExchangeView }): ReactElement {
  const kept = keptOf(view);
  const conversion = useConversion(view, kept);
  return (
    <>
      <Summary view={view} />
      <ErrorCard view={view} kept={kept} />
      <AttemptsCard view={view} kept={kept} />
      <div className="grid items-start gap-4 xl:grid-cols-2">
        <div className="flex min-w-0 flex-col gap-4">
          <ChoicesCard view={view} kept={kept} />
        </div>
        <div className="flex min-w-0 flex-col gap-4">
          <SpendingCard view={view} />
          <CacheFindingCard view={view} />
          <LossesCard view={view} kept={kept} conversion={conversion} />
        </div>
      </div>
      {kept !== undefined && <BodiesCard kept={kept} conversion={conversion} />}
    </>
  );
}
