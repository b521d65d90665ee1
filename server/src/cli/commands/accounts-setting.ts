// What every `sluice accounts` command starts from: the settings, the vault, and the stored accounts with their upstreams.

import { createHash } from 'node:crypto';
import { checkProxyUrl } from '../../config/base-url.ts';
import { KEY_NAME, KEY_NAME_FAULT } from '../../config/key-fault.ts';
import type { Settings, Upstream } from '../../config/settings.ts';
import type { AccountEntry, AccountKind } from '../../core/providers/account.ts';
import { type Accounts, openAccounts } from '../../vault/accounts.ts';
import { withAccounts } from '../../vault/accounts-merge.ts';
import { upstreamOf } from '../../vault/merge.ts';
import { fail } from '../ui/fail.ts';
import type { Terminal } from '../ui/terminal.ts';
import { gatewayOf, type KeyFlags, type KeySetting, loadSetting } from './keys-setting.ts';

/** Options that all of the commands have. */
export type AccountFlags = KeyFlags;

/** Options of those that store an account. */
export interface StoreFlags extends AccountFlags {
  readonly upstream?: string;
  readonly name?: string;
  readonly priority?: string;
  readonly proxy?: string;
  readonly proxyEnv?: string;
  /** False with --no-test. */
  readonly test: boolean;
}

/** What the commands work on. */
export interface AccountSetting {
  readonly keys: KeySetting;
  readonly accounts: Accounts;
  readonly entries: readonly AccountEntry[];
  /** As the gateway serves it. */
  readonly settings: Settings;
}

/** The kinds of accounts, in words for people. */
export const KINDS: readonly AccountKind[] = ['codex', 'kiro'];

/** Reads everything; prints what is wrong and answers undefined where that is not possible. */
export async function accountSetting(
  terminal: Terminal,
  flags: AccountFlags,
): Promise<AccountSetting | undefined> {
  const keys = await loadSetting(terminal, flags);
  if (keys === undefined) return undefined;
  const accounts = openAccounts(keys.vault);
  const entries = await accounts.list();
  if (typeof entries === 'string')
    return fail(terminal, `${keys.vault.places.accounts} cannot be used: ${entries}.`);
  const { settings } = withAccounts(keys.bare, entries, terminal.env);
  return { keys, accounts, entries, settings };
}

/** The upstream of an account; a text says why there is none. */
export function upstreamFor(setting: AccountSetting, id: string, env: Terminal['env']): Upstream | string {
  return setting.settings.upstreams.find((upstream) => upstream.id === id) ?? upstreamOf(id, env);
}

/** The one account that a text means. */
export function findAccount(
  terminal: Terminal,
  { entries }: AccountSetting,
  text: string,
): AccountEntry | undefined {
  const found = entries.filter(
    ({ id, name, upstream }) => id === text || name === text || `${upstream}/${id}` === text,
  );
  const [only] = found;
  if (found.length === 1) return only;
  if (found.length > 1) {
    const places = found.map(({ upstream, id }) => `${upstream}/${id}`).join(', ');
    return fail(terminal, 'Several accounts are meant by that.', `Say which: ${places}.`);
  }
  return fail(
    terminal,
    'There is no such account.',
    entries.length === 0
      ? 'Store one with "sluice accounts import codex", "login codex" or "import kiro".'
      : 'Name it by its id, its name, or upstream/id, as "sluice accounts list" shows them.',
  );
}

/** Where an account of this kind is to be stored; prints why that is not clear. */
export function storePlace(
  terminal: Terminal,
  setting: AccountSetting,
  kind: AccountKind,
  asked: string | undefined,
): Upstream | undefined {
  const configured = setting.keys.bare.upstreams.filter(({ provider }) => provider.accounts === kind);
  if (asked === undefined && configured.length > 1) {
    const ids = configured.map(({ id }) => id).join(', ');
    return fail(terminal, `Several upstreams have ${kind} accounts.`, `Say which with --upstream: ${ids}.`);
  }
  const id = asked ?? configured[0]?.id ?? kind;
  const upstream = upstreamFor(setting, id, terminal.env);
  if (typeof upstream === 'string') return fail(terminal, `"${id}" cannot have accounts: ${upstream}`);
  if (upstream.provider.accounts === kind) return upstream;
  return fail(
    terminal,
    `The upstream "${id}" is not one of ${kind} accounts.`,
    `Its provider must be "${kind}". An upstream has keys or accounts, not both.`,
  );
}

/** What the flags say of an account; prints what is wrong with them. */
export function storeFacts(
  terminal: Terminal,
  { name, priority, proxy, proxyEnv }: StoreFlags,
):
  | { readonly facts: Pick<AccountEntry, 'name' | 'priority' | 'proxied'>; readonly proxy?: string }
  | undefined {
  if (name !== undefined && !KEY_NAME.test(name)) return fail(terminal, `--name ${KEY_NAME_FAULT}.`);
  const rank = priority === undefined ? undefined : priorityIn(priority);
  if (Number.isNaN(rank)) return fail(terminal, '--priority must be a whole number.');
  if (proxy !== undefined && URL.canParse(proxy) && new URL(proxy).password !== '')
    return fail(
      terminal,
      'A password does not belong on the command line, where others can see it.',
      'Put the address into a variable and name that with --proxy-env.',
    );
  const address = proxyEnv === undefined ? proxy : (terminal.env[proxyEnv] ?? '').trim();
  if (address === '') return fail(terminal, `${proxyEnv ?? 'The variable'} is empty or not set.`);
  const checked = address === undefined ? undefined : checkProxyUrl(address);
  if (checked !== undefined && 'message' in checked)
    return fail(terminal, `The proxy ${lowered(checked.message)}`, checked.suggestion);
  return {
    facts: {
      ...(name === undefined ? {} : { name }),
      ...(rank === undefined ? {} : { priority: rank }),
      ...(checked === undefined ? {} : { proxied: true as const }),
    },
    ...(checked === undefined ? {} : { proxy: checked.url }),
  };
}

const lowered = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1);

/** A priority as it is typed; NaN: it is none. */
export function priorityIn(text: string): number {
  return /^-?\d{1,6}$/.test(text) ? Number(text) : Number.NaN;
}

/** The id of an account: the same login of the same person gives the same one. */
export function accountId(kind: AccountKind, upstream: string, identity: string): string {
  const digest = createHash('sha256').update(`account ${kind} ${upstream} ${identity}`).digest('hex');
  return `k_${digest.slice(0, 8)}`;
}

/** A running gateway is to use the account once more, whatever stood against it. */
export async function forgetStanding({ keys }: AccountSetting, entry: AccountEntry): Promise<void> {
  await (await gatewayOf(keys))?.ask('POST', `/admin/keys/${entry.upstream}/${entry.id}/reset`);
}
