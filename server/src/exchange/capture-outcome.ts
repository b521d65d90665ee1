// What the ledger says of an exchange and of its attempts, as a capture tells it.

import type { CapturedAttempt, CapturedOutcome } from './capture-record.ts';
import type { LedgerAttempt, LedgerClosing } from './ports.ts';

/** The end of an exchange as a capture tells it. */
export function outcomeOf(closing: LedgerClosing): CapturedOutcome {
  return {
    status: closing.status,
    attempts: closing.attempts,
    streamed: closing.streamed,
    aborted: closing.aborted,
    endedAtMs: closing.endedAtMs,
    bytesIn: closing.bytesIn,
    bytesOut: closing.bytesOut,
    ...present({
      modelAsked: closing.modelAsked,
      modelServed: closing.modelServed,
      upstreamId: closing.upstreamId,
      keyId: closing.keyId,
      dialectOut: closing.dialectOut,
      policy: closing.policy,
      firstOutputAtMs: closing.firstOutputAtMs,
      usage: closing.usage,
      costNanoUsd: closing.cost?.state === 'unpriced' ? undefined : closing.cost?.totalNanoUsd,
      losses: closing.losses,
      cache: closing.cache,
    }),
  };
}

/** A row of the ledger as a capture tells it. */
export function attemptOf(row: LedgerAttempt): CapturedAttempt {
  return {
    ordinal: row.ordinal,
    upstreamId: row.upstreamId,
    keyId: row.keyId,
    model: row.model,
    dialect: row.dialect,
    cause: row.cause,
    end: row.end,
    startedAtMs: row.startedAtMs,
    endedAtMs: row.endedAtMs,
    ...present({ reason: row.reason, errorCode: row.errorCode }),
  };
}

/** The members that have a value. */
export function present<Members extends Readonly<Record<string, unknown>>>(
  members: Members,
): { readonly [Name in keyof Members]?: Exclude<Members[Name], undefined> } {
  const kept: Partial<Record<string, unknown>> = {};
  for (const [name, value] of Object.entries(members)) if (value !== undefined) kept[name] = value;
  return kept as { readonly [Name in keyof Members]?: Exclude<Members[Name], undefined> };
}
