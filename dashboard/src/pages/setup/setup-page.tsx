// How programs are pointed at this gateway: its addresses, whether a key is needed, and ready-made texts to copy.

import { type ReactElement, useState } from 'react';
import type { AddressesView } from '../../../../server/src/admin/contract.ts';
import { useAsk } from '../../api/queries.ts';
import { useMessages } from '../../language/messages.ts';
import { Page } from '../../ui/card.tsx';
import { Answered } from '../../ui/states.tsx';
import { originIn } from './address.ts';
import { AddressesCard } from './addresses-card.tsx';
import { FormatsCard } from './formats-card.tsx';
import { KeyCard, type MadeKey } from './key-card.tsx';
import { setupMessages } from './messages.ts';
import { ANY_KEY } from './snippets/facts.ts';
import { SnippetsCard } from './snippets-card.tsx';

/** The page. */
export function SetupPage(): ReactElement {
  const text = useMessages(setupMessages);
  const asked = useAsk<AddressesView>('/addresses', {}, { everyMs: 30_000 });
  return (
    <Page title={text.title} hint={text.hint}>
      <Answered asked={asked} lines={12}>
        {(view) => <Cards view={view} />}
      </Answered>
    </Page>
  );
}

function Cards({ view }: { readonly view: AddressesView }): ReactElement {
  const [chosen, choose] = useState<string | undefined>();
  const [made, setMade] = useState<MadeKey | undefined>();
  const origin = originIn(view, chosen, window.location.origin);
  return (
    <>
      <div className="grid gap-4 xl:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
        <AddressesCard view={view} origin={origin} onChoose={choose} />
        <KeyCard view={view} made={made} onMade={setMade} />
      </div>
      <FormatsCard formats={view.formats} origin={origin} />
      <SnippetsCard origin={origin} apiKey={made?.key ?? (view.keyRequired ? undefined : ANY_KEY)} />
    </>
  );
}
