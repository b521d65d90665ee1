// sluice keys rm | enable | disable: what is changed in the stored keys; a running gateway follows by itself.

import { withDisabled, withEnabled, withoutKey } from '../../vault/changes.ts';
import { fail } from '../ui/fail.ts';
import type { Terminal } from '../ui/terminal.ts';
import { switchAccount } from './accounts-change.ts';
import { findKey, isAccount, type KeyFlags, loadSetting } from './keys-setting.ts';

/** Removes a stored key. */
export async function removeKey(terminal: Terminal, text: string, flags: KeyFlags): Promise<void> {
  const setting = await loadSetting(terminal, flags);
  if (setting === undefined) return;
  const key = findKey(terminal, setting, text);
  if (key === undefined) return;
  const { upstream, id } = key;
  const { contents } = setting.reading;
  if (!contents.keys.some((entry) => entry.upstream === upstream && entry.id === id)) {
    const file = setting.bare.origin.file ?? 'the environment';
    return fail(
      terminal,
      `${upstream}/${id} is not a stored key: it comes from ${file}.`,
      `Remove it there, or take it out of use with "sluice keys disable ${upstream}/${id}".`,
    );
  }
  const changed = await setting.vault.change((now) => {
    const left = withoutKey(now, { upstream, id });
    return left === undefined ? { value: false } : { contents: left, value: true };
  }, false);
  if (!changed.ok) return fail(terminal, changed.message, changed.suggestion);
  tell(terminal, flags, { upstream, id, removed: true }, `Removed ${upstream}/${id}.`);
}

/** Takes a key out of use, wherever it is kept, or puts it back; an account, too, which stands in the place of a key. */
export async function switchKey(
  terminal: Terminal,
  text: string,
  flags: KeyFlags,
  disabled: boolean,
): Promise<void> {
  const setting = await loadSetting(terminal, flags);
  if (setting === undefined) return;
  if (isAccount(setting, text) && !setting.keys.some(({ id, name }) => id === text || name === text))
    return await switchAccount(terminal, text, flags, disabled);
  const key = findKey(terminal, setting, text);
  if (key === undefined) return;
  const { upstream, id } = key;
  const written = setting.bare.upstreams
    .find((one) => one.id === upstream)
    ?.keys.some((one) => one.id === id && one.disabled === true);
  if (!disabled && written === true)
    return fail(
      terminal,
      `${upstream}/${id} is switched off in the configuration.`,
      `Change it there: ${setting.bare.origin.file ?? 'in the environment'}.`,
    );
  const change = disabled ? withDisabled : withEnabled;
  const changed = await setting.vault.change(
    (contents) => ({ contents: change(contents, { upstream, id }), value: undefined }),
    false,
  );
  if (!changed.ok) return fail(terminal, changed.message, changed.suggestion);
  const words = disabled ? 'is out of use' : 'is in use';
  tell(terminal, flags, { upstream, id, disabled }, `${upstream}/${id} ${words}.`);
}

function tell(terminal: Terminal, { json }: KeyFlags, answer: object, words: string): void {
  if (json === true) terminal.out(JSON.stringify(answer));
  else terminal.err(`${terminal.colours.green('✔')} ${words}`);
}
