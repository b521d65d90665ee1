// The money of one client in a store in memory that several callers share: the periods, holds and refusals of
// core/budgets/purse.ts, with what dead callers held counted as spent.

import { BUDGET_PERIODS } from '../../core/budgets/budget.ts';
import type { StoreMoney, StorePushMoney } from '../../exchange/ports.ts';

type Periods = StoreMoney['periods'];

interface Count {
  endMs: number;
  turn: number;
  spent: number;
  held: number;
}

interface Hold {
  readonly life: string;
  readonly nanoUsd: number;
  readonly turns: readonly number[];
  /** Its caller died: it was counted as spent. */
  buried: boolean;
}

/** Why there is no money. */
export interface Short {
  readonly why: 'spent' | 'held' | 'too-dear';
  readonly budget: number;
  readonly spentNanoUsd: number;
}

/** One client. */
export class SharedMoney {
  readonly #counts: readonly Count[] = BUDGET_PERIODS.map(() => ({ endMs: 0, turn: 0, spent: 0, held: 0 }));
  readonly #holds: Map<string, Hold> = new Map();

  get spent(): readonly number[] {
    return this.#counts.map(({ spent }) => spent);
  }

  /** Whether there is money for it; nothing is held yet. */
  shortfall(
    { claim, periods, floors }: StoreMoney,
    nowMs: number,
    isAlive: (life: string) => boolean,
  ): Short | undefined {
    this.#turnOver(periods, nowMs);
    this.#floor(floors);
    this.#bury(isAlive);
    const { worstNanoUsd: worst, bounded } = claim;
    let found: (Short & { endMs: number }) | undefined;
    for (const [index, { period, nanoUsd: limit }] of claim.budgets.entries()) {
      const count = this.#counts[BUDGET_PERIODS.indexOf(period)];
      if (count === undefined || worst === 0 || count.spent + count.held + worst <= limit) continue;
      const why = this.#why(count, worst, bounded, limit);
      if (why === undefined) continue;
      const next = { why, budget: index, spentNanoUsd: count.spent, endMs: count.endMs };
      if (found === undefined || lastsLonger(next, found)) found = next;
    }
    return found;
  }

  hold(id: string, life: string, nanoUsd: number): void {
    if (this.#holds.has(id)) return;
    for (const count of this.#counts) count.held += nanoUsd;
    this.#holds.set(id, { life, nanoUsd, turns: this.#counts.map(({ turn }) => turn), buried: false });
  }

  settle(id: string, costNanoUsd: number, nowMs: number): void {
    const hold = this.#holds.get(id);
    if (hold === undefined) return;
    this.#holds.delete(id);
    for (const [at, count] of this.#counts.entries()) {
      if (hold.turns[at] !== count.turn || nowMs >= count.endMs) continue;
      if (hold.buried) count.spent = Math.max(0, count.spent + costNanoUsd - hold.nanoUsd);
      else {
        count.spent += costNanoUsd;
        count.held = Math.max(0, count.held - hold.nanoUsd);
      }
    }
  }

  push({ life, periods, floors, spentNanoUsd, holds }: StorePushMoney, nowMs: number): void {
    this.#turnOver(periods, nowMs);
    this.#floor(floors);
    for (const [at, count] of this.#counts.entries()) count.spent += spentNanoUsd[at] ?? 0;
    for (const { id, nanoUsd } of holds) this.hold(id, life, nanoUsd);
  }

  #why(count: Count, worst: number, bounded: boolean, limit: number): Short['why'] | undefined {
    if (count.spent >= limit) return 'spent';
    if (bounded) return count.spent + worst <= limit ? 'held' : 'too-dear';
    for (const { buried } of this.#holds.values()) if (!buried) return 'held';
    return undefined;
  }

  #floor(floors: readonly number[]): void {
    for (const [at, count] of this.#counts.entries()) count.spent = Math.max(count.spent, floors[at] ?? 0);
  }

  #bury(isAlive: (life: string) => boolean): void {
    for (const [id, hold] of this.#holds) {
      if (isAlive(hold.life)) continue;
      if (hold.buried) {
        if (this.#isOver(hold)) this.#holds.delete(id);
        continue;
      }
      hold.buried = true;
      for (const [at, count] of this.#counts.entries()) {
        if (hold.turns[at] !== count.turn) continue;
        count.held = Math.max(0, count.held - hold.nanoUsd);
        count.spent += hold.nanoUsd;
      }
    }
  }

  /** The day in which it was held is over: nobody comes back from the dead as late. */
  #isOver({ turns }: Hold): boolean {
    return turns[0] !== this.#counts[0]?.turn;
  }

  #turnOver(periods: Periods, nowMs: number): void {
    for (const [at, count] of this.#counts.entries()) {
      if (nowMs >= count.endMs) {
        count.turn += 1;
        count.spent = 0;
        count.held = 0;
      }
      count.endMs = periods[at]?.endMs ?? Number.POSITIVE_INFINITY;
    }
  }
}

function lastsLonger(one: Short & { endMs: number }, other: Short & { endMs: number }): boolean {
  if ((one.why === 'held') !== (other.why === 'held')) return other.why === 'held';
  return one.endMs > other.endMs;
}
