// What a client may spend: an amount for a period of the calendar. Money is in whole nano-US-dollars.

/** Periods of the calendar; `total` never ends. */
export const BUDGET_PERIODS = ['day', 'week', 'month', 'total'] as const;
export type BudgetPeriod = (typeof BUDGET_PERIODS)[number];

/** One budget of a client. */
export interface Budget {
  readonly period: BudgetPeriod;
  /** Nano-US-dollars; 0 allows nothing. */
  readonly nanoUsd: number;
  /** From this share on (0 to 1) answers carry a warning. */
  readonly warnAt: number;
  /** HTTP status of the refusal when it is used up. */
  readonly status: 402 | 429;
}

/** Answers carry a warning from this share of a budget on, where the configuration names none. */
export const DEFAULT_WARN_AT = 0.8;
