// sluice ledger copy: a whole ledger into another database, for gateways that grow from a file to PostgreSQL, and back.

import { resolve } from 'node:path';
import { Command } from 'commander';
import { checkConfig, loadConfig } from '../../config/load.ts';
import { dataFolder } from '../../config/places.ts';
import { isPostgres } from '../../stores/open.ts';
import { findConfig } from '../ui/config-file.ts';
import { fail } from '../ui/fail.ts';
import { settingsOf } from '../ui/settings-of.ts';
import { processTerminal, type Terminal } from '../ui/terminal.ts';
import { printCopy, printCopyJson } from './ledger-report.ts';
import { leftBehind } from './ledger-surroundings.ts';

interface CopyFlags {
  readonly from?: string;
  readonly to?: string;
  readonly dryRun?: boolean;
  readonly json?: boolean;
  readonly config?: string;
}

/** The `ledger` command with its only sub-command. */
export function ledgerCommand(terminal: Terminal = processTerminal()): Command {
  const command = new Command('ledger').description('copy the ledger into another database');
  command
    .command('copy')
    .description('copy everything that a ledger holds into another, empty place, and prove both equal')
    .allowExcessArguments(false)
    .option('--from <place>', 'a file, or a postgres:// URL; the ledger of the configuration when absent')
    .option('--to <place>', 'the same for the copy')
    .option('--dry-run', 'say what would be copied, and write nothing')
    .option('--json', 'print JSON')
    .option('-c, --config <file>', 'take the place that is not named from this configuration')
    .action((_options: unknown, self: Command) => copy(terminal, self.optsWithGlobals<CopyFlags>()));
  return command;
}

async function copy(terminal: Terminal, flags: CopyFlags): Promise<void> {
  const { env, home } = terminal;
  hidePasswords(flags);
  if (flags.from === undefined && flags.to === undefined)
    return fail(
      terminal,
      'Say where to copy to (--to), or from (--from).',
      'See "sluice ledger copy --help".',
    );
  const [from, to] = [await placeOf(terminal, flags.from, flags), await placeOf(terminal, flags.to, flags)];
  if (from === undefined || to === undefined) return;
  const folder = dataFolder({ env, home, platform: process.platform });
  const { copyLedger } = await import('../../stores/copy/ledger-copy.ts');
  const copied = await copyLedger({
    from,
    to,
    dataFolder: folder,
    dryRun: flags.dryRun === true,
    onTable: (table, rows) => {
      if (terminal.interactive) terminal.err(terminal.colours.dim(`${table}: ${rows}`));
    },
  });
  if (!copied.ok) return fail(terminal, copied.message);
  const report = copied.result;
  const files = await leftBehind(from, to, folder);
  const whole = { ...report, notes: [...report.notes, ...files] };
  if (flags.json === true) printCopyJson(terminal, whole);
  else printCopy(terminal, whole);
}

/** Where a ledger is: as told, or as the configuration says, or where it is without one. */
async function placeOf(
  terminal: Terminal,
  told: string | undefined,
  { config }: CopyFlags,
): Promise<string | undefined> {
  if (told !== undefined) return /^[a-z][a-z0-9+.-]+:/i.test(told) ? told : resolve(terminal.cwd, told);
  const located = findConfig(terminal, config);
  const loaded = located === undefined ? checkConfig({}) : await loadConfig(located.path, terminal.env);
  const settings = settingsOf(terminal, loaded);
  if (settings === undefined)
    return fail(
      terminal,
      'The configuration does not say where the ledger is. Correct it, or name both places.',
    );
  return settings.storage.postgresUrl ?? settings.storage.sqlitePath;
}

/** What a command was called with is seen by everybody on this machine while it runs. */
function hidePasswords({ from, to }: CopyFlags): void {
  const secret = [from, to].some((place) => place !== undefined && isPostgres(place));
  if (secret) process.title = 'sluice ledger copy';
}
