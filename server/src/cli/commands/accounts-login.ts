// sluice accounts login codex: a login of Sluice's own, made in the person's browser.

import { beginLogin, LOGIN_PORTS } from '../../upstream/credentials/codex-login.ts';
import { createTransport } from '../../upstream/transport/transport.ts';
import type { LoginDialogue } from '../ui/ask-login.ts';
import { fail } from '../ui/fail.ts';
import type { Terminal } from '../ui/terminal.ts';
import { accountSetting, type StoreFlags, storeFacts, storePlace } from './accounts-setting.ts';
import { storeAccount } from './accounts-store.ts';

/** Options of `accounts login`. */
export interface LoginFlags extends StoreFlags {
  readonly open?: boolean;
  readonly timeout?: string;
  readonly callbackPort?: string;
}

const TIMEOUT_SECONDS = 600;

function wholeIn(text: string | undefined, least: number, most: number): number | undefined {
  const value = text === undefined || !/^\d{1,6}$/.test(text) ? Number.NaN : Number(text);
  return value >= least && value <= most ? value : undefined;
}

/** Logs in and stores the login. */
export async function loginAccount(
  terminal: Terminal,
  dialogue: LoginDialogue,
  kind: string,
  flags: LoginFlags,
): Promise<void> {
  if (kind !== 'codex')
    return fail(
      terminal,
      'Only "codex" has a login of its own here.',
      kind === 'kiro' ? 'Log in with Kiro, then run "sluice accounts import kiro".' : undefined,
    );
  const seconds = flags.timeout === undefined ? TIMEOUT_SECONDS : wholeIn(flags.timeout, 1, 86_400);
  if (seconds === undefined) return fail(terminal, '--timeout must be a number of seconds.');
  const port = wholeIn(flags.callbackPort, 0, 65_535);
  if (flags.callbackPort !== undefined && port === undefined)
    return fail(terminal, '--callback-port must be a whole number from 0 to 65535.');
  const setting = await accountSetting(terminal, flags);
  if (setting === undefined) return;
  const upstream = storePlace(terminal, setting, 'codex', flags.upstream);
  const given = upstream === undefined ? undefined : storeFacts(terminal, flags);
  if (upstream === undefined || given === undefined) return;
  const transport = createTransport();
  const pending = await beginLogin({
    transport,
    proxy: given.proxy ?? upstream.proxy,
    tokenUrl: upstream.accounts?.tokenUrl,
    ports: port === undefined ? LOGIN_PORTS : [port],
    timeoutMs: seconds * 1000,
    epochMs: () => Date.now(),
  });
  if (typeof pending === 'string') return fail(terminal, pending);
  terminal.err('Open this address and log in:');
  terminal.err('');
  terminal.err(pending.url);
  terminal.err('');
  terminal.err(
    terminal.colours.dim(
      'Where the browser is on another machine, paste the address here that it cannot open at the end.',
    ),
  );
  if (flags.open === true) dialogue.openBrowser(pending.url);
  const hush = dialogue.hear((text) => {
    const fault = text.trim() === '' ? undefined : pending.take(text);
    if (fault !== undefined) terminal.err(`${terminal.colours.yellow('warning')} ${fault}`);
  });
  const login = await pending.done;
  hush();
  transport.close();
  if (typeof login === 'string') return fail(terminal, login, 'Nothing was stored.');
  await storeAccount(terminal, setting, { kind: 'codex', upstream, login }, flags);
}
