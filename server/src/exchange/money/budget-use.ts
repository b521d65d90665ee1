// What a running request has to do with the budgets of its client.

/** What was reserved for one request. */
export interface BudgetUse {
  /**
   * Headers of an answer: what is left, until when, and a warning near the end. `costNanoUsd`: what the answer costs, where
   * that is known.
   */
  headers(costNanoUsd: number): string[];
  /** The request is over and has cost so much. To be called once. */
  end(costNanoUsd: number): void;
}
