// The stored accounts as people and the admin API see them: everything but the logins.

import type { AccountQuotaView, AccountView } from '../admin/contract/accounts.ts';
import { type AccountEntry, loginCommand, type StoredAccount } from '../core/providers/account.ts';
import type { Quota } from '../upstream/credentials/account-rules.ts';
import type { Accounts } from '../vault/accounts.ts';

const iso = (ms: number | undefined): string | null => (ms === undefined ? null : new Date(ms).toISOString());

/** Every account of a vault; nobody is asked. */
export async function accountViews(
  accounts: Accounts,
  entries: readonly AccountEntry[],
  nowMs: number,
): Promise<readonly AccountView[]> {
  return await Promise.all(
    entries.map(async (entry) => accountView(entry, await accounts.read(entry.id), nowMs)),
  );
}

function accountView(entry: AccountEntry, found: StoredAccount | string, nowMs: number): AccountView {
  const { upstream, id, kind, name = null, priority = 0, disabled, proxied } = entry;
  const facts = { upstream, id, kind, name, priority, ownProxy: proxied === true };
  const off = disabled === true;
  const remedy = loginCommand(kind, upstream);
  if (typeof found === 'string') {
    const nothing = { email: null, plan: null, tokenEndsAt: null, spentUntil: null };
    return { ...facts, ...nothing, state: off ? 'disabled' : 'invalid', note: found, remedy };
  }
  const { status, note = null, tokens, spentUntilMs } = found.state;
  const spent = spentUntilMs !== undefined && spentUntilMs > nowMs;
  const state = status === 'active' && spent ? 'spent' : status;
  return {
    ...facts,
    email: tokens.email ?? null,
    plan: tokens.plan ?? null,
    state: off ? 'disabled' : state,
    note,
    tokenEndsAt: iso(tokens.expiresAtMs),
    spentUntil: spent ? iso(spentUntilMs) : null,
    remedy: status === 'invalid' ? remedy : null,
  };
}

/** A quota, or why it is not known, as it was told at this moment. */
export function quotaView(
  { upstream, id }: Pick<AccountEntry, 'upstream' | 'id'>,
  quota: Quota | string,
  nowMs: number,
): AccountQuotaView {
  const askedAt = new Date(nowMs).toISOString();
  if (typeof quota === 'string') return { upstream, id, plan: null, windows: [], fault: quota, askedAt };
  const windows = quota.windows.map(({ name, usedPercent, used = null, limit = null, resetsAtMs }) => {
    return { name, usedPercent, used, limit, resetsAt: iso(resetsAtMs) };
  });
  return { upstream, id, plan: quota.plan ?? null, windows, fault: null, askedAt };
}
