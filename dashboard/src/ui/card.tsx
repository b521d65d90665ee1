// The surfaces that pages are made of.

import type { ReactElement, ReactNode } from 'react';
import { classes } from './classes.ts';

interface CardProps {
  readonly title?: ReactNode;
  /** Small words under the title. */
  readonly hint?: ReactNode;
  /** At the end of the title's line. */
  readonly actions?: ReactNode;
  readonly children?: ReactNode;
  readonly className?: string;
  /** Without the inner margin, for tables and charts that go to the edge. */
  readonly flush?: boolean;
  readonly id?: string;
}

/** A titled surface; a section for screen readers. */
export function Card({
  title,
  hint,
  actions,
  children,
  className,
  flush = false,
  id,
}: CardProps): ReactElement {
  return (
    <section
      id={id}
      className={classes('min-w-0 overflow-hidden rounded-xl border border-line bg-surface', className)}
    >
      {(title !== undefined || actions !== undefined) && (
        <header className="flex flex-wrap items-center gap-x-3 gap-y-2 px-4 pt-3.5 pb-2.5">
          <div className="min-w-0">
            {title !== undefined && <h2 className="font-semibold text-sm">{title}</h2>}
            {hint !== undefined && <p className="text-faint text-xs">{hint}</p>}
          </div>
          {actions !== undefined && (
            <div className="ml-auto flex min-w-0 flex-wrap items-center gap-2">{actions}</div>
          )}
        </header>
      )}
      <div
        className={flush ? '' : classes('px-4 pb-4', title === undefined && actions === undefined && 'pt-4')}
      >
        {children}
      </div>
    </section>
  );
}

interface PageProps {
  readonly title: string;
  readonly hint?: ReactNode;
  readonly actions?: ReactNode;
  readonly children: ReactNode;
}

/** A page: its title, what can be done, and what it shows. */
export function Page({ title, hint, actions, children }: PageProps): ReactElement {
  return (
    <div className="mx-auto flex w-full max-w-[100rem] flex-col gap-4 px-4 py-5 sm:px-6">
      <header className="flex flex-wrap items-end gap-x-4 gap-y-3">
        <div className="min-w-0">
          <h1 className="font-semibold text-xl tracking-tight">{title}</h1>
          {hint !== undefined && <p className="text-faint text-sm">{hint}</p>}
        </div>
        {actions !== undefined && <div className="ml-auto flex flex-wrap items-center gap-2">{actions}</div>}
      </header>
      {children}
    </div>
  );
}
