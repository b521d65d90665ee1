// What is special about a client, as badges; nothing where nothing is.

import type { ReactElement } from 'react';
import type { ClientView } from '../../../../server/src/admin/contract.ts';
import { useFormat } from '../../language/format.ts';
import { useMessages } from '../../language/messages.ts';
import { Badge } from '../../ui/badge.tsx';
import { clientMessages } from './messages.ts';
import { expiryOf } from './scope-words.ts';

/** The badges. */
export function ClientState({ client }: { readonly client: ClientView }): ReactElement {
  const text = useMessages(clientMessages);
  const format = useFormat();
  const expiresAtMs = expiryOf(client);
  const isExpired = expiresAtMs !== undefined && expiresAtMs <= Date.now();
  return (
    <>
      {!client.enabled && <Badge>{text.off}</Badge>}
      {isExpired && <Badge tone="bad">{text.expired}</Badge>}
      {expiresAtMs !== undefined && !isExpired && <Badge>{text.expires(format.date(expiresAtMs))}</Badge>}
      {!client.inFile && <Badge>{text.notInFile}</Badge>}
    </>
  );
}
