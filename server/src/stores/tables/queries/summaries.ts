// Rows of the tables as the questions answer them.

import type { Usage, UsageExtras } from '../../../core/model/usage.ts';
import type { Cost } from '../../../core/pricing/cost.ts';
import type { ExchangeSummary } from '../../../exchange/ledger-queries.ts';
import type { LedgerAttempt, LedgerClosing, LedgerOpening } from '../../../exchange/ports.ts';
import type { StoreRow } from '../driver.ts';
import type { COST_COLUMNS, USAGE_COLUMNS } from '../flat-rows.ts';

function text(row: StoreRow, column: string): string | undefined {
  const value = row[column];
  return value === null || value === undefined ? undefined : String(value);
}

function number(row: StoreRow, column: string): number | undefined {
  const value = row[column];
  return value === null || value === undefined ? undefined : Number(value);
}

function usageOf(row: StoreRow): Usage | undefined {
  if (number(row, 'input_uncached') === undefined) return undefined;
  const of = (column: (typeof USAGE_COLUMNS)[number]): number => number(row, column) ?? 0;
  const extras = extrasOf(row);
  return {
    input: {
      uncached: of('input_uncached'),
      cacheRead: of('input_cache_read'),
      cacheWrite5m: of('input_cache_write_5m'),
      cacheWrite1h: of('input_cache_write_1h'),
      cacheWriteOther: of('input_cache_write_other'),
      audio: of('input_audio'),
    },
    output: { text: of('output_text'), reasoning: of('output_reasoning'), audio: of('output_audio') },
    ...(extras === undefined ? {} : { extras }),
    clamped: of('usage_clamped') === 1,
  };
}

function extrasOf(row: StoreRow): UsageExtras | undefined {
  const serviceTier = text(row, 'service_tier');
  const webSearches = number(row, 'web_searches');
  const outputImageTokens = number(row, 'output_image_tokens');
  if (serviceTier === undefined && webSearches === undefined && outputImageTokens === undefined)
    return undefined;
  return {
    ...(serviceTier === undefined ? {} : { serviceTier }),
    ...(webSearches === undefined ? {} : { webSearches }),
    ...(outputImageTokens === undefined ? {} : { outputImageTokens }),
  };
}

function costOf(row: StoreRow): Cost | undefined {
  const state = text(row, 'cost_state');
  if (state === undefined) return undefined;
  const of = (column: (typeof COST_COLUMNS)[number]): number => number(row, column) ?? 0;
  return {
    state: state === 'exact' || state === 'estimated' ? state : 'unpriced',
    totalNanoUsd: of('cost_nano_usd'),
    parts: {
      inputUncached: of('cost_input_uncached'),
      cacheRead: of('cost_cache_read'),
      cacheWrite: of('cost_cache_write'),
      inputAudio: of('cost_input_audio'),
      outputText: of('cost_output_text'),
      outputReasoning: of('cost_output_reasoning'),
      outputAudio: of('cost_output_audio'),
      other: of('cost_other'),
    },
    priceRow: text(row, 'price_row') ?? '',
  };
}

function openingOf(row: StoreRow): LedgerOpening {
  return {
    id: String(row['id']),
    receivedAtMs: Number(row['received_at_ms']),
    route: String(row['route']),
    clientId: text(row, 'client_id'),
    conversationId: text(row, 'conversation_id'),
    agentId: text(row, 'agent_id'),
    clientRequestId: text(row, 'client_request_id'),
    // Written by this program from the same types.
    dialectIn: text(row, 'dialect_in') as LedgerOpening['dialectIn'],
    use: String(row['use']) as LedgerOpening['use'],
  };
}

function closingOf(row: StoreRow): Omit<LedgerClosing, 'tries'> {
  return {
    id: String(row['id']),
    dialectOut: text(row, 'dialect_out') as LedgerClosing['dialectOut'],
    modelAsked: text(row, 'model_asked'),
    modelServed: text(row, 'model_served'),
    upstreamId: text(row, 'upstream_id'),
    keyId: text(row, 'key_id'),
    attempts: number(row, 'attempts') ?? 0,
    status: number(row, 'status') ?? 0,
    errorCode: text(row, 'error_code'),
    headersAtMs: number(row, 'headers_at_ms'),
    firstByteAtMs: number(row, 'first_byte_at_ms'),
    firstOutputAtMs: number(row, 'first_output_at_ms'),
    endedAtMs: number(row, 'ended_at_ms') ?? 0,
    bytesIn: number(row, 'bytes_in') ?? 0,
    bytesOut: number(row, 'bytes_out') ?? 0,
    usage: usageOf(row),
    losses: text(row, 'losses'),
    streamed: row['streamed'] === 1,
    aborted: row['aborted'] === 1,
    policy: text(row, 'policy'),
    cost: costOf(row),
    usageEstimated: row['usage_estimated'] === 1,
    cache: text(row, 'cache') as LedgerClosing['cache'],
    savedNanoUsd: number(row, 'saved_nano_usd'),
    promptCache: text(row, 'prompt_cache'),
    errorMessage: text(row, 'error_message'),
    upstreamRequestId: text(row, 'upstream_request_id'),
  };
}

/** An exchange as a list shows it. */
export function summaryOf(row: StoreRow): ExchangeSummary {
  const state = row['state'];
  return {
    ...openingOf(row),
    state: state === 'open' || state === 'interrupted' ? state : 'done',
    closing: state === 'done' ? closingOf(row) : undefined,
  };
}

/** One row of the table of attempts. */
export function attemptOf(row: StoreRow): LedgerAttempt {
  return {
    ordinal: Number(row['ordinal']),
    cause: String(row['cause']) as LedgerAttempt['cause'],
    upstreamId: String(row['upstream_id']),
    keyId: String(row['key_id']),
    model: String(row['model']),
    dialect: String(row['dialect']) as LedgerAttempt['dialect'],
    startedAtMs: number(row, 'started_at_ms') ?? 0,
    headersAtMs: number(row, 'headers_at_ms'),
    firstByteAtMs: number(row, 'first_byte_at_ms'),
    firstOutputAtMs: number(row, 'first_output_at_ms'),
    endedAtMs: number(row, 'ended_at_ms') ?? 0,
    end: String(row['outcome']) as LedgerAttempt['end'],
    status: number(row, 'status'),
    reason: text(row, 'reason'),
    errorCode: text(row, 'error_code'),
    usage: usageOf(row),
    cost: costOf(row),
    upstreamRequestId: text(row, 'upstream_request_id'),
  };
}
