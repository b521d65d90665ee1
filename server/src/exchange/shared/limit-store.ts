// What a store must be able to do so that several gateways can share limits in it (exchange/shared/limits.ts builds on
// that). Every question answers undefined where the store is away, silent, or was too late; none rejects. Times are epoch
// milliseconds of the store's own clock.

import type { PeriodBounds } from '../../core/budgets/period.ts';
import type { Day } from '../../core/routing/day.ts';
import type { Shortage } from '../../core/routing/limit-words.ts';
import type { LimitPolicy } from '../../core/routing/policy.ts';
import type { Asking, Claim } from './limits-port.ts';

/** What all gateways together have used of a place: in the minute, in the day, and running; −1: not counted now. */
export interface Totals {
  readonly requests: number;
  readonly tokens: number;
  readonly dayRequests: number;
  readonly dayTokens: number;
  readonly running: number;
}

/** Common to everything that is asked for. */
export interface Request {
  /** Who asks: an id that is new whenever the gateway was taken for dead. */
  readonly life: string;
  /** Later than this the store does nothing, for nobody waits for it any more. */
  readonly notAfterMs: number;
}

/** How a place counts. */
export interface Counting {
  readonly window: LimitPolicy['window'];
  /** The day of the store's time, in the zone of the limits. */
  readonly day: Day;
}

/** Money of one client: the current periods in the order of BUDGET_PERIODS. */
export interface StoreMoney {
  readonly claim: NonNullable<Asking['money']>;
  readonly periods: readonly PeriodBounds[];
  /** Spent at least, where the store is to be told. */
  readonly floors: readonly number[];
  readonly holdId: string;
}

/** Takes all or nothing. */
export interface StoreTake extends Request, Counting {
  readonly claims: readonly Claim[];
  readonly tokens: number;
  readonly money: StoreMoney | undefined;
}

/**
 * Its answer. time: the days, periods or the deadline were not those of the store's clock. missed: this life is not known,
 * or was taken for dead, also because the store has lost what it knew.
 */
export type StoreTaken =
  | {
      readonly kind: 'taken';
      readonly nowMs: number;
      readonly epoch: string;
      readonly totals: readonly Totals[];
      readonly spentNanoUsd: readonly number[] | undefined;
    }
  | { readonly kind: 'short'; readonly nowMs: number; readonly claim: number; readonly shortage: Shortage }
  | {
      readonly kind: 'spent' | 'held' | 'too-dear';
      readonly nowMs: number;
      /** Which of the budgets. */
      readonly budget: number;
      readonly spentNanoUsd: number;
    }
  | { readonly kind: 'time' | 'missed'; readonly nowMs: number };

/** Corrects what was taken. */
export interface StoreSettle extends Request {
  readonly window: LimitPolicy['window'];
  readonly places: readonly string[];
  readonly takenAtMs: number;
  /** Changes of what was counted at that time. */
  readonly requests: number;
  readonly tokens: number;
  readonly running: number;
  readonly money:
    | { readonly client: string; readonly holdId: string; readonly costNanoUsd: number }
    | undefined;
}

/** Uses that were counted without the store. */
export interface StorePush extends Request, Counting {
  readonly place: string;
  readonly uses: readonly { readonly atMs: number; readonly requests: number; readonly tokens: number }[];
  readonly dayRequests: number;
  readonly dayTokens: number;
  /** Of this gateway, all in all. */
  readonly running: number;
}

/** Money that was spent and held without the store. */
export interface StorePushMoney extends Request {
  readonly client: string;
  readonly periods: readonly PeriodBounds[];
  readonly floors: readonly number[];
  readonly spentNanoUsd: readonly number[];
  readonly holds: readonly { readonly id: string; readonly nanoUsd: number }[];
}

/** A sign of life. */
export interface StoreBeat {
  readonly life: string;
  /** It joins now; else one that is not known any more is told so. */
  readonly joins: boolean;
  /** Becomes the store's epoch where it has none. */
  readonly epoch: string;
  readonly window: LimitPolicy['window'];
}

/** What was used of places, by the store's own ids. */
export type PlaceTotals = readonly (readonly [place: string, totals: Totals])[];

/** Its answer. */
export interface StoreBeaten {
  readonly nowMs: number;
  /** Changes when the store has lost what it knew. */
  readonly epoch: string;
  /** Lives, in one order for all. */
  readonly fellows: readonly string[];
  /** This life was taken for dead: what it ran and held is no longer counted as such. */
  readonly missed: boolean;
  /** Of the places that anybody has used in the last minute, by their ids. */
  readonly totals: PlaceTotals;
}

/** What is said of a place, kept for those who come later. */
export interface StoreNews {
  readonly text: string;
  /** The place, and until when it matters; undefined: nothing is kept. */
  readonly keep: { readonly place: string; readonly untilMs: number } | undefined;
  /** What was kept of this place is over. */
  readonly forget: string | undefined;
}

/** The store. */
export interface LimitStore {
  readonly up: boolean;
  /** The store's own id of a place, under which it tells of it; absent: the name. */
  idOf?(place: string): string;
  /** Called each time it can be asked (again). */
  onUp(listener: () => void): void;
  take(take: StoreTake): Promise<StoreTaken | undefined>;
  /** False: it was not done. undefined: nobody knows. */
  settle(settle: StoreSettle): Promise<boolean | undefined>;
  push(push: StorePush): Promise<boolean | undefined>;
  pushMoney(push: StorePushMoney): Promise<boolean | undefined>;
  beat(beat: StoreBeat): Promise<StoreBeaten | undefined>;
  leave(life: string): Promise<void>;
  tell(news: StoreNews): void;
  /** What was kept. */
  kept(): Promise<readonly string[] | undefined>;
  onNews(listener: (text: string) => void): void;
  close(): void;
}

/** A gateway that was silent for so long is taken for dead. */
export const DEAD_AFTER_MS = 10_000;
