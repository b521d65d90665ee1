// The routes, in the order in which they are tried: what each is for, what it does, and the ways to change that.

import { ArrowDown, ArrowUp, Pencil, Plus, Split, Trash2 } from 'lucide-react';
import { type ReactElement, useState } from 'react';
import type { ConfigOutcome, EntryOutcome, RouteView } from '../../../../../server/src/admin/contract.ts';
import { forget, useAsk, useChange } from '../../../api/queries.ts';
import { useFormat } from '../../../language/format.ts';
import { useMessages } from '../../../language/messages.ts';
import { Badge } from '../../../ui/badge.tsx';
import { Button, IconButton } from '../../../ui/button.tsx';
import { Card } from '../../../ui/card.tsx';
import { Confirm } from '../../../ui/confirm.tsx';
import { Answered, Empty, Failure } from '../../../ui/states.tsx';
import { tell } from '../../../ui/toasts.tsx';
import { SHOWS_CONFIGURATION } from '../draft/review-dialog.tsx';
import type { JsonSchema } from '../schema.ts';
import { useTab } from '../tabs.tsx';
import { ExplainCard } from './explain-card.tsx';
import { routesMessages } from './messages.ts';
import { RouteDrawer } from './route-drawer.tsx';
import { moved, routeWords } from './route-words.ts';

interface RoutesTabProps {
  readonly schema: JsonSchema;
  /** The version of the file, so that nobody's change is written over unseen. */
  readonly etag: string;
}

/** What is open beside the list: 'new', or the route that is edited. */
type Editing = RouteView | 'new' | undefined;

/** The tab. */
export function RoutesTab({ schema, etag }: RoutesTabProps): ReactElement {
  const text = useMessages(routesMessages);
  const asked = useAsk<{ readonly routes: readonly RouteView[] }>('/routes');
  const [editing, setEditing] = useState<Editing>();
  const [removing, setRemoving] = useState<RouteView>();
  const add = (
    <Button size="small" onClick={() => setEditing('new')}>
      <Plus className="size-4" />
      {text.add}
    </Button>
  );
  return (
    <div className="flex flex-col gap-4">
      <Card title={text.title} hint={text.hint} actions={add} flush>
        <Answered asked={asked}>
          {({ routes }) => (
            <RouteList routes={routes} etag={etag} onEdit={setEditing} onRemove={setRemoving} />
          )}
        </Answered>
      </Card>
      <ExplainCard />
      <RouteDrawer
        route={editing}
        schema={schema.properties?.['routes']?.items ?? {}}
        etag={etag}
        onClose={() => setEditing(undefined)}
      />
      <Removal route={removing} etag={etag} onClose={() => setRemoving(undefined)} />
    </div>
  );
}

interface RouteListProps {
  readonly routes: readonly RouteView[];
  readonly etag: string;
  readonly onEdit: (route: RouteView) => void;
  readonly onRemove: (route: RouteView) => void;
}

