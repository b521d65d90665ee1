// What one client has spent in the current periods, and what its running requests may still cost. A request reserves the
// most it may cost before anything is sent and settles when it is over; asking and taking is one step of the program, so
// that any number of requests at once never take more than there is.

import { BUDGET_PERIODS, type Budget, type BudgetPeriod } from './budget.ts';
import { periodAt } from './period.ts';
import { readSpent, type Spent, writeSpent } from './saved-spending.ts';

/** What a request asks for. */
export interface Wish {
  /** The most it may cost, in nano-US-dollars. */
  readonly worstNanoUsd: number;
  /** It names how much output it wants at most, so that `worstNanoUsd` is its own choice. */
  readonly bounded: boolean;
}

/**
 * Why a request may not be sent now. spent: nothing is left of the budget. held: it would fit if nothing else of the client
 * were running. too-dear: what is left does not cover what it may cost at most, whatever else is running.
 */
export interface Shortfall {
  readonly why: 'spent' | 'held' | 'too-dear';
  readonly budget: Budget;
  readonly leftNanoUsd: number;
  /** When the period ends, in ms since 1970; Infinity for `total`. */
  readonly resetAtMs: number;
}

/** What a request has reserved; to be settled once. */
export interface Hold {
  readonly nanoUsd: number;
  /** Which turn of each period it was reserved in, in the order of BUDGET_PERIODS. */
  readonly turns: readonly number[];
}

/** How one budget stands. */
export interface BudgetState {
  readonly budget: Budget;
  readonly spentNanoUsd: number;
  /** What running requests may cost at most. */
  readonly heldNanoUsd: number;
  readonly leftNanoUsd: number;
  readonly resetAtMs: number;
}

interface Count {
  startMs: number;
  endMs: number;
  /** Rises when a new period begins: what is settled later than that no longer concerns it. */
  turn: number;
  spent: number;
  /** What was spent when the ledger was last asked. */
  asked: number;
  held: number;
}

/** The money of one client. Every period is counted, whatever is limited, so that a changed limit counts from its beginning. */
export class Purse {
  readonly #counts: Readonly<Record<BudgetPeriod, Count>>;
  #timeZone = '';
  #running = 0;
  /** The ledger may know of more than is counted here: nothing was asked yet, or the calendar has been moved. */
  informed = false;

  constructor() {
    const count = (): Count => ({
      startMs: Number.NEGATIVE_INFINITY,
      endMs: Number.NEGATIVE_INFINITY,
      turn: 0,
      spent: 0,
      asked: 0,
      held: 0,
    });
    this.#counts = { day: count(), week: count(), month: count(), total: count() };
  }

  /** Requests that hold something. */
  get running(): number {
    return this.#running;
  }

  /** Reserves for a request, or says which budget has no room for it: of several the one that lasts longest. */
  reserve(budgets: readonly Budget[], wish: Wish, timeZone: string, epochMs: number): Hold | Shortfall {
    this.#turnOver(timeZone, epochMs);
    const worst = wholeNano(wish.worstNanoUsd);
    let short: Shortfall | undefined;
    for (const budget of budgets) {
      const found = this.#shortfall(budget, worst, wish.bounded);
      if (found !== undefined && (short === undefined || lastsLonger(found, short))) short = found;
    }
    return short ?? this.#hold(worst);
  }

  /** Reserves without a question: somebody else has said that there is room. */
  hold(nanoUsd: number, timeZone: string, epochMs: number): Hold {
    this.#turnOver(timeZone, epochMs);
    return this.#hold(wholeNano(nanoUsd));
  }

