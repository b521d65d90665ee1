// sluice setup [tool…] | status: points coding tools at the gateway, shows what that changes, and takes it back.

import { Command } from 'commander';
import { type SetupDialogue, setupDialogue } from '../ui/ask-setup.ts';
import { processTerminal, type Terminal } from '../ui/terminal.ts';
import { type SetupFlags, setUp } from './setup-apply.ts';
import { showStatus } from './setup-status.ts';
import { undoSetup } from './setup-undo.ts';

/** The `setup` command with its sub-command. */
export function setupCommand(
  terminal: Terminal = processTerminal(),
  dialogue: SetupDialogue = setupDialogue(),
): Command {
  const command = new Command('setup')
    .description('point coding tools at the gateway, or print how to do it by hand')
    .argument('[tool...]', 'claude, codex, opencode, gemini; or what there is a snippet for, as in cursor')
    .option('--dry-run', 'show what would be changed, and change nothing')
    .option('--undo', 'take back what was set up')
    .option('--force', 'with --undo: put the originals back, whatever was changed since')
    .option('-y, --yes', 'ask nothing, and make a client key where one is needed')
    .option('--url <url>', 'address of the gateway (default: that of the configuration)')
    .option('--key <key>', 'client key (or SLUICE_API_KEY in the environment)')
    .option('--model <model>', 'model that the tool is to use (default: as it is)')
    .option('--no-probe', 'ask the gateway nothing afterwards')
    .option('-c, --config <file>', 'find the gateway of this configuration')
    .option('-p, --port <number>', 'port of the gateway, where it is not that of the configuration')
    .option('--json', 'with status: print JSON')
    .action(async (tools: readonly string[], flags: SetupFlags) => {
      if (flags.undo === true) await undoSetup(terminal, tools, flags.force === true);
      else await setUp(terminal, dialogue, tools, flags);
    });
  command
    .command('status')
    .description('show what points where, and whether the gateway answers there')
    .action((_options: unknown, self: Command) => showStatus(terminal, self.optsWithGlobals<SetupFlags>()));
  return command;
}