function RouteList({ routes, etag, onEdit, onRemove }: RouteListProps): ReactElement {
  const text = useMessages(routesMessages);
  const [, open] = useTab();
  const order = useChange<readonly string[], ConfigOutcome>(
    (ids) => ({ path: '/route-order', headers: { 'if-match': etag }, body: { ids } }),
    SHOWS_CONFIGURATION,
  );
  const ids = routes.map(({ id }) => id);
  // While the new order is on its way it is shown already.
  const shownIds = order.isPending ? order.variables : ids;
  const shown = shownIds.flatMap((id) => routes.find((route) => route.id === id) ?? []);
  const move = (id: string, by: number): void => {
    const next = moved(ids, id, by);
    if (next === ids || order.isPending) return;
    order.mutate(next, {
      onSuccess: () => tell(text.moved(id, next.indexOf(id) + 1)),
      onError: () => void forget('/config', '/routes'),
    });
  };
  return (
    <>
      {order.error !== null && <Failure error={order.error} />}
      {routes.length === 0 && (
        <Empty icon={Split} title={text.empty}>
          {text.emptyHint}
        </Empty>
      )}
      <ol className="divide-y divide-line border-line border-t">
        {shown.map((route, index) => (
          <li key={route.id} className="flex items-start gap-3 px-4 py-3">
            <Place>{index + 1}</Place>
            <RouteText route={route} />
            <div className="ml-auto flex w-16 shrink-0 flex-wrap justify-end sm:w-auto">
              <IconButton label={text.up(route.id)} disabled={index === 0} onClick={() => move(route.id, -1)}>
                <ArrowUp className="size-4" />
              </IconButton>
              <IconButton
                label={text.down(route.id)}
                disabled={index === shown.length - 1}
                onClick={() => move(route.id, 1)}
              >
                <ArrowDown className="size-4" />
              </IconButton>
              <IconButton label={text.edit(route.id)} onClick={() => onEdit(route)}>
                <Pencil className="size-4" />
              </IconButton>
              <IconButton label={text.remove(route.id)} onClick={() => onRemove(route)}>
                <Trash2 className="size-4" />
              </IconButton>
            </div>
          </li>
        ))}
        <li className="flex items-center gap-3 bg-sunken/60 px-4 py-3 text-sm">
          <Place>∗</Place>
          <div className="min-w-0">
            <p className="font-medium">{text.rest}</p>
            <p className="text-faint text-xs">{text.restHint}</p>
          </div>
          <Button size="small" weight="quiet" className="ml-auto" onClick={() => open('form', 'routing')}>
            {text.toRouting}
          </Button>
        </li>
      </ol>
    </>
  );
}

function Place({ children }: { readonly children: number | string }): ReactElement {
  return (
    <span
      aria-hidden="true"
      className="flex size-6 shrink-0 items-center justify-center rounded-full bg-sunken font-medium text-soft text-xs tabular-nums"
    >
      {children}
    </span>
  );
}

/** What it is for, and what it does. */
function RouteText({ route }: { readonly route: RouteView }): ReactElement {
  const text = useMessages(routesMessages);
  const format = useFormat();
  const { models, clients, upstreams, says } = routeWords(route);
  return (
    <div className="min-w-0">
      <p className="break-all font-medium font-mono text-sm">{route.id}</p>
      <p className="break-words text-soft text-sm">
        {models.length === 0 ? text.anyModel : text.models(format.list(models))}
        {' · '}
        {clients.length === 0 ? text.anyClient : text.clients(format.list(clients))}
        {upstreams.length > 0 && ` · ${text.only(format.list(upstreams))}`}
      </p>
      <p className="mt-1 flex flex-wrap gap-1">
        {says.length === 0 && <Badge>{text.asRouting}</Badge>}
        {says.map(([name, value]) => (
          <Badge key={name} tone="water" className="wrap-anywhere whitespace-normal! font-mono">
            {text.says(name, value)}
          </Badge>
        ))}
      </p>
    </div>
  );
}

function Removal({
  route,
  etag,
  onClose,
}: {
  readonly route: RouteView | undefined;
  readonly etag: string;
  readonly onClose: () => void;
}): ReactElement {
  const text = useMessages(routesMessages);
  const removal = useChange<string, EntryOutcome>(
    (id) => ({ path: `/routes/${encodeURIComponent(id)}`, method: 'DELETE', headers: { 'if-match': etag } }),
    SHOWS_CONFIGURATION,
  );
  const close = (): void => {
    removal.reset();
    onClose();
  };
  const remove = (): void => {
    if (route === undefined) return;
    removal.mutate(route.id, {
      onSuccess: ({ id, change }) => {
        tell(change.inForce ? text.removed(id) : text.notInForce, change.inForce ? 'good' : 'bad');
        close();
      },
      onError: () => void forget('/config', '/routes'),
    });
  };
  return (
    <Confirm
      open={route !== undefined}
      title={text.removeTitle(route?.id ?? '')}
      action={text.removeAction}
      busy={removal.isPending}
      onConfirm={remove}
      onClose={close}
    >
      {removal.error !== null && <Failure error={removal.error} />}
      {text.removeHint}
    </Confirm>
  );
}
