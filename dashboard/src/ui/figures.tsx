// A few figures side by side, each with its name.

import type { ReactElement, ReactNode } from 'react';
import { classes } from './classes.ts';

/** One figure. */
export interface Figure {
  readonly name: string;
  readonly value: ReactNode;
  /** Small words under it. */
  readonly hint?: ReactNode;
  readonly tone?: 'bad' | 'caution';
}

/** The figures, as many in a row as there is room for. */
export function Figures({ figures }: { readonly figures: readonly Figure[] }): ReactElement {
  return (
    <dl className="grid grid-cols-[repeat(auto-fit,minmax(7.5rem,1fr))] gap-x-4 gap-y-3">
      {figures.map(({ name, value, hint, tone }) => (
        <div key={name} className="min-w-0">
          <dt className="truncate text-faint text-xs">{name}</dt>
          <dd
            className={classes(
              'truncate font-semibold text-lg tabular-nums leading-7',
              tone === 'bad' && 'text-bad',
              tone === 'caution' && 'text-caution',
            )}
          >
            {value}
          </dd>
          {hint !== undefined && <dd className="truncate text-faint text-xs">{hint}</dd>}
        </div>
      ))}
    </dl>
  );
}
