// Puts the stored accounts behind the transport of a gateway, and sees to it that no log shows one of their tokens.

import type { AccountQuotaView, AccountView } from '../admin/contract/accounts.ts';
import { systemClock } from '../clock.ts';
import type { Settings } from '../config/settings.ts';
import type { AccountUse, Log, Transport } from '../exchange/ports.ts';
import { accountTransport } from '../upstream/credentials/account-transport.ts';
import { type Accounts, openAccounts } from '../vault/accounts.ts';
import type { Vault } from '../vault/vault.ts';
import { accountViews, quotaView } from './account-report.ts';

/** What the seam is made of. */
export interface SeamParts {
  /** Undefined until the vault has been found. */
  vault(): Vault | undefined;
  readonly transport: Transport;
  readonly log: Pick<Log, 'warn' | 'error'>;
}

/** The seam of one gateway. */
export interface AccountSeam {
  readonly transport: Transport;
  /** Tokens that are used now, and those that they took the place of. */
  tokens(): readonly string[];
  /** Is called when there is another token. */
  onToken(listener: () => void): void;
  /** Every account; none where the list is damaged, which the reading of the settings tells. */
  list(): Promise<readonly AccountView[]>;
  /** What the providers say is left of the accounts of these settings, or of those of one upstream. */
  quotas(settings: Settings, upstream?: string): Promise<readonly AccountQuotaView[]>;
  /** Renews the login of an account; a text says why it was not. */
  renew(settings: Settings, id: string): Promise<string | undefined>;
}

/** Tokens that are remembered: renewed ones may still stand in what is written later. */
const MOST_TOKENS = 500;

/** Makes the seam; nothing is read before the first request with an account. */
export function openAccountSeam({ vault, transport, log }: SeamParts): AccountSeam {
  const tokens = new Set<string>();
  /** What was told last, by account. */
  const quotas = new Map<string, AccountQuotaView>();
  let heard: () => void = () => undefined;
  let opened: { readonly of: Vault; readonly accounts: Accounts } | undefined;
  const store = (): Accounts | undefined => {
    const of = vault();
    if (of === undefined) return undefined;
    if (opened?.of !== of) opened = { of, accounts: openAccounts(of) };
    return opened.accounts;
  };
  const onSecrets = (secrets: readonly string[]): void => {
    const fresh = secrets.filter((secret) => !tokens.has(secret));
    if (fresh.length === 0) return;
    for (const secret of fresh) tokens.add(secret);
    for (const old of [...tokens].slice(0, Math.max(0, tokens.size - MOST_TOKENS))) tokens.delete(old);
    heard();
  };
  const seam = accountTransport(transport, { store, clock: systemClock, log, onSecrets });
  return {
    transport: seam,
    tokens: () => [...tokens],
    onToken: (listener) => {
      heard = listener;
    },
    list: async () => {
      const accounts = store();
      const entries = await accounts?.list();
      if (accounts === undefined || entries === undefined || typeof entries === 'string') return [];
      const views = await accountViews(accounts, entries, systemClock.epochMs());
      return views.map((view) => {
        const quota = quotas.get(view.id);
        return quota === undefined ? view : { ...view, quota };
      });
    },
    quotas: (settings, upstream) => {
      const wanted = usesIn(settings).filter(
        ({ upstream: { id }, key }) => key.disabled !== true && (upstream === undefined || id === upstream),
      );
      return Promise.all(
        wanted.map(async (use) => {
          const { key } = use;
          const told = await seam.quota(use);
          const view = quotaView({ upstream: use.upstream.id, id: key.id }, told, systemClock.epochMs());
          quotas.set(key.id, view);
          return view;
        }),
      );
    },
    renew: async (settings, id) => {
      const use = usesIn(settings).find(({ key }) => key.id === id);
      return use === undefined
        ? 'No upstream of the configuration uses this account.'
        : await seam.renew(use);
    },
  };
}

/** The accounts that the settings use. */
function usesIn({ upstreams }: Settings): readonly AccountUse[] {
  return upstreams.flatMap((upstream) =>
    upstream.keys.filter(({ account }) => account !== undefined).map((key) => ({ upstream, key })),
  );
}
