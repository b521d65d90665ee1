// A prompt cache that was lost: why, where, what it meant, and what to do about it.

import { TriangleAlert } from 'lucide-react';
import type { ReactElement } from 'react';
import type { ExchangeView } from '../../../../server/src/admin/contract.ts';
import { useFormat } from '../../language/format.ts';
import { useMessages } from '../../language/messages.ts';
import { Card } from '../../ui/card.tsx';
import { Code } from '../../ui/code.tsx';
import { requestMessages } from './messages.ts';
import { cacheFindingOf } from './prompt-cache.ts';

/** The card; nothing where no cache was lost. */
export function CacheFindingCard({ view }: { readonly view: ExchangeView }): ReactElement | null {
  const text = useMessages(requestMessages);
  const format = useFormat();
  const { promptCache } = view;
  if (promptCache === undefined) return null;
  const finding = cacheFindingOf(promptCache);
  return (
    <Card
      title={
        <span className="flex items-center gap-2">
          <TriangleAlert aria-hidden="true" className="size-4 text-caution" />
          {text.promptCache}
        </span>
      }
    >
      {finding === undefined ? (
        <p className="text-sm">{promptCache}</p>
      ) : (
        <div className="flex flex-col gap-2 text-sm">
          <p>
            {text[`cause_${finding.cause}`]}
            {finding.lostTokens !== undefined && ` ${text.lostTokens(format.integer(finding.lostTokens))}`}
          </p>
          {finding.what !== '' && (
            <p>
              <Code>{finding.what}</Code>
            </p>
          )}
          <p className="text-soft">
            <span className="font-medium">{text.suggestion}:</span> {text[`do_${finding.cause}`]}
          </p>
        </div>
      )}
    </Card>
  );
}
