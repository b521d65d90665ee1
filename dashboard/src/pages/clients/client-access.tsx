// What a client may use, and of what kind its key is.

import type { ReactElement } from 'react';
import type { ClientView } from '../../../../server/src/admin/contract.ts';
import { useFormat } from '../../language/format.ts';
import { useMessages } from '../../language/messages.ts';
import { Card } from '../../ui/card.tsx';
import { Facts } from '../../ui/facts.tsx';
import { clientMessages } from './messages.ts';
import { useRoutes } from './questions.ts';
import { expiryOf, limitWords, modelsOf, routesOf, upstreamsOf } from './scope-words.ts';

/** So much of a hash tells two keys apart. */
const SHOWN_OF_HASH = 12;

interface ClientAccessProps {
  readonly client: ClientView;
  readonly hasBudget: boolean;
}

/** The card. */
export function ClientAccess({ client, hasBudget }: ClientAccessProps): ReactElement {
  const text = useMessages(clientMessages);
  const format = useFormat();
  const routes = routesOf(client.id, useRoutes());
  const { written = {}, keyHash } = client;
  const [models, upstreams] = [modelsOf(written), upstreamsOf(written)];
  const limits = limitWords(written, text, format);
  const expiresAtMs = expiryOf(client);
  const allows = written['unpricedModels'] === 'allow';
  return (
    <Card title={text.access}>
      <Facts
        facts={[
          [text.models, models.length === 0 ? text.all : format.list(models)],
          [text.upstreams, upstreams.length === 0 ? text.allUpstreams : format.list(upstreams)],
          [text.limits, limits.length === 0 ? text.noLimits : format.list(limits)],
          routes.length === 0 ? undefined : [text.routes, format.list(routes)],
          hasBudget ? [text.unpricedModels, allows ? text.unpricedAllow : text.unpricedRefuse] : undefined,
          [
            text.keyHash,
            <code key="hash" className="font-mono text-xs" title={keyHash}>
              {text.keyHashIs(keyHash.slice(0, SHOWN_OF_HASH))}
            </code>,
          ],
          [text.expiresAt, expiresAtMs === undefined ? text.expiresNever : format.dateTime(expiresAtMs)],
        ]}
      />
    </Card>
  );
}
