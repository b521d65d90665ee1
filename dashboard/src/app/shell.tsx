// The frame around all pages: navigation, the line at the top, what is said when the gateway is away.

import { Outlet } from '@tanstack/react-router';
import { Menu, Search } from 'lucide-react';
import { type ReactElement, useState } from 'react';
import { useMessages } from '../language/messages.ts';
import { IconButton } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { Mark } from '../ui/mark.tsx';
import { CommandPalette } from './command-palette.tsx';
import { ConnectionSign } from './connection-sign.tsx';
import { appMessages } from './messages.ts';
import { Navigation } from './navigation.tsx';
import { PageSettings } from './page-settings.tsx';
import { ShortcutHelp } from './shortcut-help.tsx';
import { useShortcuts } from './shortcuts.ts';
import { WindowTitle } from './title.ts';
import { Unreachable } from './unreachable.tsx';

/** The frame. */
export function Shell(): ReactElement {
  const text = useMessages(appMessages);
  const [menuOpen, setMenuOpen] = useState(false);
  const [open, setOpen] = useState<'palette' | 'help' | undefined>();
  useShortcuts({ palette: () => setOpen('palette'), help: () => setOpen('help') });
  const close = (): void => setOpen(undefined);
  return (
    <div className="min-h-dvh lg:grid lg:grid-cols-[13.5rem_minmax(0,1fr)]">
      <a
        href="#content"
        className="sr-only focus:not-sr-only focus:absolute focus:z-50 focus:m-2 focus:rounded-lg focus:bg-surface focus:p-2"
      >
        {text.skip}
      </a>
      <aside className="sticky top-0 hidden h-dvh flex-col gap-6 overflow-y-auto border-line border-r bg-surface px-3 py-4 lg:flex">
        <Brand />
        <Navigation />
      </aside>
      <div className="flex min-w-0 flex-col">
        <header className="sticky top-0 z-20 flex h-13 items-center gap-2 border-line border-b bg-page/85 px-3 backdrop-blur sm:px-6">
          <IconButton label={text.menu} className="lg:hidden" onClick={() => setMenuOpen(true)}>
            <Menu className="size-5" />
          </IconButton>
          <button
            type="button"
            onClick={() => setOpen('palette')}
            className="flex h-8 min-w-0 max-w-72 flex-1 items-center gap-2 rounded-lg border border-line bg-surface px-2.5 text-faint text-xs hover:border-line-strong"
          >
            <Search aria-hidden="true" className="size-3.5 shrink-0" />
            <span className="truncate">{text.palette}</span>
            <kbd className="ml-auto hidden rounded bg-sunken px-1 font-sans text-2xs sm:inline">Ctrl K</kbd>
          </button>
          <div className="ml-auto flex items-center gap-1">
            <ConnectionSign />
            <PageSettings />
          </div>
        </header>
        <Unreachable />
        <main id="content" tabIndex={-1} className="min-w-0 flex-1 outline-none">
          <Outlet />
        </main>
      </div>
      <Dialog open={menuOpen} onClose={() => setMenuOpen(false)} title="Sluice" kind="drawer">
        <Navigation onChoose={() => setMenuOpen(false)} />
      </Dialog>
      <WindowTitle />
      <CommandPalette open={open === 'palette'} onClose={close} />
      <ShortcutHelp open={open === 'help'} onClose={close} />
    </div>
  );
}

function Brand(): ReactElement {
  return (
    <div className="flex items-center gap-2 px-2">
      <Mark className="size-6" />
      <span className="font-semibold text-base tracking-tight">Sluice</span>
    </div>
  );
}
