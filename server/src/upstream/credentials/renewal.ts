// Asks a vendor to renew a login, or for what is left of its quota.

import type { AccountTokens, StoredAccount } from '../../core/providers/account.ts';
import type { AccountUse, Transport } from '../../exchange/ports.ts';
import type { Place, Quota } from './account-rules.ts';
import { askOnce } from './ask-once.ts';
import { rulesOf } from './rules-of.ts';

/** An account that can be used now. */
export interface ReadyAccount {
  readonly tokens: AccountTokens;
  /** Undefined: that of the upstream. */
  readonly proxy: string | undefined;
}

const placeOf = ({ upstream }: Pick<AccountUse, 'upstream'>): Place => ({
  addresses: upstream.accounts ?? {},
  base: Object.values(upstream.baseUrls)[0],
});

/** What came of a renewal. `final`: the vendor does not know the login any more. */
export type Renewal =
  | { readonly tokens: AccountTokens }
  | { readonly final: boolean; readonly message: string };

/** Asks the vendor for new tokens. The caller holds the account, and writes them down before it uses them. */
export async function renewTokens(
  transport: Pick<Transport, 'send'>,
  use: Pick<AccountUse, 'upstream'>,
  { entry, state, proxy }: StoredAccount,
  epochNowMs: number,
): Promise<Renewal> {
  const rules = rulesOf(entry.kind);
  const question = rules.renewal(state.tokens, placeOf(use));
  const told = await askOnce(transport, question, proxy ?? use.upstream.proxy);
  if ('code' in told) return { final: false, message: told.message };
  const { status, text } = told;
  const page = text.trimStart().startsWith('<');
  if ([400, 401, 403].includes(status) && !page)
    return { final: true, message: `The provider does not renew the login (status ${status}).` };
  if (status !== 200) return { final: false, message: `The provider answered with status ${status}.` };
  const tokens = rules.renewed(state.tokens, text, epochNowMs);
  return tokens === undefined
    ? { final: false, message: 'The answer of the provider holds no tokens.' }
    : { tokens };
}

/**
 * Asks what is left of an account; a text says why it is not known. `renew` is asked for another login where the provider
 * does not take this one, and the question is put once more.
 */
export async function askQuota(
  transport: Pick<Transport, 'send'>,
  use: Pick<AccountUse, 'upstream'>,
  ready: ReadyAccount,
  renew?: () => Promise<ReadyAccount | string>,
): Promise<Quota | string> {
  const { tokens, proxy } = ready;
  const { accounts } = use.upstream.provider;
  if (accounts === undefined) return 'Its upstream has no accounts.';
  const rules = rulesOf(accounts);
  const question = rules.usage(tokens, placeOf(use));
  if (question === undefined) return 'This login cannot ask for its quota.';
  const told = await askOnce(transport, question, proxy ?? use.upstream.proxy);
  if ('code' in told) return told.message;
  if (renew !== undefined && rules.refusesToken(told)) {
    const renewed = await renew();
    return typeof renewed === 'string' ? renewed : await askQuota(transport, use, renewed);
  }
  if (told.status !== 200) return `The provider answered with status ${told.status}.`;
  const quota = rules.quota(told.text);
  return quota === undefined ? 'The provider answered with something that is no quota.' : withMoments(quota);
}

/** Moments that no calendar has are none. */
function withMoments({ windows, ...quota }: Quota): Quota {
  const kept = windows.map(({ resetsAtMs, ...window }) =>
    resetsAtMs === undefined || Number.isNaN(new Date(resetsAtMs).getTime())
      ? window
      : { ...window, resetsAtMs },
  );
  return { ...quota, windows: kept };
}
