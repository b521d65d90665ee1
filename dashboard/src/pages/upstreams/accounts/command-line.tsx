// A command for the terminal where the gateway runs, with a button that copies it.

import type { ReactElement } from 'react';
import { useMessages } from '../../../language/messages.ts';
import { CopyButton } from '../../../ui/copy-button.tsx';
import { accountMessages } from './messages.ts';

/** The command in one line; on narrow windows in several. */
export function CommandLine({ command }: { readonly command: string }): ReactElement {
  const text = useMessages(accountMessages);
  return (
    <span className="inline-flex min-w-0 max-w-full items-center gap-1 rounded-lg bg-sunken pl-2">
      <code className="min-w-0 break-words py-1 text-left font-mono text-ink text-xs">{command}</code>
      <CopyButton text={command} what={text.copyCommand} />
    </span>
  );
}

/** Several of them, one below the other. */
export function CommandLines({ commands }: { readonly commands: readonly string[] }): ReactElement {
  return (
    <ul className="flex min-w-0 flex-col items-start gap-1.5">
      {commands.map((command) => (
        <li key={command} className="max-w-full">
          <CommandLine command={command} />
        </li>
      ))}
    </ul>
  );
}
