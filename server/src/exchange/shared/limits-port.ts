// Limits, budgets and standings that several gateways share, as an exchange sees them: room is taken in one step at all
// places, or at none, for all gateways together. Absent from the ports, this gateway is alone, and nothing is asked.

import type { Budget } from '../../core/budgets/budget.ts';
import type { Shortage } from '../../core/routing/limit-words.ts';
import type { LimitPolicy, Limits } from '../../core/routing/policy.ts';
import type { ReportedCounts } from '../../core/routing/reported.ts';

/** Room at one place: one request, with the tokens of its asking. */
export interface Claim {
  /** The name of the place, the same in every gateway. */
  readonly place: string;
  readonly limits: Limits;
}

/** The most that a request may cost, held against the budgets of its client. */
export interface MoneyClaim {
  readonly client: string;
  readonly budgets: readonly Budget[];
  readonly worstNanoUsd: number;
  /** The request names a maximum of output itself. */
  readonly bounded: boolean;
  /** What this gateway knows to be spent in each period, in the order of BUDGET_PERIODS. */
  readonly spentNanoUsd: readonly number[];
}

/** What one request needs. */
export interface Asking {
  readonly claims: readonly Claim[];
  /** Tokens that it may take at most. */
  readonly tokens: number;
  readonly policy: LimitPolicy;
  readonly money?: MoneyClaim | undefined;
}

/** Room that was taken: to be settled or given back, once. */
export interface Taken {
  readonly ok: true;
  /** What the client has spent, as far as all gateways know, in the order of BUDGET_PERIODS; where money was held. */
  readonly spentNanoUsd: readonly number[] | undefined;
}

/** There is no room at one of the places. Nothing was taken anywhere. */
export interface NoRoom {
  readonly ok: false;
  readonly why: 'limit';
  readonly place: string;
  readonly shortage: Shortage;
}

/** A budget has no room; the words of core/budgets. */
export interface NoMoney {
  readonly ok: false;
  readonly why: 'spent' | 'held' | 'too-dear';
  readonly budget: Budget;
  readonly leftNanoUsd: number;
}

/** Either. */
export type Refusal = NoRoom | NoMoney;

/** What one gateway has learnt and all others should know. */
export type News =
  /** A standing as core/routing/standing.ts saves it, by the time of `nowMs()`. */
  | { readonly kind: 'standing'; readonly place: string; readonly untilMs: number; readonly text: string }
  /** Nothing is held against the place any more that was known at `atMs`; what was, lasted until `untilMs` (older versions do not say). */
  | {
      readonly kind: 'freed';
      readonly place: string;
      readonly atMs: number;
      readonly untilMs: number | undefined;
    }
  /** The provider has said that nothing is left. */
  | { readonly kind: 'reported'; readonly place: string; readonly counts: ReportedCounts };

/** The port. */
export interface SharedLimits {
  /**
   * Takes room at all places and holds the money in one atomic step, or does neither. Answers within moments also while
   * the store is silent: then this gateway keeps to its share of what is left. Never rejects.
   */
  take(asking: Asking): Promise<Taken | Refusal>;
  /** The request is over and has used so many tokens. Never blocks. */
  settle(taken: Taken, usedTokens: number, costNanoUsd?: number): void;
  /** The request was never sent. */
  giveBack(taken: Taken): void;
  tell(news: News): void;
  /** Hears what other gateways tell, also what they told before this one began. One listener. */
  onNews(listener: (news: News) => void): void;
  /** Epoch milliseconds by the store's clock, as far as it is known: the same for all gateways, whatever their clocks say. */
  nowMs(): number;
  /** Gateways alive, this one included, as last known; at least 1. */
  readonly fellows: number;
  readonly connected: boolean;
  /** Resolves when the store was joined, or after so long. */
  joined(withinMs: number): Promise<void>;
  /** Leaves, so that the others need not wait for this one to be missed. */
  close(): Promise<void>;
}
