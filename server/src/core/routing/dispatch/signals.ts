// The words between the dispatch machine and the driver that acts for it: what the driver reports, and what it is told.

import type { DispatchMode, RetryPolicy } from '../policy.ts';

/** How one exchange is to be dispatched. Fixed before its first attempt. */
export interface DispatchPlan {
  readonly mode: DispatchMode;
  readonly retry: RetryPolicy;
  /** The delay after which a hedge joins, with "p95" resolved. undefined: no hedging now. */
  readonly hedgeDelayMs: number | undefined;
  /** Monotonic time after which nothing new is launched. Attempts that run then end by their own deadlines. */
  readonly dueMs: number;
  /** Whether the exchange may stand in the waiting line when nobody can be asked now, and not only for the end of a probe. */
  readonly mayWait: boolean;
}

/** How an attempt ended without an answer and with the client still there. */
export interface FailedInput {
  readonly type: 'ended';
  readonly attempt: number;
  readonly how: 'failed';
  /** Output of it has reached the client and cannot be taken back. */
  readonly committed: boolean;
  /** Another candidate may be asked. false: the request itself is at fault, or the policy says no. */
  readonly retriable: boolean;
  /** To ask the same candidate again could help. */
  readonly again: boolean;
  /** Another candidate can go on where it broke off. Matters only when it is committed. */
  readonly resumable: boolean;
  /** It was a 429. */
  readonly pressure: boolean;
}

/**
 * What the driver reports. Each `launch` is answered by `launched` or `nobody`, as a rule at once. Reports on attempts
 * that have ended or were aborted are ignored.
 */
export type Input =
  | { readonly type: 'start' }
  /** The moment asked for by `wake` has come, or capacity has come back to the one that waits. */
  | { readonly type: 'time' }
  | { readonly type: 'launched'; readonly attempt: number }
  /**
   * There is no candidate for the launch. freeAtMs: when one that is cooling or out of quota will be free (Infinity: not
   * foreseeable); undefined: there is none that could become free. For `again` and `hedge` also: not now, by a budget.
   * probed: one could be asked but for another request, which is finding out whether it works again.
   */
  | { readonly type: 'nobody'; readonly freeAtMs: number | undefined; readonly probed?: boolean }
  /** The first useful output of the attempt goes to the client: it has won. */
  | { readonly type: 'output'; readonly attempt: number }
  | { readonly type: 'ended'; readonly attempt: number; readonly how: 'answered' | 'left' }
  | FailedInput
  /** The waiting line is full, or the wait has lasted too long. */
  | { readonly type: 'refused' }
  /** The client has left. */
  | { readonly type: 'gone' };

/**
 * Why an attempt is launched. first: the first one, also after a wait. retry: after a failure, another candidate. hedge:
 * beside slow ones. race: beside the first. again: a candidate that has failed once more. resume: goes on with a stream
 * that died after output.
 */
export type LaunchReason = 'first' | 'retry' | 'hedge' | 'race' | 'again' | 'resume';

/** Asks for a candidate to be found and asked. The number belongs to the attempt only once it was launched. */
export interface LaunchOutput {
  readonly type: 'launch';
  readonly attempt: number;
  readonly why: LaunchReason;
  /** For `again`: the attempt whose candidate is to be asked. Absent: any that was not asked yet. */
  readonly of?: number;
}

/** How an exchange ends. exhausted: nobody was ever asked. failed: every attempt failed before output. */
export type Finish = 'answered' | 'left' | 'failed' | 'committed-failure' | 'exhausted';

/** What the driver has to do, in this order. At most one of launch, wait and finish comes in one step, as the last. */
export type Output =
  | LaunchOutput
  /** The attempt has ended for the machine: nothing more is to be reported of it. */
  | { readonly type: 'abort'; readonly attempt: number; readonly why: 'lost' | 'left' }
  /** Sets the one deadline of the exchange; it takes the place of the former. Infinity: none. */
  | { readonly type: 'wake'; readonly atMs: number }
  /**
   * Join the waiting line until capacity returns: then comes `time`, or `refused` when there is no waiting (any longer).
   * Candidates asked before may be asked again afterwards. notBeforeMs: nothing can be had sooner unless something
   * changes (Infinity: not foreseeable).
   */
  | { readonly type: 'wait'; readonly notBeforeMs: number }
  | { readonly type: 'finish'; readonly how: Finish };

/** One exchange's machine: a report in, orders out. */
export type Dispatch = (input: Input, nowMs: number) => readonly Output[];
