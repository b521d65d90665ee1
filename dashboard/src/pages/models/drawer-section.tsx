// A titled part of a drawer.

import type { ReactElement, ReactNode } from 'react';

interface DrawerSectionProps {
  readonly title: string;
  readonly hint?: ReactNode;
  readonly children: ReactNode;
}

/** A part of the drawer. */
export function DrawerSection({ title, hint, children }: DrawerSectionProps): ReactElement {
  return (
    <section className="flex min-w-0 flex-col gap-2 border-line border-t pt-4">
      <div>
        <h3 className="font-semibold text-sm">{title}</h3>
        {hint !== undefined && <p className="text-faint text-xs">{hint}</p>}
      </div>
      {children}
    </section>
  );
}
