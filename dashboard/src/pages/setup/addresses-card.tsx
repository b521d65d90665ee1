// Where the gateway can be called: this machine, the network, and what to do when it listens on the first alone.

import { Link } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import type { AddressesView, GatewayAddress } from '../../../../server/src/admin/contract.ts';
import { useMessages } from '../../language/messages.ts';
import { Badge } from '../../ui/badge.tsx';
import { Button, buttonLook } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { type Column, Table } from '../../ui/table.tsx';
import { setupMessages } from './messages.ts';

interface AddressesCardProps {
  readonly view: AddressesView;
  /** The address that everything below is about. */
  readonly origin: string;
  readonly onChoose: (origin: string) => void;
}

/** The card. */
export function AddressesCard({ view, origin, onChoose }: AddressesCardProps): ReactElement {
  const text = useMessages(setupMessages);
  return (
    <Card title={text.addresses} hint={text.addressesHint} flush>
      <Table
        label={text.addresses}
        columns={useColumns(origin, onChoose)}
        rows={view.addresses}
        keyOf={({ url, interface: name }) => `${url} ${name ?? ''}`}
      />
      {view.listens === 'loopback' && (
        <div className="flex flex-wrap items-center gap-x-3 gap-y-2 border-line border-t bg-sunken px-4 py-2.5 text-sm">
          <p className="min-w-0 flex-1 basis-64">
            <span className="font-medium">{text.loopbackOnly}</span>{' '}
            <span className="text-soft">{text.loopbackHow}</span>
          </p>
          <Link
            to="/configuration"
            search={{ tab: 'form', search: 'server.host' }}
            className={buttonLook('plain', 'small')}
          >
            {text.toHost}
          </Link>
        </div>
      )}
    </Card>
  );
}

function useColumns(origin: string, onChoose: (origin: string) => void): readonly Column<GatewayAddress>[] {
  const text = useMessages(setupMessages);
  const place = ({ kind, interface: name }: GatewayAddress): string =>
    name === undefined ? text[kind] : text.ofInterface(text[kind], name);
  return [
    {
      id: 'address',
      title: text.address,
      cell: ({ url }) => (
        <span className="flex items-center gap-1">
          <code className="break-all font-mono text-xs">{url}</code>
          <CopyButton text={url} what={text.copyAddress(url)} />
        </span>
      ),
    },
    { id: 'where', title: text.where, from: 'sm', cell: place },
    {
      id: 'state',
      title: text.state,
      from: 'sm',
      cell: ({ reachable }) => (
        <Badge tone={reachable ? 'good' : 'calm'}>{reachable ? text.reachable : text.notReachable}</Badge>
      ),
    },
    {
      id: 'use',
      title: <span className="sr-only">{text.use}</span>,
      align: 'right',
      cell: ({ url }) =>
        url === origin ? (
          <Badge tone="water">{text.used}</Badge>
        ) : (
          <Button size="small" aria-label={`${text.use} ${url}`} onClick={() => onChoose(url)}>
            {text.use}
          </Button>
        ),
    },
  ];
}
