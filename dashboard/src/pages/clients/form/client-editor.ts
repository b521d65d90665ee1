// The state of the form of a client: what is written, what was typed, and what becomes of it when it is saved. What was typed
// is kept apart from what is written, so that it survives when somebody else changes the configuration meanwhile.

import { useState } from 'react';
import type { EntryBody, EntryOutcome, MadeClient } from '../../../../../server/src/admin/contract.ts';
import { useFormBase, type Versioned } from '../../../api/form-base.ts';
import { type ApiError, ask } from '../../../api/http.ts';
import { forget, useChange } from '../../../api/queries.ts';
import { type ClientList, clientPath, SHOWS_CLIENTS } from '../questions.ts';
import { changesOf, type Fields, faultsByPlace, faultsIn, fieldsOf, newEntry } from './entry.ts';

/** What a form begins with: the clients, and a version of the file that is not newer than they are. */
export type Base = Versioned<ClientList>;

/** Loads it. */
export const useBase = () =>
  useFormBase('client', async () => {
    const { clients } = await ask<ClientList>('/clients');
    return { clients };
  });

interface Wish {
  readonly method: 'POST' | 'PATCH';
  readonly path: string;
  readonly body: EntryBody;
}

/** What a new client answers beside that of a changed one: its key. */
type Saved = EntryOutcome & Partial<Pick<MadeClient, 'key'>>;

/** A word of the messages. */
export type LocalFault = 'number' | 'amount' | 'needed';

/** What the form has at a moment, and what can be done with it. */
export interface Editor {
  readonly fields: Fields;
  /** In the gateway's words, by place; '' for the whole. */
  readonly faults: Readonly<Record<string, string>>;
  readonly localFaults: Readonly<Record<string, LocalFault>>;
  readonly error: ApiError | null;
  /** Somebody else has changed the configuration since it was loaded. */
  readonly isOvertaken: boolean;
  readonly isSaving: boolean;
  /** It would be the first client. */
  readonly isFirst: boolean;
  type(fields: Partial<Fields>): void;
  /** "faulty": shown from then on. "nothing": nothing was changed. */
  save(done: (saved: Saved) => void): 'sent' | 'faulty' | 'nothing';
}

/** The state. `id` absent: a new client. */
export function useEditor(id: string | undefined, { etag, clients }: Base): Editor {
  const [typed, setTyped] = useState<Partial<Fields>>({});
  const [isTried, setTried] = useState(false);
  const saving = useChange<Wish, Saved>(
    (wish) => ({ ...wish, headers: { 'if-match': etag } }),
    SHOWS_CLIENTS,
  );
  const written: EntryBody = clients.find((one) => one.id === id)?.written ?? {};
  const fields = { ...fieldsOf(written), ...typed };
  const wrong: Record<string, LocalFault> = { ...faultsIn(fields) };
  if (fields.id.trim() === '' && id === undefined) wrong['id'] = 'needed';
  return {
    fields,
    faults: saving.error === null ? {} : faultsByPlace(saving.error.issues),
    // What nobody has filled in yet is not wrong yet.
    localFaults: isTried ? wrong : {},
    error: saving.error,
    isOvertaken: saving.error?.status === 412,
    isSaving: saving.isPending,
    isFirst: id === undefined && clients.length === 0,
    type: (more) => setTyped((before) => ({ ...before, ...more })),
    save: (done) => {
      setTried(true);
      if (Object.keys(wrong).length > 0) return 'faulty';
      const body = id === undefined ? newEntry(fields) : changesOf(written, typed);
      if (body === undefined) return 'nothing';
      const wish: Wish =
        id === undefined
          ? { method: 'POST', path: '/clients', body }
          : { method: 'PATCH', path: clientPath(id), body };
      saving.mutate(wish, {
        onSuccess: done,
        onError: ({ status }) => {
          if (status === 412) void forget('/config', '/clients');
        },
      });
      return 'sent';
    },
  };
}
