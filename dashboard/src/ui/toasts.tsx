// Short words about what was done, at the lower edge; screen readers read them out.

import type { ReactElement } from 'react';
import type { ApiError } from '../api/http.ts';
import { createStore, useStore } from '../app/store.ts';
import { classes } from './classes.ts';

interface Toast {
  readonly id: number;
  readonly tone: 'good' | 'bad';
  readonly text: string;
}

const SHOWN_MS = 6_000;
const toasts = createStore<readonly Toast[]>([]);
let last = 0;

/** Shows a sentence for some seconds. */
export function tell(text: string, tone: 'good' | 'bad' = 'good'): void {
  last += 1;
  const toast = { id: last, tone, text };
  toasts.set([...toasts.get().slice(-3), toast]);
  setTimeout(() => toasts.set(toasts.get().filter((one) => one !== toast)), SHOWN_MS);
}

/** What an error says, in one breath. */
export function tellFailure({ message, suggestion }: ApiError): void {
  tell(suggestion === undefined ? message : `${message} ${suggestion}`, 'bad');
}

/** Where they appear; once per page. */
export function Toasts(): ReactElement {
  const shown = useStore(toasts);
  return (
    <div
      role="status"
      aria-live="polite"
      className="pointer-events-none fixed inset-x-0 bottom-4 z-50 flex flex-col items-center gap-2 px-4"
    >
      {shown.map(({ id, tone, text }) => (
        <p
          key={id}
          className={classes(
            'pointer-events-auto max-w-lg rounded-lg border border-line bg-raised px-3.5 py-2 text-sm shadow-lift',
            tone === 'bad' && 'text-bad',
          )}
        >
          {text}
        </p>
      ))}
    </div>
  );
}
