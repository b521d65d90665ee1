// The frame of forms in drawers: what was typed in the middle, what can be done with it at the lower edge, and above it why
// it was not saved.

import type { ReactElement, ReactNode } from 'react';
import type { ApiError } from '../api/http.ts';
import { Failure } from './states.tsx';

interface EntryFormProps {
  readonly onSubmit: () => void;
  /** The buttons. */
  readonly foot: ReactNode;
  readonly children: ReactNode;
}

/** A form whose buttons stay in sight. */
export function EntryForm({ onSubmit, foot, children }: EntryFormProps): ReactElement {
  return (
    <form
      noValidate
      className="flex min-h-full flex-col gap-5"
      onSubmit={(event) => {
        event.preventDefault();
        onSubmit();
      }}
    >
      {children}
      <div className="sticky -bottom-4 z-10 -mx-4 mt-auto -mb-4 flex flex-wrap justify-end gap-2 border-line border-t bg-raised px-4 py-3">
        {foot}
      </div>
    </form>
  );
}

interface SaveTroubleProps {
  readonly error: ApiError | null;
  /** Somebody else has changed it meanwhile; `changed` says what that means. */
  readonly isOvertaken: boolean;
  readonly changed: { readonly title: string; readonly text: string };
  /** What is wrong at places, and is not said at a field. */
  readonly left: readonly (readonly [place: string, message: string])[];
}

/** Why it was not saved. What stands at a field already is not said twice. */
export function SaveTrouble({ error, isOvertaken, changed, left }: SaveTroubleProps): ReactElement | null {
  if (error === null) return null;
  if (isOvertaken)
    return (
      <div role="alert" className="rounded-lg bg-caution-soft p-3 text-sm">
        <p className="font-medium text-caution">{changed.title}</p>
        <p className="text-soft">{changed.text}</p>
      </div>
    );
  if (error.issues.length === 0)
    return (
      <div className="-m-4">
        <Failure error={error} />
      </div>
    );
  return (
    <div role="alert" className="rounded-lg bg-bad-soft p-3 text-sm">
      <p className="font-medium text-bad">{error.message}</p>
      <ul className="mt-1 list-disc pl-4 text-soft empty:hidden">
        {left.map(([place, message]) => (
          <li key={place}>
            {place !== '' && <code className="font-mono text-xs">{place}</code>} {message}
          </li>
        ))}
      </ul>
    </div>
  );
}
