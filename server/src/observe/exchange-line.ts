// What the log says of one exchange: the ledger's facts under the ledger's names, with durations instead of times.

import type { LedgerClosing, LedgerOpening } from '../exchange/ports.ts';

/** One exchange as log fields. Undefined fields are not written. */
export type ExchangeFields = Readonly<Record<string, string | number | boolean | undefined>>;

type Redact = (text: string) => string;

/** The fields of a JSON line. Texts that others chose are redacted; the rest are words and numbers of our own. */
export function exchangeFields(
  opening: LedgerOpening,
  closing: LedgerClosing,
  redact: Redact,
): ExchangeFields {
  const clean = (text: string | undefined): string | undefined =>
    text === undefined ? undefined : redact(text);
  const since = (atMs: number | undefined): number | undefined =>
    atMs === undefined ? undefined : atMs - opening.receivedAtMs;
  const { input, output } = closing.usage ?? {};
  return {
    id: opening.id,
    route: opening.route,
    use: opening.use,
    client_id: clean(opening.clientId),
    conversation_id: clean(opening.conversationId),
    agent_id: clean(opening.agentId),
    dialect_in: opening.dialectIn,
    dialect_out: closing.dialectOut,
    model_asked: clean(closing.modelAsked),
    model_served: clean(closing.modelServed),
    upstream_id: clean(closing.upstreamId),
    key_id: closing.keyId,
    attempts: closing.attempts,
    status: closing.status,
    error_code: closing.errorCode,
    headers_ms: since(closing.headersAtMs),
    first_byte_ms: since(closing.firstByteAtMs),
    ttft_ms: since(closing.firstOutputAtMs),
    duration_ms: since(closing.endedAtMs),
    bytes_in: closing.bytesIn,
    bytes_out: closing.bytesOut,
    input_uncached: input?.uncached,
    input_cache_read: input?.cacheRead,
    input_cache_write: input && input.cacheWrite5m + input.cacheWrite1h + input.cacheWriteOther,
    input_audio: input?.audio,
    output_text: output?.text,
    output_reasoning: output?.reasoning,
    output_audio: output?.audio,
    usage_clamped: closing.usage?.clamped === true ? true : undefined,
    streamed: closing.streamed,
    aborted: closing.aborted,
  };
}

/** The same for a person at a terminal, in one sentence. */
export function exchangeSentence(fields: ExchangeFields): string {
  const { status, route, duration_ms: duration, ttft_ms: firstOutput } = fields;
  const asked = fields['model_asked'] ?? '';
  const served = fields['model_served'];
  const model = served === undefined || served === asked ? asked : `${asked} → ${served}`;
  const upstream = fields['upstream_id'] === undefined ? '' : `from ${fields['upstream_id']}`;
  const time =
    firstOutput === undefined ? `${duration} ms` : `${duration} ms (first output ${firstOutput} ms)`;
  const attempts = Number(fields['attempts'] ?? 0) > 1 ? `${fields['attempts']} attempts` : '';
  return [
    `${status} ${route}`,
    model,
    upstream,
    `in ${time}`,
    tokens(fields),
    attempts,
    fields['error_code'] ?? '',
  ]
    .filter((part) => part !== '')
    .join('  ');
}

function tokens(fields: ExchangeFields): string {
  if (fields['output_text'] === undefined) return '';
  const sum = (...names: string[]): number =>
    names.reduce((total, name) => total + Number(fields[name] ?? 0), 0);
  const input = sum('input_uncached', 'input_cache_read', 'input_cache_write', 'input_audio');
  const output = sum('output_text', 'output_reasoning', 'output_audio');
  return `${input}→${output} tokens`;
}
