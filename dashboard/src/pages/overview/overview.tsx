// The first page: what this is, whether it works, and where to read on.

import type { ReactElement } from 'react';
import { useStatus } from '../../api/use-status.ts';
import { Mark } from '../../ui/mark.tsx';
import { StatusCard } from './status-card.tsx';

/** The whole page. */
export function Overview(): ReactElement {
  const status = useStatus();
  return (
    <div className="flex min-h-dvh flex-col bg-page font-sans text-ink antialiased">
      <main className="mx-auto flex w-full max-w-2xl flex-1 flex-col justify-center gap-10 px-5 py-16 sm:px-8">
        <header className="flex items-center gap-4">
          <Mark />
          <div>
            <h1 className="text-3xl font-semibold tracking-tight">Sluice</h1>
            <p className="text-faint">One gate between your programs and every language model.</p>
          </div>
        </header>
        <StatusCard status={status} />
      </main>
      <footer className="mx-auto w-full max-w-2xl border-line border-t px-5 py-6 text-faint text-sm leading-relaxed sm:px-8">
        The documentation comes with Sluice, in the folder <code className="font-mono">docs/guide</code>.
        Point your programs at{' '}
        <code className="whitespace-nowrap font-mono text-ink">{window.location.origin}</code>.
      </footer>
    </div>
  );
}
