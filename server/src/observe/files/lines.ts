// The lines of the log folder, as JSON.

import type { KeyEvent } from '../../core/telemetry/key-event.ts';
import type { LedgerClosing, LedgerOpening } from '../../exchange/ports.ts';
import { exchangeMembers } from '../exchange-line.ts';
import type { Redactor } from '../redact.ts';
import { timeText } from '../time-text.ts';

/** One exchange: the members of the log line, and what it cost. */
export function requestLine(opening: LedgerOpening, closing: LedgerClosing, redactor: Redactor): string {
  return `{"time":"${timeText(closing.endedAtMs)}",${exchangeMembers(opening, closing, redactor)}${costMembers(closing)}}\n`;
}

function costMembers({ cost, cache, policy }: LedgerClosing): string {
  return (
    (policy === undefined ? '' : `,"policy":${JSON.stringify(policy)}`) +
    (cost === undefined ? '' : `,"cost_nano_usd":${cost.totalNanoUsd},"cost_state":"${cost.state}"`) +
    (cache === undefined ? '' : `,"cache":"${cache}"`)
  );
}

/** An exchange that failed, or needed more than one attempt because others failed: with each of them. */
export function errorLine(opening: LedgerOpening, closing: LedgerClosing, redactor: Redactor): string {
  const tries = (closing.tries ?? []).map((one) => ({
    attempt: one.ordinal,
    cause: one.cause,
    upstream_id: one.upstreamId,
    key_id: one.keyId,
    model: one.model,
    duration_ms: one.endedAtMs - one.startedAtMs,
    end: one.end,
    status: one.status,
    reason: one.reason,
    error_code: one.errorCode,
    upstream_request_id: one.upstreamRequestId,
  }));
  const message =
    closing.errorMessage === undefined ? '' : `,"error_message":${redactor.quote(closing.errorMessage)}`;
  const chain = tries.length === 0 ? '' : `,"tries":${redactor.redact(JSON.stringify(tries))}`;
  return `{"time":"${timeText(closing.endedAtMs)}",${exchangeMembers(opening, closing, redactor)}${message}${chain}}\n`;
}

/** Something that happened to a key. */
export function keyLine(event: KeyEvent, redactor: Redactor): string {
  const { atMs, untilAtMs, upstreamId, keyId, toUpstreamId, toKeyId, exchangeId, ...rest } = event;
  const line = {
    time: new Date(atMs).toISOString(),
    event: rest.event,
    upstream_id: upstreamId,
    key_id: keyId,
    model: rest.model,
    reason: rest.reason,
    status: rest.status,
    until:
      untilAtMs === undefined || !Number.isFinite(untilAtMs) ? undefined : new Date(untilAtMs).toISOString(),
    to_upstream_id: toUpstreamId,
    to_key_id: toKeyId,
    exchange_id: exchangeId,
  };
  return `${redactor.redact(JSON.stringify(line))}\n`;
}
