// How the budgets of all clients stand, for people and for monitoring.

import type { Settings } from '../../config/settings.ts';
import type { Pool } from '../pool/pool.ts';
import { budgetsOf } from './budget.ts';

/** How a client stands with one of its budgets. Money in nano-US-dollars. */
export interface BudgetReport {
  readonly client: string;
  readonly per: string;
  readonly limitNanoUsd: number;
  readonly spentNanoUsd: number;
  readonly reservedNanoUsd: number;
  /** Epoch milliseconds; undefined where it never begins anew. */
  readonly resetsAtMs: number | undefined;
}

/** One report for each budget. */
export function budgetReports({ clients, limits }: Settings, pool: Pool): readonly BudgetReport[] {
  return clients.flatMap((client) =>
    budgetsOf(pool, client, limits.timeZone).map((state) => ({
      client: client.id,
      per: state.budget.period,
      limitNanoUsd: state.budget.nanoUsd,
      spentNanoUsd: state.spentNanoUsd,
      reservedNanoUsd: state.heldNanoUsd,
      resetsAtMs: state.resetAtMs,
    })),
  );
}
