// Stores a login that was imported or made, and says what became of it.

import type { Upstream } from '../../config/settings.ts';
import type { AccountEntry, AccountKind, AccountTokens } from '../../core/providers/account.ts';
import type { Quota } from '../../upstream/credentials/account-rules.ts';
import type { Imported } from '../../upstream/credentials/imported.ts';
import { askQuota } from '../../upstream/credentials/renewal.ts';
import { createTransport } from '../../upstream/transport/transport.ts';
import { fail } from '../ui/fail.ts';
import { printable } from '../ui/printable.ts';
import type { Terminal } from '../ui/terminal.ts';
import { quotaLines } from './accounts-list.ts';
import {
  type AccountSetting,
  accountId,
  forgetStanding,
  type StoreFlags,
  storeFacts,
} from './accounts-setting.ts';

/** Who stores which login where. */
export interface Storing {
  readonly kind: AccountKind;
  readonly upstream: Upstream;
  readonly login: Imported;
}

/** Stores it. */
export async function storeAccount(
  terminal: Terminal,
  setting: AccountSetting,
  { kind, upstream, login }: Storing,
  flags: StoreFlags,
): Promise<void> {
  const given = storeFacts(terminal, flags);
  if (given === undefined) return;
  const { facts, proxy } = given;
  const quota = flags.test ? await quotaOf(upstream, login.tokens, proxy) : undefined;
  const told = typeof quota === 'object' ? quota : undefined;
  const { email = told?.email, plan = told?.plan } = login.tokens;
  const tokens: AccountTokens = {
    ...login.tokens,
    ...(email === undefined ? {} : { email }),
    ...(plan === undefined ? {} : { plan }),
  };
  const identity = login.identity ?? email;
  const id =
    (await sameLogin(setting, kind, upstream.id, tokens)) ??
    accountId(kind, upstream.id, identity ?? tokens.refreshToken);
  const addedAt = new Date().toISOString();
  const entry: AccountEntry = { id, kind, upstream: upstream.id, addedAt, ...facts };
  const added = await setting.accounts.add({ entry, state: { status: 'active', tokens }, proxy });
  if (!added.ok) return fail(terminal, added.message);
  if (added.value === 'renewed') await forgetStanding(setting, entry);
  if (flags.json === true) {
    const windows = told?.windows ?? null;
    terminal.out(JSON.stringify({ upstream: upstream.id, id, kind, what: added.value, quota: windows }));
    return;
  }
  const { colours } = terminal;
  const whose = email === undefined ? '' : ` (${printable(email)})`;
  const done = added.value === 'added' ? 'Stored' : 'Renewed the login of';
  terminal.err(`${colours.green('✔')} ${done} ${upstream.id}/${id}${whose}, sealed.`);
  if (typeof quota === 'string')
    terminal.err(`${colours.yellow('warning')} Its quota is not known: ${quota}`);
  for (const line of told === undefined ? [] : quotaLines(told, Date.now())) terminal.err(`  ${line}`);
  terminal.out(`${upstream.id}/${id}`);
}

/** The account that holds this very login already. */
async function sameLogin(
  { accounts, entries }: AccountSetting,
  kind: AccountKind,
  upstream: string,
  { refreshToken, email }: AccountTokens,
): Promise<string | undefined> {
  for (const entry of entries) {
    if (entry.kind !== kind || entry.upstream !== upstream) continue;
    const found = await accounts.read(entry.id);
    if (typeof found === 'string') continue;
    const { tokens } = found.state;
    if (tokens.refreshToken === refreshToken) return entry.id;
    // Kiro's file does not say whose login it is; the provider does.
    if (kind === 'kiro' && email !== undefined && tokens.email === email) return entry.id;
  }
  return undefined;
}

async function quotaOf(
  upstream: Upstream,
  tokens: AccountTokens,
  proxy: string | undefined,
): Promise<Quota | string> {
  const transport = createTransport();
  const quota = await askQuota(transport, { upstream }, { tokens, proxy });
  transport.close();
  return quota;
}
