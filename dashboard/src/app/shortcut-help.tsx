// The list of keys.

import type { ReactElement } from 'react';
import { useMessages } from '../language/messages.ts';
import { Dialog } from '../ui/dialog.tsx';
import { appMessages } from './messages.ts';
import { PAGES } from './pages.ts';

function Keys({ keys }: { readonly keys: readonly string[] }): ReactElement {
  return (
    <span className="flex gap-1">
      {keys.map((key) => (
        <kbd
          key={key}
          className="min-w-6 rounded border border-line bg-sunken px-1.5 text-center font-mono text-xs"
        >
          {key}
        </kbd>
      ))}
    </span>
  );
}

/** The list. */
export function ShortcutHelp({
  open,
  onClose,
}: {
  readonly open: boolean;
  readonly onClose: () => void;
}): ReactElement {
  const text = useMessages(appMessages);
  const all: readonly (readonly [keys: readonly string[], what: string])[] = [
    [['Ctrl', 'K'], text.keyPalette],
    [['/'], text.keySearch],
    [['?'], text.keyHelp],
    ...PAGES.map(({ id, key }) => [['g', key], text.keyGo(text[id])] as const),
  ];
  return (
    <Dialog open={open} onClose={onClose} title={text.shortcuts}>
      <ul className="grid gap-2 text-sm sm:grid-cols-2">
        {all.map(([keys, what]) => (
          <li key={keys.join()} className="flex items-center gap-3">
            <Keys keys={keys} />
            <span className="text-soft">{what}</span>
          </li>
        ))}
      </ul>
      <p className="mt-4 text-faint text-xs">{text.shortcutsHint}</p>
    </Dialog>
  );
}
