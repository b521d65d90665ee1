// What an order looks at: the contenders with their live facts, and the part each of them plays in one choice.

/**
 * One way to serve a request, with what is known of it now. Whoever owns it keeps the numbers true; orders read them
 * directly. Times are on the monotonic clock.
 */
export interface Contender {
  /** Higher comes first. */
  readonly priority: number;
  /** Asked in the client's own format. */
  readonly native: boolean;
  /** Its share for `weighted`; 0: only when nobody else is there. */
  readonly weight: number;
  /** For `cheapest`, in any unit that is the same for all; undefined: not known. */
  readonly price: number | undefined;
  /** Its place in the configuration: lower comes first. */
  readonly place: number;
  /** The place of its upstream, a small whole number from 0: turns go over upstreams before they go over keys. */
  readonly groupPlace: number;
  /** Attempts that run now. */
  inFlight: number;
  /** Attempts that were ever made. */
  used: number;
  /** When the last attempt began; 0 or -Infinity: never. */
  lastUsedMs: number;
  /** Time to the first output, averaged with newer ones counting more; undefined: not known. */
  ttftMs: number | undefined;
  /** What `weighted` owes it; begins with 0, and nobody else touches it. */
  credit: number;
}

/** The part of a contender in one choice: it is not in question, … */
export const OUT = 0;
/** … it can be chosen, … */
export const MEMBER = 1;
/** … it is as good as the members, but this request has tried it, … */
export const TRIED = 2;
/** … or it belongs to the members but rests. */
export const RESTING = 3;

/** One choice, for an order. There is at least one member. */
export interface Field {
  readonly contenders: readonly Contender[];
  /** The part of each contender; may be longer than the list. An order may change it. */
  readonly parts: Uint8Array;
  readonly nowMs: number;
  readonly random: () => number;
  /** Counts requests: the turn of this one. */
  readonly cursor: number;
  /** The request belongs to a conversation that will stay where it goes now. */
  readonly settling: boolean;
  /** Only asks what would be chosen: nothing is to be changed. */
  readonly rehearsal: boolean;
}

/** Chooses a member: its place in `contenders`. */
export type Chooser = (field: Field) => number;
