// What one gateway knows of the money of a client whose budgets several gateways share: what was spent when the store was
// last heard, and what it has spent and held since the store fell silent.

import { type Fellowship, shareOf } from '../routing/share-of.ts';
import { BUDGET_PERIODS, type Budget } from './budget.ts';
import { type PeriodBounds, periodAt } from './period.ts';

/** Why a request may not be sent without the store. */
export interface SilentShortfall {
  readonly why: 'spent' | 'held' | 'too-dear';
  readonly budget: Budget;
  readonly leftNanoUsd: number;
}

/** What the store is to be told. */
export interface UntoldSpending {
  readonly floors: readonly number[];
  readonly spentNanoUsd: readonly number[];
  readonly holds: readonly { readonly id: string; readonly nanoUsd: number }[];
}

const NOTHING: readonly number[] = BUDGET_PERIODS.map(() => 0);

/** One client. */
export class SharedSpending {
  #periods: readonly PeriodBounds[] = [];
  #timeZone = '';
  /** By period: as the store has told, and what was settled with it since. */
  #told: number[] = [...NOTHING];
  #since: number[] = [...NOTHING];
  /** Held with the store, and without. */
  readonly #holds: Map<string, { readonly nanoUsd: number; readonly alone: boolean }> = new Map();
  /** The store was told what this gateway knew of the client before. */
  introduced = false;

  /** The periods of a moment. */
  periods(timeZone: string, nowMs: number): readonly PeriodBounds[] {
    this.#turnOver(timeZone, nowMs);
    return this.#periods;
  }

  /** The store's sums. */
  hear(spentNanoUsd: readonly number[]): void {
    this.#told = BUDGET_PERIODS.map((_, at) => spentNanoUsd[at] ?? 0);
  }

  /** What is known otherwise: saved here, or told by the ledger. */
  know(spentNanoUsd: readonly number[], timeZone: string, nowMs: number): void {
    this.#turnOver(timeZone, nowMs);
    const since = this.#since;
    this.#told = this.#told.map((told, at) => Math.max(told, (spentNanoUsd[at] ?? 0) - (since[at] ?? 0)));
  }

  hold(id: string, nanoUsd: number, alone: boolean): void {
    this.#holds.set(id, { nanoUsd, alone });
  }

  /** A request is over. True: the store knows of the hold, and is to be told. */
  settle(id: string, costNanoUsd: number): boolean {
    const hold = this.#holds.get(id);
    if (hold === undefined) return false;
    this.#holds.delete(id);
    const sums = hold.alone ? this.#since : this.#told;
    for (const at of BUDGET_PERIODS.keys()) sums[at] = (sums[at] ?? 0) + costNanoUsd;
    return !hold.alone;
  }

  /** Why the request does not fit into this gateway's part of what was left. */
  shortfall(
    budgets: readonly Budget[],
    wish: { readonly worstNanoUsd: number; readonly bounded: boolean },
    fellowship: Fellowship,
  ): SilentShortfall | undefined {
    const { worstNanoUsd, bounded } = wish;
    if (worstNanoUsd === 0) return undefined;
    let heldBefore = 0;
    let heldSince = 0;
    for (const { nanoUsd, alone } of this.#holds.values())
      if (alone) heldSince += nanoUsd;
      else heldBefore += nanoUsd;
    for (const budget of budgets) {
      const at = BUDGET_PERIODS.indexOf(budget.period);
      const told = this.#told[at] ?? 0;
      const since = this.#since[at] ?? 0;
      const share = shareOf(budget.nanoUsd - told - heldBefore, fellowship);
      if (since + heldSince + worstNanoUsd <= share) continue;
      const leftNanoUsd = Math.max(0, share - since);
      if (told + since >= budget.nanoUsd || leftNanoUsd === 0) return { why: 'spent', budget, leftNanoUsd };
      if (bounded) return { why: since + worstNanoUsd <= share ? 'held' : 'too-dear', budget, leftNanoUsd };
      // Without a maximum it may take what is left, alone: the first gateway's, that not each of them does.
      if (this.#holds.size > 0 || (fellowship.rank ?? fellowship.fellows - 1) !== 0)
        return { why: 'held', budget, leftNanoUsd };
    }
    return undefined;
  }

  /** What the store was not told; `all`: what it knew before is lost. */
  untold(all: boolean): UntoldSpending {
    const holds = [...this.#holds].flatMap(([id, { nanoUsd, alone }]) =>
      all || alone ? [{ id, nanoUsd }] : [],
    );
    return { floors: this.#told, spentNanoUsd: this.#since, holds };
  }

  /** The store has been told. */
  told(): void {
    this.#told = this.#told.map((told, at) => told + (this.#since[at] ?? 0));
    this.#since = [...NOTHING];
    for (const [id, hold] of this.#holds) this.#holds.set(id, { ...hold, alone: false });
    this.introduced = true;
  }

  #turnOver(timeZone: string, nowMs: number): void {
    const isSame = timeZone === this.#timeZone;
    if (
      isSame &&
      this.#periods.length > 0 &&
      this.#periods.every(({ startMs, endMs }) => nowMs >= startMs && nowMs < endMs)
    )
      return;
    const periods = BUDGET_PERIODS.map((period) => periodAt(period, timeZone, nowMs));
    for (const at of BUDGET_PERIODS.keys()) {
      const known = this.#periods[at];
      if (known === undefined || nowMs < known.endMs) continue;
      this.#told[at] = 0;
      this.#since[at] = 0;
    }
    this.#periods = periods;
    this.#timeZone = timeZone;
  }
}
