// sluice service: lets the system start the gateway and keep it running (systemd, launchd).

import { Command } from 'commander';
import { fail } from '../ui/fail.ts';
import { processTerminal, type Terminal } from '../ui/terminal.ts';
import type { InstallFlags } from './service-facts.ts';
import { install } from './service-install.ts';
import { type Machine, thisMachine } from './service-machine.ts';
import { type ServicePlace, servicePlace } from './service-place.ts';
import { type StatusFlags, status } from './service-status.ts';
import { type UninstallFlags, uninstall } from './service-uninstall.ts';

/** The `service` command. */
export function serviceCommand(
  terminal: Terminal = processTerminal(),
  machineOf: () => Machine = thisMachine,
): Command {
  const forAll = '--system';
  const forAllText = 'for the whole machine instead of this user (Linux, as root)';
  const command = new Command('service').description(
    'let the system start the gateway and keep it running (systemd, launchd)',
  );
  const act = <Flags extends { readonly system?: boolean }>(
    work: (terminal: Terminal, machine: Machine, place: ServicePlace, flags: Flags) => Promise<void>,
  ): ((flags: Flags) => Promise<void>) => {
    return async (flags) => {
      const machine = machineOf();
      const place = servicePlace(terminal, machine, flags.system === true);
      if (place === undefined) noPlace(terminal, machine);
      else await work(terminal, machine, place, flags);
    };
  };
  command
    .command('install')
    .description('write the unit, start it now and at every log-in, and wait until the gateway answers')
    .option(forAll, forAllText)
    .option('--run-as <user>', 'with --system: the user it runs as (default: who called sudo)')
    .option('-c, --config <file>', 'configuration file (default: the one that "sluice serve" would take)')
    .option(
      '-e, --env <name...>',
      'copy these variables of this shell into the file of variables (mode 0600)',
    )
    .option('--no-sandbox', 'leave the file system open to it, where this system cannot close it (systemd)')
    .option('--dry-run', 'print what would be written and run')
    .action(act<InstallFlags>(install));
  command
    .command('status')
    .description('say whether it is installed, enabled and active, and whether the gateway answers')
    .option(forAll, forAllText)
    .option('-c, --config <file>', 'configuration file, where it is not that of the unit')
    .option('--json', 'print JSON')
    .action(act<StatusFlags>(status));
  command
    .command('uninstall')
    .description('stop it and take away what "install" wrote; configuration and data stay')
    .option(forAll, forAllText)
    .option('--keep-env', 'keep the file of variables')
    .option('--dry-run', 'print what would be removed and run')
    .action(act<UninstallFlags>(uninstall));
  return command;
}

function noPlace(terminal: Terminal, { platform }: Machine): void {
  if (platform === 'darwin')
    fail(
      terminal,
      'On macOS the gateway is started for a user, not for the whole machine.',
      'Leave out --system.',
    );
  else if (platform === 'win32')
    fail(
      terminal,
      'Windows is not told by this command.',
      'Let the Task Scheduler start "sluice serve" at log-on: docs/guide/deployment.md has the command.',
    );
  else
    fail(
      terminal,
      `This command knows systemd and launchd, and ${platform} has neither.`,
      'Start "sluice serve" the way this system starts programs.',
    );
}
