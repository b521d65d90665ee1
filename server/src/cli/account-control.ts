// What lets the admin API change the stored accounts of the gateway that runs here.

import type { AccountControl, AccountDone } from '../admin/parts.ts';
import type { LiveSettings } from '../config/live-settings.ts';
import type { UpstreamKey } from '../config/settings.ts';
import type { AccountEntry } from '../core/providers/account.ts';
import { type Accounts, openAccounts } from '../vault/accounts.ts';
import type { GatewayVault } from '../vault/gateway-vault.ts';
import type { AccountSeam } from './account-seam.ts';

/** What it works on. */
export interface AccountControlParts {
  readonly seam: Pick<AccountSeam, 'list' | 'quotas' | 'renew'>;
  readonly vault: Pick<GatewayVault, 'opened' | 'switchKey'>;
  readonly live: Pick<LiveSettings, 'current' | 'reload'>;
}

/** Makes it. What is changed is in force when the promise resolves, with all processes of the gateway. */
export function createAccountControl({ seam, vault, live }: AccountControlParts): AccountControl {
  const edited = async (
    id: string,
    edit: (entry: AccountEntry) => AccountEntry | undefined,
  ): Promise<AccountDone> => {
    const opened = vault.opened();
    if (opened === undefined) return { ok: true, found: false };
    const changed = await openAccounts(opened).change(id, edit);
    if (!changed.ok) return changed;
    await live.reload();
    return { ok: true, found: changed.value };
  };
  /** Keys have a switch of their own, which may have been used on an account as well. */
  const switchedOn = async (id: string): Promise<AccountDone> => {
    const found = keyOf(live, id);
    if (found?.key.disabled !== true) return { ok: true, found: true };
    const fault = await vault.switchKey(found.upstream, id, false);
    if (fault !== undefined) return { ok: false, ...failureOf(fault) };
    await live.reload();
    return { ok: true, found: true };
  };
  return {
    list: async () => {
      const off = new Set(keysOf(live).flatMap(({ key }) => (key.disabled === true ? [key.id] : [])));
      return (await seam.list()).map((view) => (off.has(view.id) ? { ...view, state: 'disabled' } : view));
    },
    quotas: (upstream) => seam.quotas(live.current(), upstream),
    change: async (id, { enabled, priority }) => {
      const done = await edited(id, ({ disabled, ...entry }) => {
        const off = enabled === undefined ? disabled === true : !enabled;
        return {
          ...entry,
          ...(priority === undefined ? {} : { priority }),
          ...(off ? { disabled: true as const } : {}),
        };
      });
      return done.ok && done.found && enabled === true ? await switchedOn(id) : done;
    },
    remove: async (id) => {
      // A login that is stored again later is not to be out of use for what was said of this one.
      const off = keyOf(live, id)?.key.disabled === true;
      const ready = off ? await switchedOn(id) : ({ ok: true, found: true } as const);
      return ready.ok ? await edited(id, () => undefined) : ready;
    },
    renew: async (id) => {
      const entries = await entriesOf(vault);
      if (!entries.some((entry) => entry.id === id)) return { ok: true, found: false };
      const message = await seam.renew(live.current(), id);
      return message === undefined ? { ok: true, found: true } : { ok: false, message };
    },
  };
}

interface PlacedKey {
  readonly upstream: string;
  readonly key: UpstreamKey;
}

function keysOf(live: AccountControlParts['live']): readonly PlacedKey[] {
  return live
    .current()
    .upstreams.flatMap(({ id, keys }) =>
      keys.filter(({ account }) => account !== undefined).map((key) => ({ upstream: id, key })),
    );
}

function keyOf(live: AccountControlParts['live'], id: string): PlacedKey | undefined {
  return keysOf(live).find(({ key }) => key.id === id);
}

async function entriesOf(vault: AccountControlParts['vault']): Promise<readonly AccountEntry[]> {
  const opened = vault.opened();
  const entries: Awaited<ReturnType<Accounts['list']>> =
    opened === undefined ? [] : await openAccounts(opened).list();
  return typeof entries === 'string' ? [] : entries;
}

function failureOf({ message, suggestion }: { readonly message: string; readonly suggestion?: string }): {
  readonly message: string;
  readonly suggestion?: string;
} {
  return { message, ...(suggestion === undefined ? {} : { suggestion }) };
}
