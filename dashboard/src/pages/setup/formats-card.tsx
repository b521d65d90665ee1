// The four formats: what their libraries are told, and where their requests go.

import type { ReactElement } from 'react';
import type { FormatAddress } from '../../../../server/src/admin/contract.ts';
import { useMessages } from '../../language/messages.ts';
import { Card } from '../../ui/card.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { type Column, Table } from '../../ui/table.tsx';
import { baseUrlAt } from './address.ts';
import { setupMessages } from './messages.ts';

interface FormatsCardProps {
  readonly formats: readonly FormatAddress[];
  readonly origin: string;
}

/** The card. */
export function FormatsCard({ formats, origin }: FormatsCardProps): ReactElement {
  const text = useMessages(setupMessages);
  const columns: readonly Column<FormatAddress>[] = [
    { id: 'format', title: text.format, cell: ({ name }) => <span className="font-medium">{name}</span> },
    {
      id: 'base',
      title: text.baseUrl,
      cell: (format) => <Copyable text={baseUrlAt(origin, format)} what={text.copyBaseUrl(format.name)} />,
    },
    {
      id: 'path',
      title: text.path,
      from: 'md',
      cell: ({ name, path }) => (
        <Copyable text={path} copied={`${origin}${path}`} what={text.copyPath(name)} />
      ),
    },
    {
      id: 'key',
      title: text.keyHeader,
      from: 'lg',
      cell: ({ keyHeader }) => <code className="font-mono text-xs">{keyHeader}</code>,
    },
  ];
  return (
    <Card title={text.formats} hint={text.formatsHint} flush>
      <Table label={text.formats} columns={columns} rows={formats} keyOf={({ dialect }) => dialect} />
    </Card>
  );
}

interface CopyableProps {
  readonly text: string;
  /** What is copied, where it is more than what is shown. */
  readonly copied?: string;
  readonly what: string;
}

function Copyable({ text, copied = text, what }: CopyableProps): ReactElement {
  return (
    <span className="flex items-center gap-1">
      <code className="break-all font-mono text-xs">{text}</code>
      <CopyButton text={copied} what={what} />
    </span>
  );
}
