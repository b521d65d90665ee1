// What the page asks about accounts, and everything that can be done with one.

import type {
  AccountList,
  AccountQuotaView,
  AccountView,
  AccountWish,
} from '../../../../../server/src/admin/contract.ts';
import { useAsk, useChange } from '../../../api/queries.ts';
import { useMessages } from '../../../language/messages.ts';
import { tell, tellFailure } from '../../../ui/toasts.tsx';
import { accountLabel } from './account.ts';
import { accountMessages } from './messages.ts';

const EVERY_MS = 5_000;
const CHANGED = ['/accounts', '/keys', '/upstreams'];

const NO_ACCOUNTS: readonly AccountView[] = [];

/** Every account; nobody else is asked. */
export function useAccounts(enabled: boolean): readonly AccountView[] {
  const { data } = useAsk<AccountList>('/accounts', {}, { everyMs: EVERY_MS, enabled });
  return data?.accounts ?? NO_ACCOUNTS;
}

/** Where an account is. */
export function accountPath(id: string): string {
  return `/accounts/${encodeURIComponent(id)}`;
}

/**
 * Asks the provider what is left of the accounts of an upstream. Only when somebody wants it: a login that has ended is
 * renewed for it, and one that is shared with another tool may end there by that.
 */
export function useQuotaQuestion(upstream: string) {
  return useChange<void, { readonly accounts: readonly AccountQuotaView[] }>(
    () => ({ path: '/accounts/quota', query: { upstream } }),
    CHANGED,
  );
}

/** Says another word on an account, and what came of it. */
export function useAccountWish(account: AccountView) {
  const text = useMessages(accountMessages);
  const name = accountLabel(account);
  const change = useChange<AccountWish, AccountView>(
    (body) => ({ method: 'PATCH', path: accountPath(account.id), body }),
    CHANGED,
  );
  return {
    ...change,
    switchTo: (enabled: boolean): void => {
      change.mutate(
        { enabled },
        {
          onSuccess: () => tell(enabled ? text.enabledDone(name) : text.disabledDone(name)),
          onError: tellFailure,
        },
      );
    },
  };
}

/** Renews a login, and says what came of it. */
export function useRenewal(account: AccountView) {
  const text = useMessages(accountMessages);
  const change = useChange<void, AccountView>(() => ({ path: `${accountPath(account.id)}/renew` }), CHANGED);
  const run = (): void => {
    change.mutate(undefined, {
      onSuccess: () => tell(text.renewedDone(accountLabel(account))),
      onError: tellFailure,
    });
  };
  return { run, isPending: change.isPending };
}
