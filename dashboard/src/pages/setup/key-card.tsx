// Whether a key is needed, and a client with a key of its own made in a moment.

import { KeyRound } from 'lucide-react';
import { type FormEvent, type ReactElement, useState } from 'react';
import type { AddressesView, EntryBody, MadeClient } from '../../../../server/src/admin/contract.ts';
import { useChange } from '../../api/queries.ts';
import { useMessages } from '../../language/messages.ts';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { CodeBlock } from '../../ui/code.tsx';
import { TextField } from '../../ui/field.tsx';
import { Failure } from '../../ui/states.tsx';
import { setupMessages } from './messages.ts';
import { ANY_KEY } from './snippets/facts.ts';

/** A key that was made here. */
export interface MadeKey {
  readonly client: string;
  readonly key: string;
}

interface KeyCardProps {
  readonly view: AddressesView;
  readonly made: MadeKey | undefined;
  readonly onMade: (made: MadeKey | undefined) => void;
}

/** The card. */
export function KeyCard({ view, made, onMade }: KeyCardProps): ReactElement {
  const text = useMessages(setupMessages);
  const { keyRequired, open } = view;
  return (
    <Card title={text.key}>
      <div className="flex flex-col gap-3 text-sm">
        <p className={open ? 'text-caution' : undefined}>
          {keyRequired ? text.keyRequired : open ? text.keyOpen : text.keyLoopback}{' '}
          <span className="text-soft">{keyRequired ? text.keyShown : text.keyAny(ANY_KEY)}</span>
        </p>
        {made === undefined ? (
          <MakeKey isFirst={!keyRequired} onMade={onMade} />
        ) : (
          <div className="flex flex-col gap-2">
            <CodeBlock text={made.key} label={text.made(made.client)} wrap />
            <p role="status" className="text-soft">
              {text.made(made.client)}. {text.madeHint}
            </p>
            <div>
              <Button size="small" onClick={() => onMade(undefined)}>
                {text.forget}
              </Button>
            </div>
          </div>
        )}
      </div>
    </Card>
  );
}

interface MakeKeyProps {
  readonly isFirst: boolean;
  readonly onMade: (made: MadeKey) => void;
}

function MakeKey({ isFirst, onMade }: MakeKeyProps): ReactElement {
  const text = useMessages(setupMessages);
  const [id, setId] = useState('');
  const making = useChange<EntryBody, MadeClient>(
    (body) => ({ path: '/clients', body }),
    ['/clients', '/addresses', '/status', '/config'],
  );
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    making.mutate({ id: id.trim() }, { onSuccess: ({ id: client, key }) => onMade({ client, key }) });
  };
  const fault = making.error?.issues[0]?.message;
  return (
    <form onSubmit={submit} className="flex flex-col gap-2">
      <div className="flex flex-wrap items-start gap-2">
        <TextField
          label={text.newClient}
          name="client"
          required
          className="max-w-64 flex-1 basis-40"
          value={id}
          onChange={(event) => {
            setId(event.target.value);
            if (making.isError) making.reset();
          }}
          hint={text.newClientHint}
          fault={fault}
        />
        <Button type="submit" className="mt-5.5" busy={making.isPending} disabled={id.trim() === ''}>
          <KeyRound aria-hidden="true" className="size-4" />
          {text.make}
        </Button>
      </div>
      {isFirst && <p className="text-caution text-xs">{text.keyFirst}</p>}
      {making.error !== null && fault === undefined && <Failure error={making.error} />}
    </form>
  );
}
