// sluice keys list | add | test | rm | enable | disable | reset

import { Command } from 'commander';
import { type KeyDialogue, processDialogue } from '../ui/ask-key.ts';
import { liveSubCommand } from '../ui/sub-command.ts';
import { processTerminal, type Terminal } from '../ui/terminal.ts';
import { type AddFlags, addKey } from './keys-add.ts';
import { removeKey, switchKey } from './keys-change.ts';
import { listKeys } from './keys-list.ts';
import { resetKey, testKeys } from './keys-live.ts';
import type { KeyFlags } from './keys-setting.ts';

const KEY = 'its id, its name, or upstream/id';

/** A command with the options that all of them have. */
function sub(parent: Command, name: string, description: string): Command {
  return liveSubCommand(parent, name, description, 'use the keys of this configuration');
}

/** The `keys` command with its sub-commands. */
export function keysCommand(
  terminal: Terminal = processTerminal(),
  dialogue: KeyDialogue = processDialogue(),
): Command {
  const command = new Command('keys').description('list, add, test and manage the keys of upstreams');
  sub(command, 'list', 'show every key, how it stands and what it has used').action(
    (_options: unknown, self: Command) => listKeys(terminal, self.optsWithGlobals<KeyFlags>()),
  );
  sub(command, 'add', 'store a key, sealed; it is asked for, or read from standard input')
    .argument('[upstream]', 'id of an upstream or of a provider')
    .option('--env <name>', 'store a reference to this variable instead of a key')
    .option('--name <name>', 'what to call the key')
    .option('--no-test', 'do not ask the provider whether the key is good')
    .action((upstream: string | undefined, _options: unknown, self: Command) =>
      addKey(terminal, dialogue, upstream, self.optsWithGlobals<AddFlags>()),
    );
  sub(command, 'test', 'ask the provider whether a key is good; without an argument, every key')
    .argument('[key]', KEY)
    .action((key: string | undefined, _options: unknown, self: Command) =>
      testKeys(terminal, key, self.optsWithGlobals<KeyFlags>()),
    );
  const act = (
    name: string,
    description: string,
    action: (key: string, flags: KeyFlags) => Promise<void>,
  ): void => {
    sub(command, name, description)
      .argument('<key>', KEY)
      .action((key: string, _options: unknown, self: Command) =>
        action(key, self.optsWithGlobals<KeyFlags>()),
      );
  };
  act('rm', 'remove a stored key', (key, flags) => removeKey(terminal, key, flags));
  act('enable', 'put a key back into use', (key, flags) => switchKey(terminal, key, flags, false));
  act('disable', 'take a key out of use', (key, flags) => switchKey(terminal, key, flags, true));
  act('reset', 'make the running gateway forget what stands against a key', (key, flags) =>
    resetKey(terminal, key, flags),
  );
  return command;
}
