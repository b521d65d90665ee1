// What the ledger says of an exchange and of its attempts, as a capture tells it.

import { maskedHeaders, maskedTarget } from '../../core/capture/mask-credentials.ts';
import { knownNanoUsd } from '../../core/pricing/cost.ts';
import type { Inbound, LedgerAttempt, LedgerClosing, LedgerOpening } from '../ports.ts';
import type { CapturedAttempt, CapturedOutcome, CaptureRecord } from './capture-record.ts';

/** What a capture of either kind says of an exchange and its request. */
export function captureHead(
  opening: LedgerOpening,
  { method, path, query, headers }: Pick<Inbound, 'method' | 'path' | 'query' | 'headers'>,
): Pick<CaptureRecord, 'id' | 'receivedAtMs' | 'route' | 'use' | 'request'> {
  return {
    id: opening.id,
    receivedAtMs: opening.receivedAtMs,
    route: opening.route,
    ...present({
      clientId: opening.clientId,
      conversationId: opening.conversationId,
      agentId: opening.agentId,
      dialectIn: opening.dialectIn,
    }),
    use: opening.use,
    request: { method, path, query: maskedTarget(query), headers: maskedHeaders(headers) },
  };
}

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
      costNanoUsd: knownNanoUsd(closing.cost),
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
