// Stands where a page has failed, so that one defect does not take the others along. After an update the page's parts
// have other names: loading anew gets them.

import { TriangleAlert } from 'lucide-react';
import type { ReactElement } from 'react';
import { useMessages } from '../language/messages.ts';
import { Button } from '../ui/button.tsx';
import { Page } from '../ui/card.tsx';
import { Empty } from '../ui/states.tsx';
import { appMessages } from './messages.ts';

/** The page. */
export function PageFailure({ error }: { readonly error: unknown }): ReactElement {
  const text = useMessages(appMessages);
  return (
    <Page title={text.pageFailed}>
      <Empty
        icon={TriangleAlert}
        title={text.pageFailedHint}
        action={
          <Button weight="primary" onClick={() => window.location.reload()}>
            {text.reload}
          </Button>
        }
      >
        <p className="break-words font-mono text-xs">
          {error instanceof Error ? error.message : String(error)}
        </p>
      </Empty>
    </Page>
  );
}
