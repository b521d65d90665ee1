// The words in which limits are spoken of: moments, what can be limited, what is left, why something does not fit.

/** A point in time by two clocks that run alike: `ms` monotonic, `epochMs` the epoch at the start plus what went by since. */
export interface Moment {
  readonly ms: number;
  readonly epochMs: number;
}

/** What can be limited: requests and tokens in a minute and in a day, requests at the same time. */
export type LimitKind = 'rpm' | 'rpd' | 'tpm' | 'tpd' | 'concurrency';

/** Why one more request does not fit. */
export interface Shortage {
  readonly kind: LimitKind;
  readonly limit: number;
  readonly remaining: number;
  /** Infinity: not foreseeable (others must end first), or never (a limit of 0). */
  readonly freeInMs: number;
}

/** What is left of one limit; `resetInMs` until all of it is there again, Infinity where that is not foreseeable. */
export interface Remaining {
  readonly limit: number;
  readonly remaining: number;
  readonly resetInMs: number;
}
