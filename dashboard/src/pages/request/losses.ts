// What the conversion of a request lost: the short form that the ledger keeps, put together with what the conversion says
// in full where the request was captured.

import type { LossAction, LossView } from '../../../../server/src/admin/contract.ts';

/** One loss. What is only known of captured requests is absent otherwise. */
export interface LossRow {
  readonly feature: string;
  readonly action: string;
  readonly path?: string;
  readonly severity?: string;
  readonly note?: string;
}

/** The losses that the ledger names, and how many more there were. */
export interface ToldLosses {
  readonly rows: readonly LossRow[];
  readonly more: number;
}

/** What can happen to a part. */
const ACTIONS: Readonly<Record<LossAction, true>> = {
  dropped: true,
  approximated: true,
  emulated: true,
  defaulted: true,
};

/** True for a word that is an action. */
export function isAction(word: string): word is LossAction {
  return Object.hasOwn(ACTIONS, word);
}

/**
 * Reads "top-k=dropped, stop-sequences=emulated, +2 more". The ledger's column may cut it short: what is not whole is one
 * more that is not named.
 */
export function toldLosses(text: string): ToldLosses {
  const rows: LossRow[] = [];
  let more = 0;
  for (const piece of text.split(',').map((one) => one.trim())) {
    if (piece === '') continue;
    const [, count] = /^\+(\d+) more$/.exec(piece) ?? [];
    if (count !== undefined) {
      more += Number(count);
      continue;
    }
    const [feature = '', action = ''] = piece.split('=');
    if (isAction(action)) rows.push({ feature, action });
    else more += 1;
  }
  return { rows, more };
}

/** Those in full first, in the order of the request; then those that only the ledger names. */
export function mergedLosses(told: ToldLosses, full: readonly LossView[]): ToldLosses {
  const known = new Set(full.map(({ feature, action }) => `${feature.replace(/[^\w.-]/g, '_')}=${action}`));
  const rest = told.rows.filter(({ feature, action }) => !known.has(`${feature}=${action}`));
  const named = new Set(told.rows.map(({ feature, action }) => `${feature}=${action}`));
  const isNew = ({ feature, action, severity }: LossView): boolean =>
    severity !== 'hint' && !named.has(`${feature.replace(/[^\w.-]/g, '_')}=${action}`);
  // Those that the ledger only counted are among the ones in full.
  const counted = new Set(full.filter(isNew).map(({ feature, action }) => `${feature}=${action}`)).size;
  return { rows: [...full, ...rest], more: Math.max(0, told.more - counted) };
}
