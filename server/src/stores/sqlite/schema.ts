// The shape of the ledger's table: the row type for queries, the columns in the order of the prepared statement, and how
// an exchange becomes a row.

import { Buffer } from 'node:buffer';
import type { LedgerClosing, LedgerOpening } from '../../exchange/ports.ts';
import type { SqliteValue } from './driver.ts';

/** open: in flight. done: ended. interrupted: was in flight when the gateway died. */
export type ExchangeState = 'open' | 'done' | 'interrupted';

/** One row of the table `exchanges`. Times are epoch milliseconds; null where a stage was not reached or not reported. */
export interface ExchangeRow {
  id: string;
  state: ExchangeState;
  received_at_ms: number;
  route: string;
  use: string;
  client_id: string | null;
  conversation_id: string | null;
  agent_id: string | null;
  dialect_in: string | null;
  headers_at_ms: number | null;
  first_byte_at_ms: number | null;
  first_output_at_ms: number | null;
  ended_at_ms: number | null;
  dialect_out: string | null;
  model_asked: string | null;
  model_served: string | null;
  upstream_id: string | null;
  key_id: string | null;
  attempts: number | null;
  status: number | null;
  error_code: string | null;
  bytes_in: number | null;
  bytes_out: number | null;
  input_uncached: number | null;
  input_cache_read: number | null;
  input_cache_write_5m: number | null;
  input_cache_write_1h: number | null;
  input_cache_write_other: number | null;
  input_audio: number | null;
  output_text: number | null;
  output_reasoning: number | null;
  output_audio: number | null;
  /** 1 when the provider's numbers were impossible and had to be clamped. */
  usage_clamped: number | null;
  streamed: number | null;
  aborted: number | null;
}

/** The database as Kysely sees it. */
export interface LedgerDatabase {
  exchanges: ExchangeRow;
}

type Column = keyof ExchangeRow;

const OPENING_COLUMNS = [
  'id',
  'state',
  'received_at_ms',
  'route',
  'use',
  'client_id',
  'conversation_id',
  'agent_id',
  'dialect_in',
] as const satisfies readonly Column[];

const CLOSING_COLUMNS = [
  'headers_at_ms',
  'first_byte_at_ms',
  'first_output_at_ms',
  'ended_at_ms',
  'dialect_out',
  'model_asked',
  'model_served',
  'upstream_id',
  'key_id',
  'attempts',
  'status',
  'error_code',
  'bytes_in',
  'bytes_out',
  'input_uncached',
  'input_cache_read',
  'input_cache_write_5m',
  'input_cache_write_1h',
  'input_cache_write_other',
  'input_audio',
  'output_text',
  'output_reasoning',
  'output_audio',
  'usage_clamped',
  'streamed',
  'aborted',
] as const satisfies readonly Column[];

const COLUMNS: readonly Column[] = [...OPENING_COLUMNS, ...CLOSING_COLUMNS];

/**
 * The one statement of the hot path: a first write inserts, a second one completes. Because the key is the exchange's own
 * id, writing a batch again after a failure cannot make a second row.
 */
export const UPSERT: string = `INSERT INTO exchanges (${COLUMNS.join(', ')})
VALUES (${COLUMNS.map(() => '?').join(', ')})
ON CONFLICT (id) DO UPDATE SET ${['state', ...CLOSING_COLUMNS].map((column) => `${column} = excluded.${column}`).join(', ')}
WHERE excluded.state = 'done'`;

/** What the writer knows of one exchange. */
export interface ExchangeRecord {
  opening: LedgerOpening;
  closing: LedgerClosing | undefined;
}

/** Texts that others choose are cut, so that a row stays below 1 KB. */
const LONG_TEXT_BYTES = 128;
const SHORT_TEXT_BYTES = 64;

function text(value: string | undefined, maxBytes: number): SqliteValue {
  if (value === undefined) return null;
  // A UTF-16 unit takes at most three bytes of UTF-8, so most texts need no counting.
  if (value.length * 3 <= maxBytes) return value;
  const bytes = Buffer.from(value);
  if (bytes.length <= maxBytes) return value;
  return bytes.toString('utf8', 0, maxBytes).replace(/\uFFFD+$/, '');
}

function integer(value: number | undefined): SqliteValue {
  if (value === undefined || !Number.isFinite(value)) return null;
  return Math.max(Number.MIN_SAFE_INTEGER, Math.min(Number.MAX_SAFE_INTEGER, Math.round(value)));
}

const NEVER_CLOSED: readonly SqliteValue[] = CLOSING_COLUMNS.map(() => null);

/** The values of UPSERT for an exchange, in the order of its columns. */
export function rowValues(record: ExchangeRecord): SqliteValue[] {
  const { opening, closing } = record;
  const values: SqliteValue[] = [
    opening.id,
    closing === undefined ? 'open' : 'done',
    integer(opening.receivedAtMs) ?? 0,
    opening.route,
    opening.use,
    text(opening.clientId, SHORT_TEXT_BYTES),
    text(opening.conversationId, LONG_TEXT_BYTES),
    text(opening.agentId, LONG_TEXT_BYTES),
    opening.dialectIn ?? null,
  ];
  if (closing === undefined) values.push(...NEVER_CLOSED);
  else pushClosing(values, closing);
  return values;
}

function pushClosing(values: SqliteValue[], closing: LedgerClosing): void {
  const input = closing.usage?.input;
  const output = closing.usage?.output;
  values.push(
    integer(closing.headersAtMs),
    integer(closing.firstByteAtMs),
    integer(closing.firstOutputAtMs),
    integer(closing.endedAtMs),
    closing.dialectOut ?? null,
    text(closing.modelAsked, LONG_TEXT_BYTES),
    text(closing.modelServed, LONG_TEXT_BYTES),
    text(closing.upstreamId, SHORT_TEXT_BYTES),
    text(closing.keyId, SHORT_TEXT_BYTES),
    integer(closing.attempts),
    integer(closing.status),
    text(closing.errorCode, SHORT_TEXT_BYTES),
    integer(closing.bytesIn),
    integer(closing.bytesOut),
    integer(input?.uncached),
    integer(input?.cacheRead),
    integer(input?.cacheWrite5m),
    integer(input?.cacheWrite1h),
    integer(input?.cacheWriteOther),
    integer(input?.audio),
    integer(output?.text),
    integer(output?.reasoning),
    integer(output?.audio),
    closing.usage === undefined ? null : Number(closing.usage.clamped),
    Number(closing.streamed),
    Number(closing.aborted),
  );
}
