// How exchanges cross from the main thread to the writer: as flat rows in the order of schema.ts. They are laid down when
// an exchange ends, so that nothing else of it is kept alive.

import { Buffer } from 'node:buffer';
import type { LedgerClosing, LedgerOpening } from '../../exchange/ports.ts';
import { AttemptBuffer } from './attempts.ts';
import type { StoreValue } from './driver.ts';
import { boundValues, cut, layCost, layTexts, layUsage, UNKNOWN, USAGE_COLUMNS } from './flat-rows.ts';
import type { Batch } from './messages.ts';
import { FLEXIBLE_COLUMNS, NUMBER_COLUMNS, ROW_TEXTS_BYTES, TEXT_COLUMNS, TEXT_LIMITS } from './schema.ts';

const NUMBERS: number = NUMBER_COLUMNS.length;
/** Where `ended_at_ms` stands: the mark of a row that is complete. */
const ENDED: number = NUMBER_COLUMNS.indexOf('ended_at_ms');

/** The texts of a row that its exchange does not have before it ends. */
const NO_TEXTS: readonly null[] = TEXT_COLUMNS.slice(TEXT_COLUMNS.indexOf('dialect_out')).map(() => null);
/** Where the texts stand that take what the others leave. */
const FLEXIBLE: readonly number[] = FLEXIBLE_COLUMNS.map((column) => TEXT_COLUMNS.indexOf(column));

type Redact = (text: string) => string;

/** Rows that are collected for the next batch. */
export class RowBuffer {
  readonly #redact: Redact | undefined;
  readonly #capacity: number;
  readonly #numbers: Float64Array;
  readonly #attempts: AttemptBuffer = new AttemptBuffer();
  #texts: (string | null)[] = [];
  #rows = 0;

  /** `redact` is applied to texts that clients and upstreams choose. */
  constructor(capacity: number, redact: Redact | undefined) {
    this.#capacity = capacity;
    this.#redact = redact;
    this.#numbers = new Float64Array(capacity * NUMBERS);
  }

  get rows(): number {
    return this.#rows;
  }

  get full(): boolean {
    return this.#rows >= this.#capacity;
  }

  /** The row of an exchange that runs. The buffer must not be full. */
  addOpen(number: number, opening: LedgerOpening): void {
    this.#addOpening(number, opening);
    this.#texts.push(...NO_TEXTS);
    const at = this.#rows++ * NUMBERS;
    this.#numbers.fill(UNKNOWN, at + 2, at + NUMBERS);
  }

  /** The row of an exchange that has ended. The buffer must not be full. */
  addDone(number: number, opening: LedgerOpening, closing: LedgerClosing): void {
    this.#addOpening(number, opening);
    this.#texts.push(
      closing.dialectOut ?? null,
      this.#clean(closing.modelAsked),
      this.#clean(closing.modelServed),
      closing.upstreamId ?? null,
      closing.keyId ?? null,
      closing.errorCode ?? null,
      // Some are named after what a client wrote.
      this.#clean(closing.losses),
      closing.policy ?? null,
      this.#clean(closing.usage?.extras?.serviceTier),
      closing.cost?.state ?? null,
      closing.cost?.priceRow ?? null,
      closing.cache ?? null,
      this.#clean(closing.upstreamRequestId),
      this.#clean(closing.promptCache),
      this.#clean(closing.errorMessage),
    );
    const numbers = this.#numbers;
    let at = this.#rows++ * NUMBERS + 2;
    numbers[at++] = closing.headersAtMs ?? UNKNOWN;
    numbers[at++] = closing.firstByteAtMs ?? UNKNOWN;
    numbers[at++] = closing.firstOutputAtMs ?? UNKNOWN;
    numbers[at++] = closing.endedAtMs;
    numbers[at++] = closing.attempts;
    numbers[at++] = closing.status;
    numbers[at++] = closing.bytesIn;
    numbers[at++] = closing.bytesOut;
    numbers[at++] = closing.streamed ? 1 : 0;
    numbers[at++] = closing.aborted ? 1 : 0;
    numbers[at++] = closing.usage === undefined ? UNKNOWN : Number(closing.usageEstimated === true);
    numbers[at++] = closing.savedNanoUsd ?? UNKNOWN;
    layUsage(numbers, at, closing.usage);
    layCost(numbers, at + USAGE_COLUMNS.length, closing.cost);
    if (closing.tries !== undefined) this.#attempts.add(number, closing.tries, (text) => this.#clean(text));
  }

  /** The collected rows as a batch; the buffer is empty afterwards. */
  take(number: number): Batch {
    const rows = this.#rows;
    const batch = {
      number,
      rows,
      texts: layTexts(this.#texts),
      numbers: this.#numbers.slice(0, rows * NUMBERS),
      attempts: this.#attempts.take(),
    };
    this.#texts = [];
    this.#rows = 0;
    return batch;
  }

  /** Everything that the two kinds of rows have in common. */
  #addOpening(number: number, opening: LedgerOpening): void {
    this.#texts.push(
      opening.id,
      opening.route,
      opening.use,
      opening.clientId ?? null,
      this.#clean(opening.conversationId),
      this.#clean(opening.agentId),
      opening.dialectIn ?? null,
      this.#clean(opening.clientRequestId),
    );
    const at = this.#rows * NUMBERS;
    this.#numbers[at] = number;
    this.#numbers[at + 1] = opening.receivedAtMs;
  }

  #clean(text: string | undefined): string | null {
    if (text === undefined) return null;
    return this.#redact === undefined ? text : this.#redact(text);
  }
}

/** Number of the exchange of a row. */
export function numberOf(batch: Batch, row: number): number {
  return batch.numbers[row * NUMBERS] ?? UNKNOWN;
}

/** True when a row of a batch is complete, false when its exchange runs. */
export function isDone(batch: Batch, row: number): boolean {
  return !Number.isNaN(batch.numbers[row * NUMBERS + ENDED] ?? UNKNOWN);
}

/** What is bound to the statements of schema.ts for one row of a batch. */
export function rowValues(batch: Batch, row: number): StoreValue[] {
  const values = boundValues(batch, row, TEXT_LIMITS, NUMBERS);
  if (FLEXIBLE.some((at) => values[at] !== null)) fit(values);
  return values;
}

/** Cuts the flexible texts to what the others leave. */
function fit(values: StoreValue[]): void {
  const bytesAt = (at: number): number => {
    const text = values[at];
    return typeof text === 'string' ? Buffer.byteLength(text) : 0;
  };
  let left = ROW_TEXTS_BYTES;
  for (let at = 0; at < TEXT_LIMITS.length; at++) if (!FLEXIBLE.includes(at)) left -= bytesAt(at);
  for (const at of FLEXIBLE) {
    const text = values[at];
    if (typeof text !== 'string') continue;
    values[at] = cut(text, Math.max(0, left));
    left -= bytesAt(at);
  }
}
