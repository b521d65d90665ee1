// sluice accounts refresh: renews a login now. A running gateway takes it over by itself.

import { loginCommand, type StoredAccount } from '../../core/providers/account.ts';
import { type Renewal, renewTokens } from '../../upstream/credentials/renewal.ts';
import { createTransport } from '../../upstream/transport/transport.ts';
import { fail } from '../ui/fail.ts';
import type { Terminal } from '../ui/terminal.ts';
import {
  type AccountFlags,
  accountSetting,
  findAccount,
  forgetStanding,
  upstreamFor,
} from './accounts-setting.ts';

/** Renews one login, and forgets what stood against the account. */
export async function refreshAccount(terminal: Terminal, text: string, flags: AccountFlags): Promise<void> {
  const setting = await accountSetting(terminal, flags);
  if (setting === undefined) return;
  const entry = findAccount(terminal, setting, text);
  if (entry === undefined) return;
  const upstream = upstreamFor(setting, entry.upstream, terminal.env);
  if (typeof upstream === 'string') return fail(terminal, upstream);
  const { accounts } = setting;
  const transport = createTransport();
  const renewed = await accounts.whileHeld(entry.id, async (): Promise<Renewal> => {
    const found: StoredAccount | string = await accounts.read(entry.id);
    if (typeof found === 'string') return { final: false, message: found };
    const outcome = await renewTokens(transport, { upstream }, found, Date.now());
    if (!('tokens' in outcome) && !outcome.final) return outcome;
    const state =
      'tokens' in outcome
        ? ({ status: 'active', tokens: outcome.tokens } as const)
        : ({ ...found.state, status: 'invalid', note: outcome.message } as const);
    const fault = await accounts.write(entry.id, state);
    return fault === undefined ? outcome : { final: false, message: fault };
  });
  transport.close();
  if (typeof renewed === 'string') return fail(terminal, renewed);
  if (!('tokens' in renewed)) {
    const remedy = loginCommand(entry.kind, entry.upstream);
    return fail(terminal, renewed.message, renewed.final ? `Log in again: "${remedy}".` : undefined);
  }
  await forgetStanding(setting, entry);
  const { upstream: place, id } = entry;
  const { expiresAtMs } = renewed.tokens;
  const tokenEndsAt = expiresAtMs === undefined ? null : new Date(expiresAtMs).toISOString();
  if (flags.json === true) terminal.out(JSON.stringify({ upstream: place, id, tokenEndsAt }));
  else terminal.err(`${terminal.colours.green('✔')} The login of ${place}/${id} is renewed.`);
}
