// How one attempt differs from others of its exchange.

import type { Broken } from './outcome.ts';

/** What one attempt depends on besides exchange and target. */
export interface AttemptOptions {
  /** Monotonic time at which the whole exchange must be over. */
  readonly totalDueMs: number;
  /** The target has refused the opaque tokens of former answers: send none. */
  readonly withoutTokens: boolean;
  /** The answer of another attempt that this one is to go on with. */
  readonly broken?: Broken | undefined;
}
