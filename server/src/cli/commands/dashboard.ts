// sluice dashboard: a one-time link into the dashboard of the running gateway, or a new admin key.

import { Command } from 'commander';
import { isObject, textOf } from '../../core/model/json.ts';
import { replaceAdminKey } from '../../vault/admin-key.ts';
import { vaultFolder } from '../../vault/places.ts';
import { ADMIN_KEY_VARIABLE } from '../admin-outside.ts';
import { fail } from '../ui/fail.ts';
import { openBrowser } from '../ui/open-browser.ts';
import { processTerminal, type Terminal } from '../ui/terminal.ts';
import { gatewayOf, type KeyFlags, loadSetting, runningGateway } from './keys-setting.ts';

interface DashboardFlags extends KeyFlags {
  readonly open?: boolean;
  readonly newKey?: boolean;
}

/** Shows an address in the browser of the user. */
export type OpenBrowser = (url: string) => void;

/** The `dashboard` command. */
export function dashboardCommand(
  terminal: Terminal = processTerminal(),
  browse: OpenBrowser = openBrowser,
): Command {
  return new Command('dashboard')
    .description('print a one-time link to the dashboard of the running gateway')
    .option('--open', 'open it in the browser')
    .option('--new-key', 'make a new admin key and print it; the old one is not accepted any more')
    .option('--json', 'print JSON')
    .option('-c, --config <file>', 'find the gateway of this configuration')
    .option('-p, --port <number>', 'port of the running gateway, where it is not that of the configuration')
    .action(async (flags: DashboardFlags) => {
      if (flags.newKey === true) await newKey(terminal, flags);
      else await link(terminal, flags, browse);
    });
}

async function link(terminal: Terminal, flags: DashboardFlags, browse: OpenBrowser): Promise<void> {
  const gateway = await runningGateway(terminal, flags);
  if (gateway === undefined) return;
  const answer = await gateway.ask('POST', '/admin/v1/session/link');
  if (!answer.ok) return fail(terminal, answer.message, answer.suggestion);
  const url = isObject(answer.body) ? textOf(answer.body['url']) : undefined;
  if (url === undefined) return fail(terminal, 'The gateway gave no link.');
  terminal.out(flags.json === true ? JSON.stringify(answer.body) : url);
  if (flags.open === true) browse(url);
  else terminal.err(terminal.colours.dim('It opens once, within 15 minutes.'));
}

async function newKey(terminal: Terminal, flags: DashboardFlags): Promise<void> {
  if (terminal.env[ADMIN_KEY_VARIABLE] !== undefined)
    return fail(
      terminal,
      `The admin key is set by ${ADMIN_KEY_VARIABLE}.`,
      'Change it there and start again.',
    );
  const setting = await loadSetting(terminal, flags);
  if (setting === undefined) return;
  const gateway = await gatewayOf(setting);
  let key: string | undefined;
  if (gateway === undefined) key = await replaceAdminKey(vaultFolder(setting.settings));
  else {
    const answer = await gateway.ask('POST', '/admin/v1/admin-key');
    if (!answer.ok) return fail(terminal, answer.message, answer.suggestion);
    key = isObject(answer.body) ? textOf(answer.body['key']) : undefined;
  }
  if (key === undefined) return fail(terminal, 'The gateway gave no key.');
  terminal.out(flags.json === true ? JSON.stringify({ key }) : key);
  terminal.err(terminal.colours.dim('Keep it: it is not shown again. All sessions have ended.'));
}
