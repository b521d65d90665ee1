// Where whoever has no session signs in. The address stays, so that afterwards the page that was wanted is there.

import { type FormEvent, type ReactElement, useState } from 'react';
import { ApiError, signIn } from '../api/http.ts';
import { useMessages } from '../language/messages.ts';
import { Button } from '../ui/button.tsx';
import { CodeBlock } from '../ui/code.tsx';
import { TextField } from '../ui/field.tsx';
import { Mark } from '../ui/mark.tsx';
import { appMessages } from './messages.ts';

interface SignInProps {
  /** Why the viewer is here: a session that has ended, a link that does not work, or neither. */
  readonly why: 'ended' | 'link' | undefined;
}

/** The form. */
export function SignIn({ why }: SignInProps): ReactElement {
  const text = useMessages(appMessages);
  const [key, setKey] = useState('');
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState<string | undefined>();
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    setBusy(true);
    setFault(undefined);
    signIn({ key: key.trim() })
      .catch((problem: unknown) => setFault(problem instanceof ApiError ? problem.message : String(problem)))
      .finally(() => setBusy(false));
  };
  return (
    <main className="flex min-h-dvh items-center justify-center p-4">
      <form
        onSubmit={submit}
        className="flex w-full max-w-md flex-col gap-4 rounded-2xl border border-line bg-surface p-6 shadow-lift sm:p-8"
      >
        <div className="flex items-center gap-3">
          <Mark className="size-9" />
          <h1 className="font-semibold text-xl tracking-tight">{text.signInTitle}</h1>
        </div>
        {why !== undefined && (
          <p role="status" className="rounded-lg bg-caution-soft px-3 py-2 text-caution text-sm">
            {why === 'ended' ? text.signInLost : text.linkUsed}
          </p>
        )}
        <p className="text-soft text-sm">{text.signInHint}</p>
        <CodeBlock text="sluice dashboard" label="sluice dashboard" />
        <TextField
          label={text.adminKey}
          type="password"
          name="admin-key"
          autoComplete="current-password"
          required
          autoFocus
          value={key}
          onChange={(event) => setKey(event.target.value)}
          fault={fault}
        />
        <Button type="submit" weight="primary" busy={busy} disabled={key.trim() === ''}>
          {text.signIn}
        </Button>
        <p className="text-faint text-xs">{text.lostKey}</p>
      </form>
    </main>
  );
}
