// Gives keys to an upstream. They are sealed one after the other, and none of them is shown again.

import { useMutation } from '@tanstack/react-query';
import { type ReactElement, useState } from 'react';
import type { StoredKeyView, UpstreamView } from '../../../../server/src/admin/contract.ts';
import { type ApiError, ask } from '../../api/http.ts';
import { forget } from '../../api/queries.ts';
import { useMessages } from '../../language/messages.ts';
import { Lamp } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { TextField } from '../../ui/field.tsx';
import { linesOf } from './entry.ts';
import { formMessages } from './form-messages.ts';
import { type GivenKeys, KeyInput, NO_KEYS } from './key-input.tsx';
import { upstreamPath, useProviders } from './questions.ts';
import { TryUpstream } from './try-upstream.tsx';

interface AddKeysProps {
  readonly open: boolean;
  readonly onClose: () => void;
  readonly upstream: Pick<UpstreamView, 'id' | 'provider'>;
}

/** The dialog. */
export function AddKeys({ open, onClose, upstream }: AddKeysProps): ReactElement {
  const text = useMessages(formMessages);
  return (
    <Dialog open={open} onClose={onClose} title={text.addKeyTitle(upstream.id)}>
      <AddKeysForm upstream={upstream} onClose={onClose} />
    </Dialog>
  );
}

interface Storing {
  readonly given: GivenKeys;
  readonly name: string;
}

/** Stores the keys; those that were stored before one was refused are told, and taken out of the field. */
async function store(
  id: string,
  { given, name }: Storing,
  onStored: (stored: StoredKeyView, line: string) => void,
): Promise<void> {
  const path = `${upstreamPath(id)}/keys`;
  const lines =
    given.how === 'paste' ? linesOf(given.pasted) : [given.variable.trim().replace(/^\$\{?|\}$/g, '')];
  const named = name.trim() !== '' && lines.length === 1 ? { name: name.trim() } : {};
  try {
    for (const line of lines) {
      const body = given.how === 'paste' ? { key: line, ...named } : { env: line, ...named };
      onStored(await ask<StoredKeyView>(path, { method: 'POST', body }), line);
    }
  } finally {
    await forget('/keys', '/upstreams', '/config', '/status', '/models');
  }
}

function AddKeysForm({ upstream, onClose }: Omit<AddKeysProps, 'open'>): ReactElement {
  const text = useMessages(formMessages);
  const [given, setGiven] = useState<GivenKeys>(NO_KEYS);
  const [name, setName] = useState('');
  const [stored, setStored] = useState<readonly StoredKeyView[]>([]);
  const provider = useProviders().find(({ id }) => id === upstream.provider);
  const storing = useMutation<void, ApiError, Storing>({
    mutationFn: (wish) =>
      store(upstream.id, wish, (done, line) => {
        setStored((before) => [...before, done]);
        setGiven((now) => ({
          ...now,
          pasted: linesOf(now.pasted)
            .filter((one) => one !== line)
            .join('\n'),
        }));
      }),
    onSuccess: () => {
      setGiven(NO_KEYS);
      setName('');
    },
  });
  const count = given.how === 'paste' ? linesOf(given.pasted).length : Number(given.variable.trim() !== '');
  const issue = storing.error === null ? undefined : faultOf(storing.error);
  return (
    <form
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        if (count > 0) storing.mutate({ given, name });
      }}
    >
      <KeyInput value={given} onChange={setGiven} provider={provider} fault={issue} />
      <TextField
        label={text.keyName}
        hint={count > 1 ? text.keyNameSingle : text.keyNameHint}
        value={name}
        disabled={count > 1}
        maxLength={64}
        onChange={(event) => setName(event.target.value)}
      />
      <StoredKeys stored={stored} />
      {storing.isSuccess && <TryUpstream id={upstream.id} attempt={stored.length} />}
      <div className="flex justify-end gap-2">
        <Button onClick={onClose}>{stored.length > 0 ? text.done : text.cancel}</Button>
        <Button type="submit" weight="primary" disabled={count === 0} busy={storing.isPending}>
          {text.add}
        </Button>
      </div>
    </form>
  );
}

function StoredKeys({ stored }: { readonly stored: readonly StoredKeyView[] }): ReactElement | null {
  const text = useMessages(formMessages);
  if (stored.length === 0) return null;
  return (
    <ul aria-live="polite" className="flex flex-col gap-1 text-sm">
      {stored.map(({ id, last4, what }) => (
        <li key={id} className="flex items-baseline gap-2">
          <Lamp tone="good" />
          {what === 'added' ? text.keyAdded(last4) : text.keyRenewed(last4)}
        </li>
      ))}
    </ul>
  );
}

/** What is wrong with the key, in the gateway's words. */
function faultOf({ message, suggestion, issues }: ApiError): string {
  const words = issues.length > 0 ? issues.map((issue) => issue.message) : [message, suggestion ?? ''];
  return words.join(' ').trim();
}
