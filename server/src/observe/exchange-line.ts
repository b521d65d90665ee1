// What the log says of one exchange: the ledger's facts under the ledger's names, with durations instead of times. Once
// per request, so the JSON is put together from its pieces, which takes a fifth of the time that an object would.

import type { Usage } from '../core/model/usage.ts';
import type { LedgerClosing, LedgerOpening } from '../exchange/ports.ts';
import type { Redactor } from './redact.ts';

/** A member whose text others chose; absent members are left out. */
function textMember(name: string, text: string | undefined, { quote }: Redactor): string {
  return text === undefined ? '' : `,"${name}":${quote(text)}`;
}

/** A member whose text is a word of our own, with nothing in it to escape. */
function wordMember(name: string, word: string | undefined): string {
  return word === undefined ? '' : `,"${name}":"${word}"`;
}

/** Milliseconds from one moment to another, if that was reached. */
function durationMember(name: string, fromMs: number, toMs: number | undefined): string {
  return toMs === undefined ? '' : `,"${name}":${toMs - fromMs}`;
}

function usageMembers({ input, output, clamped }: Usage): string {
  const written = input.cacheWrite5m + input.cacheWrite1h + input.cacheWriteOther;
  return (
    `,"input_uncached":${input.uncached},"input_cache_read":${input.cacheRead},"input_cache_write":${written}` +
    `,"input_audio":${input.audio},"output_text":${output.text},"output_reasoning":${output.reasoning}` +
    `,"output_audio":${output.audio}${clamped ? ',"usage_clamped":true' : ''}`
  );
}

/** The members of a JSON line, without braces. Texts that others chose are redacted; the rest are words of our own. */
export function exchangeMembers(opening: LedgerOpening, closing: LedgerClosing, redactor: Redactor): string {
  const start = opening.receivedAtMs;
  return (
    `"id":"${opening.id}","route":"${opening.route}","use":"${opening.use}"` +
    textMember('client_id', opening.clientId, redactor) +
    textMember('conversation_id', opening.conversationId, redactor) +
    textMember('agent_id', opening.agentId, redactor) +
    textMember('client_request_id', opening.clientRequestId, redactor) +
    wordMember('dialect_in', opening.dialectIn) +
    wordMember('dialect_out', closing.dialectOut) +
    textMember('model_asked', closing.modelAsked, redactor) +
    textMember('model_served', closing.modelServed, redactor) +
    textMember('upstream_id', closing.upstreamId, redactor) +
    textMember('key_id', closing.keyId, redactor) +
    textMember('upstream_request_id', closing.upstreamRequestId, redactor) +
    `,"attempts":${closing.attempts},"status":${closing.status}` +
    wordMember('error_code', closing.errorCode) +
    textMember('losses', closing.losses, redactor) +
    durationMember('headers_ms', start, closing.headersAtMs) +
    durationMember('first_byte_ms', start, closing.firstByteAtMs) +
    durationMember('ttft_ms', start, closing.firstOutputAtMs) +
    durationMember('duration_ms', start, closing.endedAtMs) +
    `,"bytes_in":${closing.bytesIn},"bytes_out":${closing.bytesOut}` +
    (closing.usage === undefined ? '' : usageMembers(closing.usage)) +
    `,"streamed":${closing.streamed},"aborted":${closing.aborted}`
  );
}

/** The same for a person at a terminal, in one sentence. */
export function exchangeSentence(opening: LedgerOpening, closing: LedgerClosing, redactor: Redactor): string {
  const { status, modelAsked, modelServed, upstreamId, attempts, firstOutputAtMs, usage, losses } = closing;
  const clean = (text: string | undefined): string => (text === undefined ? '' : redactor.redact(text));
  const asked = clean(modelAsked);
  const renamed = modelServed !== undefined && modelServed !== modelAsked;
  const duration = closing.endedAtMs - opening.receivedAtMs;
  const firstOutput =
    firstOutputAtMs === undefined ? '' : ` (first output ${firstOutputAtMs - opening.receivedAtMs} ms)`;
  return [
    `${status} ${opening.route}`,
    renamed ? `${asked} → ${clean(modelServed)}` : asked,
    upstreamId === undefined ? '' : `from ${clean(upstreamId)}`,
    `in ${duration} ms${firstOutput}`,
    usage === undefined ? '' : tokens(usage),
    attempts > 1 ? `${attempts} attempts` : '',
    closing.errorCode ?? '',
    losses === undefined ? '' : `lost: ${clean(losses)}`,
  ]
    .filter((part) => part !== '')
    .join('  ');
}

function tokens({ input, output }: Usage): string {
  const sum = (counts: Readonly<Record<string, number>>): number =>
    Object.values(counts).reduce((total, count) => total + count, 0);
  return `${sum({ ...input })}→${sum({ ...output })} tokens`;
}
