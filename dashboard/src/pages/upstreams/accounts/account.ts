// How an account stands and what is left of it, put into what the page shows. Pure, so that it can be tested without a page.

import type {
  AccountQuotaView,
  AccountView,
  AccountWindow,
} from '../../../../../server/src/admin/contract.ts';
import type { Tone } from '../../../ui/badge.tsx';
import type { Verdict } from '../standing.ts';

/** What an account is like. */
export type AccountState = AccountView['state'];

/** The colour of each. */
export const ACCOUNT_TONES: Readonly<Record<AccountState, Tone>> = {
  active: 'good',
  spent: 'caution',
  expired: 'caution',
  invalid: 'bad',
  disabled: 'calm',
};

/** What a person calls it: by the name that it was given, else by whose login it is. */
export function accountLabel({ name, email, id }: Pick<AccountView, 'name' | 'email' | 'id'>): string {
  return name ?? email ?? id;
}

/** True where nobody but a person can mend it. */
export function needsLogin({ state, remedy }: Pick<AccountView, 'state' | 'remedy'>): boolean {
  return state === 'invalid' && remedy !== null;
}

/** Those of one upstream, in the order in which they are used; of equals as they were stored. */
export function accountsOf(accounts: readonly AccountView[], upstream: string): readonly AccountView[] {
  return accounts
    .filter((account) => account.upstream === upstream)
    .sort((one, other) => other.priority - one.priority);
}

/** The first `most` to be looked at: what needs a person first, then in the order of use; shown in the order of use. */
export function shownAccounts(accounts: readonly AccountView[], most: number): readonly AccountView[] {
  const chosen = new Set(
    [...accounts].sort((one, other) => Number(needsLogin(other)) - Number(needsLogin(one))).slice(0, most),
  );
  return accounts.filter((account) => chosen.has(account));
}

/** A limit that is known by its length, or by a name of the vendor's own. */
export type WindowName =
  | { readonly unit: 'minutes' | 'hours' | 'days'; readonly count: number }
  | { readonly unit: 'week' | 'month' | 'quota' }
  | { readonly unit: 'other'; readonly name: string };

/** What the gateway's word for a limit means. */
export function windowName(name: string): WindowName {
  const length = /^(\d+) (minutes|hours|days)$/.exec(name);
  const unit = (['minutes', 'hours', 'days'] as const).find((one) => one === length?.[2]);
  if (unit !== undefined) return { unit, count: Number(length?.[1]) };
  const word = (['week', 'month', 'quota'] as const).find((one) => one === name);
  return word === undefined ? { unit: 'other', name } : { unit: word };
}

/** A limit at a moment: one that was reset since it was told is not known any more. */
export interface WindowNow {
  readonly window: AccountWindow;
  readonly resetsAtMs: number | undefined;
  readonly isOver: boolean;
}

/** The limits of a quota as the provider tells them; at most so many, the fullest. */
export function windowsOf(
  quota: AccountQuotaView | undefined,
  nowMs: number,
  most: number = Number.POSITIVE_INFINITY,
): readonly WindowNow[] {
  const windows = quota?.windows ?? [];
  const fullest = new Set(
    [...windows].sort((one, other) => other.usedPercent - one.usedPercent).slice(0, most),
  );
  return windows
    .filter((window) => fullest.has(window))
    .map((window) => {
      const resetsAtMs = window.resetsAt === null ? undefined : Date.parse(window.resetsAt);
      return { window, resetsAtMs, isOver: resetsAtMs !== undefined && resetsAtMs <= nowMs };
    });
}

/** How an account stands by its login and its quota, as its key would; undefined: nothing is wrong with either. */
export function loginVerdict({ state, spentUntil }: AccountView): Verdict | undefined {
  switch (state) {
    case 'invalid':
      return { condition: 'refused' };
    case 'expired':
      return { condition: 'trying' };
    case 'spent':
      return {
        condition: 'resting',
        ...(spentUntil === null ? {} : { untilAtMs: Date.parse(spentUntil) }),
      };
    default:
      return undefined;
  }
}

/** The commands that store an account of a kind. */
export function storingCommands(kind: string, upstream: string): readonly string[] {
  const at = upstream === kind ? '' : ` --upstream ${upstream}`;
  const ways = kind === 'codex' ? ['login codex', 'import codex'] : [`import ${kind}`];
  return ways.map((way) => `sluice accounts ${way}${at}`);
}
