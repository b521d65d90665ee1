// The state of the form of an upstream: what is written, what was typed, and what becomes of it when it is saved. What was
// typed is kept apart from what is written, so that it survives when somebody else changes the configuration meanwhile.

import { useState } from 'react';
import type { EntryBody, EntryOutcome, UpstreamView } from '../../../../server/src/admin/contract.ts';
import { useFormBase, type Versioned } from '../../api/form-base.ts';
import { type ApiError, ask } from '../../api/http.ts';
import { forget, useChange } from '../../api/queries.ts';
import {
  changesOf,
  type FieldName,
  type Fields,
  faultsByField,
  faultsIn,
  fieldsOf,
  type LocalFault,
  newEntry,
  suggestedId,
  withTyped,
} from './entry.ts';
import { type GivenKeys, keysOf, NO_KEYS } from './key-input.tsx';
import { type UpstreamList, upstreamPath } from './questions.ts';

/** What a form begins with: the upstreams, and a version of the file that is not newer than they are. */
export type Base = Versioned<UpstreamList>;

/** Loads it. */
export const useBase = () =>
  useFormBase('form', async () => {
    const { upstreams } = await ask<UpstreamList>('/upstreams');
    return { upstreams };
  });

interface Wish {
  readonly method: 'POST' | 'PATCH' | 'PUT';
  readonly path: string;
  readonly body: EntryBody;
}

/** How an entry is looked at. */
export type View = 'form' | 'json';

/** An upstream without an entry is written with its first change; until then this is what its entry would be. */
function writtenOf(upstream: UpstreamView | undefined): EntryBody {
  if (upstream === undefined) return {};
  return upstream.written ?? { id: upstream.id, provider: upstream.provider };
}

/** The members of a JSON object; undefined where a text is none. */
export function readEntry(text: string): EntryBody | undefined {
  try {
    const value: unknown = JSON.parse(text);
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    // An object that JSON.parse made has nothing but members by name.
    return isObject ? (value as EntryBody) : undefined;
  } catch {
    return undefined;
  }
}

/** What the form has at a moment, and what can be done with it. */
export interface Editor {
  readonly written: EntryBody;
  readonly fields: Fields;
  readonly keys: GivenKeys;
  readonly json: string;
  readonly view: View;
  /** In the gateway's words, by field; '' for the whole. */
  readonly faults: Readonly<Record<string, string>>;
  readonly localFaults: Partial<Record<FieldName, LocalFault>>;
  readonly error: ApiError | null;
  readonly outcome: EntryOutcome | undefined;
  /** Somebody else has changed the configuration since it was loaded. */
  readonly isOvertaken: boolean;
  readonly isSaving: boolean;
  /** It can be sent. */
  readonly isReady: boolean;
  type(name: FieldName, value: string): void;
  giveKeys(keys: GivenKeys): void;
  typeJson(text: string): void;
  choose(view: View): void;
  /** False: there is nothing to be saved. */
  save(): boolean;
}

/** The state. `id` absent: a new upstream. */
export function useEditor(id: string | undefined, base: Base): Editor {
  const [typed, setTyped] = useState<Partial<Fields>>({});
  const [keys, giveKeys] = useState(NO_KEYS);
  const [view, choose] = useState<View>('form');
  const [ownJson, setJson] = useState<string | undefined>();
  const saving = useChange<Wish, EntryOutcome>(
    (wish) => ({ ...wish, headers: { 'if-match': base.etag } }),
    ['/upstreams', '/keys', '/config', '/status', '/models'],
  );
  const written = writtenOf(base.upstreams.find((one) => one.id === id));
  const fields = withId({ ...fieldsOf(written), ...typed }, id, base);
  const whole = id === undefined ? newEntry(fields, []) : withTyped(written, typed);
  const json = ownJson ?? JSON.stringify(whole, undefined, 2);
  const localFaults = view === 'form' ? faultsIn(fields) : {};
  const isOvertaken = saving.error?.status === 412;
  const isWhole = view === 'json' ? readEntry(json) !== undefined : fields.provider !== '';
  return {
    written,
    fields,
    keys,
    json,
    view,
    faults: saving.error === null ? {} : faultsByField(saving.error.issues),
    localFaults,
    error: saving.error,
    outcome: saving.data,
    isOvertaken,
    isSaving: saving.isPending,
    isReady: isWhole && Object.keys(localFaults).length === 0,
    type: (name, value) => {
      setTyped((before) => ({ ...before, [name]: value }));
      setJson(undefined);
    },
    giveKeys,
    typeJson: setJson,
    choose,
    save: () => {
      const given = keysOf(keys);
      const wish =
        view === 'json'
          ? wholeWish(id, readEntry(json), given)
          : formWish(id, { written, typed, fields, given });
      if (wish === undefined) return false;
      saving.mutate(wish, {
        onError: ({ status }) => {
          if (status === 412) void forget('/config', '/upstreams');
        },
      });
      return true;
    },
  };
}

/** A new upstream is called after its provider until somebody says otherwise. */
function withId(fields: Fields, id: string | undefined, { upstreams }: Base): Fields {
  if (id !== undefined || fields.id !== '' || fields.provider === '') return fields;
  return { ...fields, id: suggestedId(fields.provider, upstreams) };
}

function formWish(
  id: string | undefined,
  {
    written,
    typed,
    fields,
    given,
  }: {
    readonly written: EntryBody;
    readonly typed: Partial<Fields>;
    readonly fields: Fields;
    readonly given: readonly string[];
  },
): Wish | undefined {
  if (id === undefined) return { method: 'POST', path: '/upstreams', body: newEntry(fields, given) };
  const body = changesOf(written, typed);
  return body === undefined ? undefined : { method: 'PATCH', path: upstreamPath(id), body };
}

/** Keys of the form go along with a new entry that names none. */
function wholeWish(
  id: string | undefined,
  entry: EntryBody | undefined,
  given: readonly string[],
): Wish | undefined {
  if (entry === undefined) return undefined;
  if (id !== undefined) return { method: 'PUT', path: upstreamPath(id), body: entry };
  const keys = entry['keys'] === undefined && given.length > 0 ? { keys: given } : {};
  return { method: 'POST', path: '/upstreams', body: { ...entry, ...keys } };
}
