// The attempts of exchanges that took more than one: the shape of their table, and how they cross to the writer beside the
// rows of their exchanges. Nothing is made for a batch whose exchanges took one attempt each.

import type { LedgerAttempt } from '../../exchange/ports.ts';
import type { StoreValue } from './driver.ts';
import {
  boundValues,
  COST_COLUMNS,
  type FlatRows,
  layCost,
  layTexts,
  layUsage,
  UNKNOWN,
  USAGE_COLUMNS,
} from './flat-rows.ts';
import {
  type AttemptRow,
  CODE_BYTES,
  LONG_TEXT_BYTES,
  OWN_TEXT_BYTES,
  REQUEST_ID_BYTES,
  SHORT_TEXT_BYTES,
  TIER_BYTES,
} from './schema.ts';

type Column = keyof AttemptRow;

const TEXTS: readonly (readonly [Column, number])[] = [
  ['cause', CODE_BYTES],
  ['upstream_id', SHORT_TEXT_BYTES],
  ['key_id', SHORT_TEXT_BYTES],
  ['model', LONG_TEXT_BYTES],
  ['dialect', OWN_TEXT_BYTES],
  ['outcome', CODE_BYTES],
  ['reason', CODE_BYTES],
  ['error_code', CODE_BYTES],
  ['service_tier', TIER_BYTES],
  ['cost_state', CODE_BYTES],
  ['price_row', SHORT_TEXT_BYTES],
  ['upstream_request_id', REQUEST_ID_BYTES],
];
const TEXT_LIMITS: readonly number[] = TEXTS.map(([, bytes]) => bytes);

const NUMBER_COLUMNS: readonly Column[] = [
  'exchange',
  'ordinal',
  'started_at_ms',
  'headers_at_ms',
  'first_byte_at_ms',
  'first_output_at_ms',
  'ended_at_ms',
  'status',
  ...USAGE_COLUMNS,
  ...COST_COLUMNS,
];
const NUMBERS: number = NUMBER_COLUMNS.length;

/** The columns of a row in the order of attemptValues(). */
export const ATTEMPT_COLUMNS: readonly Column[] = [...TEXTS.map(([column]) => column), ...NUMBER_COLUMNS];

/** Writes one attempt. Writing it again makes no second row. */
export const INSERT_ATTEMPT: string = `INSERT OR REPLACE INTO attempts (${ATTEMPT_COLUMNS.join(', ')})
VALUES (${ATTEMPT_COLUMNS.map(() => '?').join(', ')})`;

/**
 * More attempts of one exchange are not recorded; its own row tells how many there were. A batch of 1,000 exchanges stays
 * within what the backlog holds.
 */
export const ATTEMPTS_LIMIT = 40;
/** Room for so many is made at first. */
const FIRST_ROWS = 16;

/** Attempts that are collected for the next batch. */
export class AttemptBuffer {
  #texts: (string | null)[] = [];
  #numbers: Float64Array = new Float64Array(0);
  #rows = 0;

  /** The attempts of one exchange. `clean` is applied to texts that clients and upstreams choose. */
  add(exchange: number, attempts: readonly LedgerAttempt[], clean: (text: string) => string | null): void {
    const count = Math.min(attempts.length, ATTEMPTS_LIMIT);
    this.#makeRoom(count);
    for (let i = 0; i < count; i++) {
      const attempt = attempts[i];
      if (attempt !== undefined) this.#lay(exchange, attempt, clean);
    }
  }

  /** What was collected, or undefined when there is nothing; the buffer is empty afterwards. */
  take(): FlatRows | undefined {
    if (this.#rows === 0) return undefined;
    const taken = {
      rows: this.#rows,
      texts: layTexts(this.#texts),
      numbers: this.#numbers.slice(0, this.#rows * NUMBERS),
    };
    this.#texts = [];
    this.#rows = 0;
    return taken;
  }

  #lay(exchange: number, attempt: LedgerAttempt, clean: (text: string) => string | null): void {
    this.#texts.push(
      attempt.cause,
      attempt.upstreamId,
      attempt.keyId,
      clean(attempt.model),
      attempt.dialect,
      attempt.end,
      attempt.reason ?? null,
      attempt.errorCode ?? null,
      attempt.usage?.extras?.serviceTier === undefined ? null : clean(attempt.usage.extras.serviceTier),
      attempt.cost?.state ?? null,
      attempt.cost?.priceRow ?? null,
      attempt.upstreamRequestId === undefined ? null : clean(attempt.upstreamRequestId),
    );
    const numbers = this.#numbers;
    const at = this.#rows++ * NUMBERS;
    numbers[at] = exchange;
    numbers[at + 1] = attempt.ordinal;
    numbers[at + 2] = attempt.startedAtMs;
    numbers[at + 3] = attempt.headersAtMs ?? UNKNOWN;
    numbers[at + 4] = attempt.firstByteAtMs ?? UNKNOWN;
    numbers[at + 5] = attempt.firstOutputAtMs ?? UNKNOWN;
    numbers[at + 6] = attempt.endedAtMs;
    numbers[at + 7] = attempt.status ?? UNKNOWN;
    layUsage(numbers, at + 8, attempt.usage);
    layCost(numbers, at + 8 + USAGE_COLUMNS.length, attempt.cost);
  }

  #makeRoom(rows: number): void {
    const needed = (this.#rows + rows) * NUMBERS;
    if (needed <= this.#numbers.length) return;
    const larger = new Float64Array(Math.max(needed, 2 * this.#numbers.length, FIRST_ROWS * NUMBERS));
    larger.set(this.#numbers);
    this.#numbers = larger;
  }
}

/** What is bound to INSERT_ATTEMPT for one row. */
export function attemptValues(attempts: FlatRows, row: number): StoreValue[] {
  return boundValues(attempts, row, TEXT_LIMITS, NUMBERS);
}
