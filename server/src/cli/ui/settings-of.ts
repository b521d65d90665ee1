// Settings as commands need them that do not start a gateway.

import type { ListenOverrides } from '../../config/listen-address.ts';
import type { ConfigCheck } from '../../config/load.ts';
import { resolveSettings } from '../../config/resolve.ts';
import type { Settings } from '../../config/settings.ts';
import { printProblems } from './problems.ts';
import type { Terminal } from './terminal.ts';

/**
 * What a configuration comes to; prints what is wrong and answers undefined where it is not valid. An upstream may lack
 * keys, for they may be stored in the vault.
 */
export function settingsOf(
  terminal: Terminal,
  loaded: ConfigCheck,
  overrides: ListenOverrides = {},
): Settings | undefined {
  const { env, home } = terminal;
  const options = { env, home, overrides, hasKeysElsewhere: () => true };
  const resolved = loaded.ok ? resolveSettings(loaded.value, options) : loaded;
  if ('settings' in resolved) return resolved.settings;
  printProblems(terminal, resolved.problems);
  return undefined;
}
