// What an exchange cost, in integers: a thousand-millionth of a US dollar is the smallest amount that is booked.

/**
 * exact: the provider told the usage and the price of all of it is known. estimated: the price is known, but the usage is
 * a local estimate, or something is billed besides whose price is not known. unpriced: nobody knows the price, so that
 * the amounts are 0 and mean nothing.
 */
export type CostState = 'exact' | 'estimated' | 'unpriced';

/** Amounts in nano-US-dollars; they sum to the total. */
export interface CostParts {
  readonly inputUncached: number;
  readonly cacheRead: number;
  /** All lifetimes. */
  readonly cacheWrite: number;
  readonly inputAudio: number;
  readonly outputText: number;
  readonly outputReasoning: number;
  readonly outputAudio: number;
  /** Pictures, web searches and whatever else is not counted in the tokens above. */
  readonly other: number;
}

/** What something cost. */
export interface Cost {
  readonly state: CostState;
  /** Nano-US-dollars, an integer from 0. */
  readonly totalNanoUsd: number;
  readonly parts: CostParts;
  /** Which price was taken: "catalogue:anthropic/claude-sonnet-4-5", "config:upstreams.one.prices.gpt-*"; '' when unpriced. */
  readonly priceRow: string;
}

/** What something cost in nano-US-dollars; undefined where nobody knows. */
export function knownNanoUsd(cost: Cost | undefined): number | undefined {
  return cost === undefined || cost.state === 'unpriced' ? undefined : cost.totalNanoUsd;
}
