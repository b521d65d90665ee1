// sluice status: whether the gateway runs, what it does, and what is unwell in it.

import { Command } from 'commander';
import picocolors from 'picocolors';
import { keyListSchema } from '../../admin/contract/operation.ts';
import { statusSchema } from '../../admin/contract/status.ts';
import { overviewSchema } from '../../admin/contract/totals.ts';
import type { GatewayAnswer } from '../operator-client.ts';
import { fail } from '../ui/fail.ts';
import { processTerminal, type Terminal } from '../ui/terminal.ts';
import { gatewayOf, type KeyFlags, loadSetting } from './keys-setting.ts';
import { statusLines, statusReport } from './status-report.ts';

/** The `status` command. */
export function statusCommand(terminal: Terminal = processTerminal()): Command {
  return new Command('status')
    .description(
      'say whether the gateway runs, what it does and what is unwell; exit code 1 when it does not run',
    )
    .option('--json', 'print JSON')
    .option('-c, --config <file>', 'find the gateway of this configuration')
    .option('-p, --port <number>', 'port of the running gateway, where it is not that of the configuration')
    .action((flags: KeyFlags) => status(terminal, flags));
}

async function status(terminal: Terminal, flags: KeyFlags): Promise<void> {
  const setting = await loadSetting(terminal, flags);
  if (setting === undefined) return;
  const { origin } = setting;
  const gateway = await gatewayOf(setting);
  if (gateway === undefined) {
    if (flags.json === true) terminal.out(JSON.stringify({ running: false, origin }, undefined, 2));
    else terminal.out(`○ No gateway runs at ${origin}.`);
    if (flags.json !== true)
      terminal.err('  Start it with "sluice serve", or say where it runs with --config or --port.');
    terminal.exitCode(1);
    return;
  }
  const midnight = new Date().setHours(0, 0, 0, 0);
  const [told, today, keys] = await Promise.all([
    gateway.ask('GET', '/admin/v1/status'),
    gateway.ask('GET', `/admin/v1/overview?from=${midnight}`),
    gateway.ask('GET', '/admin/v1/keys'),
  ]);
  if (!told.ok) return fail(terminal, told.message, told.suggestion);
  const read = statusSchema.safeParse(told.body);
  if (!read.success)
    return fail(terminal, `The gateway at ${origin} is of another version, and its state cannot be read.`);
  const report = statusReport({
    origin,
    status: read.data,
    today: overviewSchema.safeParse(bodyOf(today)).data?.totals,
    keys: keyListSchema.safeParse(bodyOf(keys)).data?.keys,
  });
  if (flags.json === true) {
    terminal.out(JSON.stringify(report, undefined, 2));
    return;
  }
  // Standard output may be a file while standard error is a terminal.
  const colours = terminal.interactive ? terminal.colours : picocolors.createColors(false);
  for (const line of statusLines(report, colours)) terminal.out(line);
}

const bodyOf = (answer: GatewayAnswer): unknown => (answer.ok ? answer.body : undefined);
