// What the sub-commands have in common of those commands that list and change one kind of thing (keys, accounts, clients).

import type { Command } from 'commander';

/** A sub-command that prints JSON where it is wanted, for the configuration that is named. `config` says what for. */
export function subCommand(parent: Command, name: string, description: string, config: string): Command {
  return parent
    .command(name)
    .description(description)
    .allowExcessArguments(false)
    .option('--json', 'print JSON')
    .option('-c, --config <file>', config);
}

/** The same, where the running gateway is asked. */
export function liveSubCommand(parent: Command, name: string, description: string, config: string): Command {
  return subCommand(parent, name, description, config).option(
    '-p, --port <number>',
    'port of the running gateway, where it is not that of the configuration',
  );
}