  #hold(worst: number): Hold {
    this.#running += 1;
    const turns = BUDGET_PERIODS.map((period) => {
      const count = this.#counts[period];
      count.held += worst;
      return count.turn;
    });
    return { nanoUsd: worst, turns };
  }

  /**
   * A request is over: what it cost takes the place of what it held, in the periods in which it was reserved. A period that
   * has ended since keeps its cost, and the new one knows nothing of it.
   */
  settle(hold: Hold, costNanoUsd: number): void {
    const cost = wholeNano(costNanoUsd);
    this.#running = Math.max(0, this.#running - 1);
    for (const [at, period] of BUDGET_PERIODS.entries()) {
      const count = this.#counts[period];
      if (hold.turns[at] !== count.turn) continue;
      count.held = Math.max(0, count.held - hold.nanoUsd);
      count.spent += cost;
    }
  }

  /** How budgets stand, in their order. */
  look(budgets: readonly Budget[], timeZone: string, epochMs: number): BudgetState[] {
    this.#turnOver(timeZone, epochMs);
    return budgets.map((budget) => {
      const { spent, held, endMs } = this.#counts[budget.period];
      const leftNanoUsd = Math.max(0, budget.nanoUsd - spent);
      return { budget, spentNanoUsd: spent, heldNanoUsd: held, leftNanoUsd, resetAtMs: endMs };
    });
  }

  /** Since when each period runs, in the order of BUDGET_PERIODS; for `total` 0. To be called when the ledger is asked. */
  begins(timeZone: string, epochMs: number): readonly number[] {
    this.#turnOver(timeZone, epochMs);
    return BUDGET_PERIODS.map((period) => {
      const count = this.#counts[period];
      count.asked = count.spent;
      return Math.max(0, count.startMs);
    });
  }

  /**
   * The ledger's sums since those beginnings. Where it knows of more, it is right; what was spent after it was asked need
   * not be in its answer, and counts besides: a budget is rather used up too early than exceeded.
   */
  inform(startsMs: readonly number[], spentNanoUsd: readonly number[]): void {
    this.informed = true;
    for (const [at, period] of BUDGET_PERIODS.entries()) {
      const count = this.#counts[period];
      // Another period has begun since the question.
      if (startsMs[at] !== Math.max(0, count.startMs)) continue;
      const told = wholeNano(spentNanoUsd[at] ?? 0);
      if (told > count.spent) count.spent = told + count.spent - count.asked;
    }
  }

  /** What all gateways that share the budgets have spent, in the order of BUDGET_PERIODS. */
  hear(spentNanoUsd: readonly number[], timeZone: string, epochMs: number): void {
    this.#turnOver(timeZone, epochMs);
    for (const [at, period] of BUDGET_PERIODS.entries()) {
      const count = this.#counts[period];
      const told = wholeNano(spentNanoUsd[at] ?? 0);
      // The ledger may be asked just now: it knows of this, or never will.
      count.asked += told - count.spent;
      count.spent = told;
    }
  }

  /** What is known to be spent, in the order of BUDGET_PERIODS. */
  spent(timeZone: string, epochMs: number): readonly number[] {
    this.#turnOver(timeZone, epochMs);
    return BUDGET_PERIODS.map((period) => this.#counts[period].spent);
  }

  /**
   * What must outlive the process. What running requests hold is saved as spent: should the process die, nobody will ever
   * know what they cost, and a budget must not be exceeded by being killed.
   */
  save(): string | undefined {
    const spent: Spent[] = BUDGET_PERIODS.map((period) => {
      const { endMs, spent: known, held } = this.#counts[period];
      return { period, endMs, nanoUsd: known + held };
    });
    return writeSpent(spent);
  }

  /** Adds what an earlier process has saved of periods that are not over; once, at the start. */
  restore(text: string, timeZone: string, epochMs: number): void {
    this.#turnOver(timeZone, epochMs);
    for (const { period, nanoUsd, endMs } of readSpent(text))
      if (endMs > epochMs) this.#counts[period].spent += nanoUsd;
  }

  #shortfall(budget: Budget, worst: number, bounded: boolean): Shortfall | undefined {
    const { spent, held, endMs } = this.#counts[budget.period];
    // What costs nothing needs no money.
    if (worst === 0 || spent + held + worst <= budget.nanoUsd) return undefined;
    const short = (why: Shortfall['why']): Shortfall => {
      return { why, budget, leftNanoUsd: Math.max(0, budget.nanoUsd - spent), resetAtMs: endMs };
    };
    if (spent >= budget.nanoUsd) return short('spent');
    if (bounded) return short(spent + worst <= budget.nanoUsd ? 'held' : 'too-dear');
    // Whoever names no maximum gets what is left, alone: nobody is refused who has money, and the budget is exceeded by
    // one answer at most.
    return this.#running > 0 ? short('held') : undefined;
  }

  /**
   * Begins new periods. A clock or a zone that was moved back into an earlier period does not end it: what was spent stays
   * spent until the end of the period that it is now, and the ledger is asked again.
   */
  #turnOver(timeZone: string, epochMs: number): void {
    const moved = timeZone !== this.#timeZone;
    for (const period of BUDGET_PERIODS) {
      const count = this.#counts[period];
      if (!moved && epochMs >= count.startMs && epochMs < count.endMs) continue;
      const isNext = epochMs >= count.endMs;
      const { startMs, endMs } = periodAt(period, timeZone, epochMs);
      count.startMs = startMs;
      count.endMs = endMs;
      if (isNext) {
        count.turn += 1;
        count.spent = 0;
        count.asked = 0;
        count.held = 0;
      }
      if (!isNext || moved) this.informed = false;
    }
    this.#timeZone = timeZone;
  }
}

/** Another request of the client may be over at any moment; a period lasts. */
function lastsLonger(one: Shortfall, other: Shortfall): boolean {
  if ((one.why === 'held') !== (other.why === 'held')) return other.why === 'held';
  return one.resetAtMs > other.resetAtMs;
}

/** More than all the money there is; sums of many stay exact. */
const MOST_NANO_USD = 1e15;

/** Whole and from 0, whatever was reckoned. */
function wholeNano(nanoUsd: number): number {
  return nanoUsd > 0 ? Math.ceil(Math.min(nanoUsd, MOST_NANO_USD)) : 0;
}
