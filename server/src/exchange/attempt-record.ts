// What is noted of one attempt while it runs: its part of the ledger row, and a row of its own where it was not the only
// one.

import type { Usage } from '../core/model/usage.ts';
import type { Cost } from '../core/pricing/cost.ts';
import type { Verdict } from '../core/routing/verdict.ts';
import type { AttemptFailure } from './detail/attempt-failure.ts';
import type { Failure, Outcome, Target } from './outcome.ts';
import type { AttemptCause, AttemptEnd, LedgerAttempt } from './ports.ts';
import type { ExchangeRecord } from './record.ts';
import { maskedBytes, maskedText, secretsOf } from './secrecy.ts';

/** The facts of one attempt. Times are epoch milliseconds; undefined where a stage was not reached. */
export interface AttemptRecord {
  /** From 1. */
  readonly ordinal: number;
  readonly cause: AttemptCause;
  readonly target: Target;
  readonly startedAtMs: number;
  /** Its request was handed to the transport. */
  sent: boolean;
  headersAtMs: number | undefined;
  /** The provider's id of its request; see request-ids.ts. */
  upstreamRequestId: string | undefined;
  firstByteAtMs: number | undefined;
  /** When it first had something for the client. */
  firstOutputAtMs: number | undefined;
  usage: Usage | undefined;
  modelServed: string;
  /** What a conversion lost, as in `x-sluice-loss`. */
  losses: string | undefined;
  /** Milliseconds that the conversion of the request took; undefined where there was none. */
  conversionMs: number | undefined;
  /** About how many tokens it has put out, for where its upstream told none; undefined where that is not known. */
  outputTokens: (() => number) | undefined;
  /** True when `usage` is an estimate of ours. */
  usageEstimated: boolean;
  /** What it cost, once that is known; see bill.ts. */
  cost: Cost | undefined;
}

/** An attempt that begins. */
export function attemptRecord(
  ordinal: number,
  cause: AttemptCause,
  target: Target,
  startedAtMs: number,
): AttemptRecord {
  return {
    ordinal,
    cause,
    target,
    startedAtMs,
    sent: false,
    headersAtMs: undefined,
    upstreamRequestId: undefined,
    firstByteAtMs: undefined,
    firstOutputAtMs: undefined,
    usage: undefined,
    modelServed: target.model,
    losses: undefined,
    conversionMs: undefined,
    outputTokens: undefined,
    usageEstimated: false,
    cost: undefined,
  };
}

/** Lets the row of the exchange tell of this attempt: the one that answered, or the last one. */
export function adopt(record: ExchangeRecord, attempt: AttemptRecord): void {
  const { target } = attempt;
  record.dialectOut = target.dialect;
  record.upstreamId = target.upstream.id;
  record.keyId = target.key.id;
  record.modelServed = attempt.modelServed;
  record.upstreamRequestId = attempt.upstreamRequestId;
  record.headersAtMs = attempt.headersAtMs;
  record.firstByteAtMs = attempt.firstByteAtMs;
  record.usage = attempt.usage;
  record.usageEstimated = attempt.usageEstimated;
  record.losses = attempt.losses;
}

/** The row of an attempt that has ended. */
export function attemptRow(
  attempt: AttemptRecord,
  end: AttemptEnd,
  endedAtMs: number,
  outcome: Outcome | undefined,
  verdict: Verdict | undefined,
): LedgerAttempt {
  const { target } = attempt;
  const failed = outcome?.kind === 'failed' ? outcome : undefined;
  return {
    ordinal: attempt.ordinal,
    cause: attempt.cause,
    upstreamId: target.upstream.id,
    keyId: target.key.id,
    model: target.model,
    dialect: target.dialect,
    startedAtMs: attempt.startedAtMs,
    headersAtMs: attempt.headersAtMs,
    firstByteAtMs: attempt.firstByteAtMs,
    firstOutputAtMs: attempt.firstOutputAtMs,
    endedAtMs,
    usage: attempt.usage,
    end,
    status: failed?.answer?.status,
    reason: failed === undefined ? undefined : verdict?.reason,
    errorCode: failed?.error.code,
    cost: attempt.cost,
    upstreamRequestId: attempt.upstreamRequestId,
  };
}

/** What is remembered of an attempt that has failed. */
export function attemptFailure(
  attempt: AttemptRecord,
  end: AttemptEnd,
  endedAtMs: number,
  { error, answer }: Failure,
  verdict: Verdict,
): AttemptFailure {
  const { upstream, key, model, dialect } = attempt.target;
  const secrets = secretsOf(attempt.target);
  return {
    ordinal: attempt.ordinal,
    cause: attempt.cause,
    end,
    upstreamId: upstream.id,
    keyId: key.id,
    model,
    dialect,
    startedAtMs: attempt.startedAtMs,
    headersAtMs: attempt.headersAtMs,
    firstByteAtMs: attempt.firstByteAtMs,
    endedAtMs,
    reason: verdict.reason,
    errorCode: error.code,
    errorMessage: maskedText(error.message, secrets),
    answer: answer === undefined ? undefined : { ...answer, body: maskedBytes(answer.body, secrets) },
  };
}
