// The rows of the table of groups: who was asked, who asked, what for, with their parts of the whole.

import type { Groups } from '../../../../server/src/admin/contract.ts';
import { groupOf, type Naming } from './timeline.ts';
import { type MergedTotals, merge } from './totals.ts';

/** One row. */
export interface GroupRow {
  /** undefined: those without a name, or all that are not named. */
  readonly group: string | undefined;
  readonly label: string;
  readonly totals: MergedTotals;
  /** Its part of all requests. */
  readonly share: number;
}

/** The rows, most requests first, those without a name last. */
export function groupRows({ groups }: Groups, naming: Naming, unnamed: string): readonly GroupRow[] {
  const sums = new Map<string | undefined, MergedTotals>();
  for (const { name, totals } of groups) {
    const group = groupOf(name, naming);
    const known = sums.get(group);
    sums.set(group, known === undefined ? totals : merge(known, totals));
  }
  const all = [...sums.values()].reduce((sum, { requests }) => sum + requests, 0);
  return [...sums]
    .map(([group, totals]) => {
      const label = group === undefined ? unnamed : naming.labelOf(group);
      return { group, label, totals, share: all === 0 ? 0 : totals.requests / all };
    })
    .sort(
      (one, other) =>
        Number(one.group === undefined) - Number(other.group === undefined) ||
        other.totals.requests - one.totals.requests,
    );
}
