// How the attempts of an exchange may end, and what is to be told to a client that nobody has served.

import type { SluiceError } from '../core/model/error.ts';
import { type Verdict, worthTelling } from '../core/routing/verdict.ts';
import type { AttemptRecord } from './attempt-record.ts';
import { exhausted, waitedTooLong } from './exhausted.ts';
import type { Failure } from './outcome.ts';
import type { Pool, Selection } from './pool/pool.ts';

/** A failed attempt, and what it means. */
export interface FailedAttemptOf {
  readonly failure: Failure;
  readonly verdict: Verdict;
  readonly attempt: AttemptRecord;
}

/** How the attempts of an exchange ended. Only the last two are still to be told to the client. */
export type Dispatched =
  | { readonly kind: 'answered' }
  | { readonly kind: 'left' }
  /** Output was sent, and the stream was ended with an error event. */
  | { readonly kind: 'cut'; readonly error: SluiceError }
  | { readonly kind: 'failed'; readonly told: FailedAttemptOf; readonly freeInMs: number | undefined }
  | { readonly kind: 'refused'; readonly error: SluiceError };

/**
 * What to tell when every attempt has failed before output: the failure that says most, or why nobody could be asked.
 * `waited`: it has waited for somebody, or found no room to.
 */
export function unserved(
  pool: Pool,
  selection: Selection,
  failures: readonly FailedAttemptOf[],
  waited: { readonly full: boolean } | false,
): Dispatched {
  const exhaustion = pool.exhaustion(selection);
  const told = worthTelling(failures.map(({ failure }) => failure));
  const found = failures.find(({ failure }) => failure === told);
  if (found === undefined) {
    const error = exhausted(selection, pool, exhaustion);
    return { kind: 'refused', error: waited ? waitedTooLong(error, waited.full) : error };
  }
  const { freeInMs } = exhaustion;
  return {
    kind: 'failed',
    told: found,
    freeInMs: Number.isFinite(freeInMs) && freeInMs > 0 ? freeInMs : undefined,
  };
}
