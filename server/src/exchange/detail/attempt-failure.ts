// What is remembered of an attempt that failed, until its exchange is over: what the details of an error are made of.

import type { DialectId } from '../../core/model/dialect-id.ts';
import type { AttemptCause, AttemptEnd, RawHeaders } from '../ports.ts';

/** One failed attempt. Times are epoch milliseconds. */
export interface AttemptFailure {
  /** From 1. */
  readonly ordinal: number;
  readonly cause: AttemptCause;
  readonly end: AttemptEnd;
  readonly upstreamId: string;
  readonly keyId: string;
  readonly model: string;
  readonly dialect: DialectId;
  readonly startedAtMs: number;
  readonly headersAtMs: number | undefined;
  readonly firstByteAtMs: number | undefined;
  readonly endedAtMs: number;
  /** Reason of the verdict. */
  readonly reason: string | undefined;
  readonly errorCode: string;
  readonly errorMessage: string;
  /** What the provider itself said, where it answered with an error. */
  readonly answer:
    | { readonly status: number; readonly headers: RawHeaders; readonly body: Buffer }
    | undefined;
}
