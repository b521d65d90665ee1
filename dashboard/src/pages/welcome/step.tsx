// One step of the guide: its number, or a tick once it is done.

import { Check } from 'lucide-react';
import type { ReactElement, ReactNode } from 'react';
import { useMessages } from '../../language/messages.ts';
import { classes } from '../../ui/classes.ts';
import { welcomeMessages } from './messages.ts';

interface StepProps {
  readonly place: number;
  readonly title: string;
  readonly hint: string;
  readonly isDone: boolean;
  readonly children: ReactNode;
}

/** The step, as an item of the list of steps. */
export function Step({ place, title, hint, isDone, children }: StepProps): ReactElement {
  const text = useMessages(welcomeMessages);
  return (
    <li className="min-w-0 rounded-xl border border-line bg-surface p-4 sm:p-5">
      <header className="flex gap-3">
        <span
          aria-hidden="true"
          className={classes(
            'flex size-7 shrink-0 items-center justify-center rounded-full font-semibold text-sm tabular-nums',
            isDone ? 'bg-good-soft text-good' : 'bg-water-soft text-water',
          )}
        >
          {isDone ? <Check className="size-4" /> : place}
        </span>
        <div className="min-w-0">
          <h2 className="font-semibold">
            <span className="sr-only">{text.step(place)}: </span>
            {title}
            {isDone && <span className="sr-only"> ({text.done})</span>}
          </h2>
          <p className="text-faint text-sm">{hint}</p>
        </div>
      </header>
      <div className="mt-3 flex min-w-0 flex-col gap-3 sm:pl-10">{children}</div>
    </li>
  );
}
