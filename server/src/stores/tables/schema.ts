// The shape of the tables: the row types for queries, the columns of exchanges in the order in which rows are laid out,
// and the two statements of the hot path.

import { COST_COLUMNS, USAGE_COLUMNS } from './flat-rows.ts';

/** open: in flight. done: ended. interrupted: was in flight when the gateway died. */
export type ExchangeState = 'open' | 'done' | 'interrupted';

/** Tokens by bucket; null where the provider reported none. */
interface UsageRow {
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
  /** What some providers bill for besides; null where nothing was told of it. */
  web_searches: number | null;
  output_image_tokens: number | null;
  service_tier: string | null;
}

/** What something cost, in nano-US-dollars; null where there was nothing to pay for. The parts sum to the whole. */
interface CostRow {
  /** exact, estimated or unpriced. */
  cost_state: string | null;
  /** Which price was taken. */
  price_row: string | null;
  cost_nano_usd: number | null;
  cost_input_uncached: number | null;
  cost_cache_read: number | null;
  cost_cache_write: number | null;
  cost_input_audio: number | null;
  cost_output_text: number | null;
  cost_output_reasoning: number | null;
  cost_output_audio: number | null;
  cost_other: number | null;
}

/** One row of the table `exchanges`. Times are epoch milliseconds; null where a stage was not reached or not reported. */
export interface ExchangeRow extends UsageRow, CostRow {
  /**
   * The key, given at admission: rising, and at least received_at_ms * NUMBERS_PER_MS. So new rows stand at the end of the
   * table, and it is searched by time, without any index to keep up.
   */
  number: number;
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
  /** What a conversion lost: "seed=dropped, stop-sequences=emulated"; null when nothing, or nothing was converted. */
  losses: string | null;
  bytes_in: number | null;
  bytes_out: number | null;
  streamed: number | null;
  aborted: number | null;
  /** Id of the route that served it. */
  policy: string | null;
  /** 1 when the tokens are an estimate of ours. */
  usage_estimated: number | null;
  /** hit, stale, miss or bypass; null where the response cache was not asked. */
  cache: string | null;
  /** What a cached answer would have cost, in nano-US-dollars. */
  saved_nano_usd: number | null;
  /** Why less of the prompt was read from the provider's cache than before. */
  prompt_cache: string | null;
  /** The error as the client was told. */
  error_message: string | null;
  /** The client's own id of its request, and the provider's. */
  client_request_id: string | null;
  upstream_request_id: string | null;
}

/** One row of the table `attempts`: exchanges that took more than one have one for each. Times as in ExchangeRow. */
export interface AttemptRow extends UsageRow, CostRow {
  /** `number` of its exchange; deleted with it. */
  exchange: number;
  /** From 1, in the order of their beginning. */
  ordinal: number;
  /** first, retry, again (the same candidate), hedge, race or resume. */
  cause: string | null;
  upstream_id: string | null;
  key_id: string | null;
  model: string | null;
  dialect: string | null;
  started_at_ms: number | null;
  headers_at_ms: number | null;
  first_byte_at_ms: number | null;
  first_output_at_ms: number | null;
  ended_at_ms: number | null;
  /** answered, failed, cut (failed after output was sent), lost (another one was faster) or left (the client was gone). */
  outcome: string | null;
  status: number | null;
  reason: string | null;
  error_code: string | null;
  /** The provider's id of the request. */
  upstream_request_id: string | null;
}

/** One row of the table `kept`. */
export interface KeptRow {
  /** Rising, and at least the epoch milliseconds of its writing * NUMBERS_PER_MS, as those of exchanges. */
  number: number;
  /** SHA-256 of whose text it is, what for and under which key. */
  hash: string;
  /** Of the text in UTF-8. */
  bytes: number;
  text: string;
}

/** One row of the table `state`. */
export interface StateRow {
  /** What it tells of: standing or use. */
  kind: string;
  /** Together with the kind, the key of the table. */
  key: string;
  /** Epoch milliseconds. */
  updated_at_ms: number;
  text: string;
}

/** The database as Kysely sees it. */
export interface LedgerDatabase {
  exchanges: ExchangeRow;
  attempts: AttemptRow;
  kept: KeptRow;
  state: StateRow;
}

