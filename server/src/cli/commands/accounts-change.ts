// sluice accounts enable | disable | priority | remove: the operator's word on stored accounts; a running gateway follows by itself.

import type { AccountEntry } from '../../core/providers/account.ts';
import { withEnabled } from '../../vault/changes.ts';
import { fail } from '../ui/fail.ts';
import type { Terminal } from '../ui/terminal.ts';
import { type AccountFlags, accountSetting, findAccount, priorityIn } from './accounts-setting.ts';

interface Change {
  readonly edit: (entry: AccountEntry) => AccountEntry | undefined;
  /** What is printed: members of the JSON, and words. */
  readonly told: object;
  readonly words: string;
}

async function changeAccount(
  terminal: Terminal,
  text: string,
  flags: AccountFlags,
  { edit, told, words }: Change,
): Promise<void> {
  const setting = await accountSetting(terminal, flags);
  if (setting === undefined) return;
  const entry = findAccount(terminal, setting, text);
  if (entry === undefined) return;
  const changed = await setting.accounts.change(entry.id, edit);
  if (!changed.ok) return fail(terminal, changed.message);
  const { upstream, id } = entry;
  // The gateway's own switch for keys may have been used as well.
  const { contents } = setting.keys.reading;
  if (
    contents.disabled.some((key) => key.upstream === upstream && key.id === id) &&
    !('disabled' in told && told.disabled === true)
  )
    await setting.keys.vault.change(
      (now) => ({ contents: withEnabled(now, { upstream, id }), value: undefined }),
      false,
    );
  if (flags.json === true) terminal.out(JSON.stringify({ upstream, id, ...told }));
  else terminal.err(`${terminal.colours.green('✔')} ${upstream}/${id} ${words}.`);
}

/** Takes an account out of use, or puts it back. */
export function switchAccount(
  terminal: Terminal,
  text: string,
  flags: AccountFlags,
  disabled: boolean,
): Promise<void> {
  return changeAccount(terminal, text, flags, {
    edit: ({ disabled: _before, ...entry }) => (disabled ? { ...entry, disabled } : entry),
    told: { disabled },
    words: disabled ? 'is out of use' : 'is in use',
  });
}

/** Says which accounts come first. */
export function orderAccount(
  terminal: Terminal,
  text: string,
  given: string,
  flags: AccountFlags,
): Promise<void> {
  const priority = priorityIn(given);
  if (Number.isNaN(priority)) {
    fail(terminal, 'The priority must be a whole number.');
    return Promise.resolve();
  }
  return changeAccount(terminal, text, flags, {
    edit: (entry) => ({ ...entry, priority }),
    told: { priority },
    words: `has the priority ${priority}`,
  });
}

/** Forgets an account and its login. */
export function removeAccount(terminal: Terminal, text: string, flags: AccountFlags): Promise<void> {
  return changeAccount(terminal, text, flags, {
    edit: () => undefined,
    told: { removed: true },
    words: 'is forgotten, with its login',
  });
}
