// Ways in: one-time links, the admin key, and what programs read.

import { type ReactElement, useState } from 'react';
import type { DashboardLink } from '../../../../server/src/admin/contract.ts';
import { useChange } from '../../api/queries.ts';
import { useFormat } from '../../language/format.ts';
import { useMessages } from '../../language/messages.ts';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { CodeBlock } from '../../ui/code.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { Failure } from '../../ui/states.tsx';
import { AdminKeyDialog, NewAdminKeyShown } from './admin-key-dialog.tsx';
import { systemMessages } from './messages.ts';

/** The card. `hasMetrics`: the gateway shows metrics. */
export function AdminCard({ hasMetrics }: { readonly hasMetrics: boolean }): ReactElement {
  const text = useMessages(systemMessages);
  const [renewing, setRenewing] = useState(false);
  return (
    <Card title={text.admin}>
      <div className="flex flex-col gap-4 text-sm">
        <OneTimeLink />
        <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
          <Words title={text.keyTitle} hint={text.keyHint} />
          <Button size="small" onClick={() => setRenewing(true)}>
            {text.keyMake}
          </Button>
        </div>
        <NewAdminKeyShown />
        <Documents hasMetrics={hasMetrics} />
      </div>
      <AdminKeyDialog open={renewing} onClose={() => setRenewing(false)} />
    </Card>
  );
}

function Words({ title, hint }: { readonly title: string; readonly hint: string }): ReactElement {
  return (
    <div className="min-w-0 flex-1 basis-48">
      <h3 className="font-medium">{title}</h3>
      <p className="text-faint text-xs">{hint}</p>
    </div>
  );
}

function OneTimeLink(): ReactElement {
  const text = useMessages(systemMessages);
  const format = useFormat();
  const making = useChange<undefined, DashboardLink>(() => ({ path: '/session/link' }), ['/audit']);
  return (
    <div className="flex flex-col gap-2">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
        <Words title={text.linkTitle} hint={text.linkHint} />
        <Button size="small" busy={making.isPending} onClick={() => making.mutate(undefined)}>
          {text.linkMake}
        </Button>
      </div>
      {making.data !== undefined && (
        <>
          <CodeBlock text={making.data.url} label={text.linkTitle} wrap />
          <p role="status" className="text-faint text-xs">
            {text.linkUntil(format.time(making.data.expiresAt))}
          </p>
        </>
      )}
      {making.error !== null && <Failure error={making.error} />}
    </div>
  );
}

const linkLook = 'text-water underline-offset-2 hover:underline';

function Documents({ hasMetrics }: { readonly hasMetrics: boolean }): ReactElement {
  const text = useMessages(systemMessages);
  const metrics = `${window.location.origin}/metrics`;
  return (
    <div className="flex flex-col gap-1">
      <h3 className="font-medium">{text.documents}</h3>
      <ul className="flex flex-wrap items-center gap-x-4 gap-y-1">
        <li>
          <a href="/admin/docs" target="_blank" rel="noreferrer" className={linkLook}>
            {text.docs}
          </a>
        </li>
        <li>
          <a href="/admin/openapi.json" target="_blank" rel="noreferrer" className={linkLook}>
            {text.openapi}
          </a>
        </li>
        {hasMetrics && (
          <li className="flex items-center gap-1">
            <span>
              {text.metrics} <span className="text-faint text-xs">({text.metricsHint})</span>
            </span>
            <CopyButton text={metrics} what={text.copyMetrics} />
          </li>
        )}
      </ul>
    </div>
  );
}