type Column = keyof ExchangeRow;

/** Exchange numbers to a millisecond: enough for a million requests a second, and safe integers until the year 2255. */
export const NUMBERS_PER_MS = 1_000;

/** Texts that others choose are cut, so that a row stays below 1 KB. */
export const LONG_TEXT_BYTES = 104;
export const SHORT_TEXT_BYTES = 64;
/** Ids that clients send. */
export const ID_BYTES = 72;
/** What is told in a few words. */
const WORDS_BYTES = 48;
export const OWN_TEXT_BYTES = 96;
/** Longer than every error code. */
export const CODE_BYTES = 32;
export const TIER_BYTES = 16;
/** Ids that providers and clients give a request. */
export const REQUEST_ID_BYTES = 128;

const TEXTS: readonly (readonly [Column, number])[] = [
  ['id', OWN_TEXT_BYTES],
  ['route', OWN_TEXT_BYTES],
  ['use', OWN_TEXT_BYTES],
  ['client_id', SHORT_TEXT_BYTES],
  ['conversation_id', ID_BYTES],
  ['agent_id', WORDS_BYTES],
  ['dialect_in', OWN_TEXT_BYTES],
  ['client_request_id', REQUEST_ID_BYTES],
  ['dialect_out', OWN_TEXT_BYTES],
  ['model_asked', LONG_TEXT_BYTES],
  ['model_served', LONG_TEXT_BYTES],
  ['upstream_id', SHORT_TEXT_BYTES],
  ['key_id', SHORT_TEXT_BYTES],
  ['error_code', CODE_BYTES],
  ['losses', WORDS_BYTES],
  ['policy', CODE_BYTES],
  ['service_tier', TIER_BYTES],
  ['cost_state', CODE_BYTES],
  ['price_row', SHORT_TEXT_BYTES],
  ['cache', CODE_BYTES],
  ['upstream_request_id', REQUEST_ID_BYTES],
  ['prompt_cache', 160],
  ['error_message', 200],
];

/** These take what the others leave of ROW_TEXTS_BYTES, the first of them first. */
export const FLEXIBLE_COLUMNS: readonly Column[] = [
  'upstream_request_id',
  'client_request_id',
  'prompt_cache',
  'error_message',
];

/** All texts of one row together. */
export const ROW_TEXTS_BYTES = 790;

/** The columns that hold texts, in the order of a row's texts. */
export const TEXT_COLUMNS: readonly Column[] = TEXTS.map(([column]) => column);

/** The most bytes of UTF-8 that each of them takes. */
export const TEXT_LIMITS: readonly number[] = TEXTS.map(([, bytes]) => bytes);

/** The columns that hold integers, in the order of a row's numbers. */
export const NUMBER_COLUMNS: readonly Column[] = [
  'number',
  'received_at_ms',
  'headers_at_ms',
  'first_byte_at_ms',
  'first_output_at_ms',
  'ended_at_ms',
  'attempts',
  'status',
  'bytes_in',
  'bytes_out',
  'streamed',
  'aborted',
  'usage_estimated',
  'saved_nano_usd',
  ...USAGE_COLUMNS,
  ...COST_COLUMNS,
];

/** All columns of a row but its state, in the order in which they are bound and read. */
export const VALUE_COLUMNS: readonly Column[] = [...TEXT_COLUMNS, ...NUMBER_COLUMNS];

function insert(verb: string, state: ExchangeState): string {
  const marks = VALUE_COLUMNS.map(() => '?').join(', ');
  return `${verb} INTO exchanges (state, ${VALUE_COLUMNS.join(', ')}) VALUES ('${state}', ${marks})`;
}

/** Writes a complete row, whether or not it was written as open before. Writing it again makes no second row. */
export const INSERT_DONE: string = insert('INSERT OR REPLACE', 'done');

/** Writes the row of an exchange that runs; a complete one is never undone, one that was taken for interrupted is. */
export const INSERT_OPEN: string = `${insert('INSERT', 'open')}
ON CONFLICT (number) DO UPDATE SET state = 'open' WHERE state = 'interrupted'`;
