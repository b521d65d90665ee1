// Says that the gateway does not answer, while what was loaded stays readable.

import { CloudOff } from 'lucide-react';
import type { ReactElement } from 'react';
import type { SessionFacts } from '../../../server/src/admin/contract.ts';
import { useAsk } from '../api/queries.ts';
import { useMessages } from '../language/messages.ts';
import { appMessages } from './messages.ts';

const ASK_EVERY_MS = 5_000;

/** The line; nothing while all is well. */
export function Unreachable(): ReactElement | null {
  const text = useMessages(appMessages);
  // The cheapest question that there is: the status would measure the process and ask the ledger each time.
  const { error } = useAsk<SessionFacts>('/session', {}, { everyMs: ASK_EVERY_MS });
  if (error?.status !== 0) return null;
  return (
    <p
      role="status"
      className="flex items-center gap-2 bg-caution-soft px-4 py-2 text-caution text-sm sm:px-6"
    >
      <CloudOff aria-hidden="true" className="size-4 shrink-0" />
      {text.unreachable}
    </p>
  );
}
