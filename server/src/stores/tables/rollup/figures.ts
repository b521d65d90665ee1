// The figures that are summed up, and what one exchange adds to them.

import type { Dimension } from '../../../exchange/ledger-queries.ts';
import type { StoreValue } from '../driver.ts';
import { type ExchangeRow, VALUE_COLUMNS } from '../schema.ts';
import { addTo, type Bins, binOf } from './histogram.ts';

/** Columns of the tables of roll-ups, in the order of Sums.figures. */
export const FIGURES = [
  'requests',
  'errors',
  'gone',
  'attempts',
  'input_uncached',
  'cache_read',
  'cache_write',
  'input_audio',
  'output_text',
  'output_reasoning',
  'output_audio',
  'cost',
  'estimated',
  'unpriced',
  'cache_hits',
  'saved',
  'bytes_in',
  'bytes_out',
  'duration_ms',
  'ttft_count',
  'ttft_ms',
] as const;

/** Sums over exchanges. */
export interface Sums {
  /** In the order of FIGURES. */
  readonly figures: Float64Array;
  readonly durations: Bins;
  readonly ttfts: Bins;
}

/** Nothing summed up yet. */
export function noSums(): Sums {
  return { figures: new Float64Array(FIGURES.length), durations: new Map(), ttfts: new Map() };
}

const at = (column: keyof ExchangeRow): number => VALUE_COLUMNS.indexOf(column);

/** Where the values stand in a row in the order of VALUE_COLUMNS. */
const AT = {
  number: at('number'),
  received: at('received_at_ms'),
  served: at('model_served'),
  asked: at('model_asked'),
  upstream: at('upstream_id'),
  key: at('key_id'),
  client: at('client_id'),
  route: at('route'),
  firstOutput: at('first_output_at_ms'),
  ended: at('ended_at_ms'),
  attempts: at('attempts'),
  status: at('status'),
  aborted: at('aborted'),
  errorCode: at('error_code'),
  bytesIn: at('bytes_in'),
  bytesOut: at('bytes_out'),
  costState: at('cost_state'),
  cost: at('cost_nano_usd'),
  cache: at('cache'),
  saved: at('saved_nano_usd'),
  uncached: at('input_uncached'),
  cacheRead: at('input_cache_read'),
  write5m: at('input_cache_write_5m'),
  write1h: at('input_cache_write_1h'),
  writeOther: at('input_cache_write_other'),
  inputAudio: at('input_audio'),
  outputText: at('output_text'),
  reasoning: at('output_reasoning'),
  outputAudio: at('output_audio'),
} as const;

/** A row of exchanges that is done, in the order of VALUE_COLUMNS. */
export type RowValues = readonly StoreValue[];

/** The number of a row. */
export function numberOf(row: RowValues): number {
  return Number(row[AT.number]);
}

/** When it was received, in epoch milliseconds. */
export function receivedAt(row: RowValues): number {
  return Number(row[AT.received]);
}

/** True when a model answered, so that its name is not only what a client wrote. */
export function wasServed(row: RowValues): boolean {
  return row[AT.served] !== null;
}

/** Its names in the order of DIMENSIONS; '' where it has none. */
export function namesOf(row: RowValues): string[] {
  const [model, upstream, key, client, route] = [
    row[AT.served] ?? row[AT.asked],
    row[AT.upstream],
    row[AT.key],
    row[AT.client],
    row[AT.route],
  ];
  return [model, upstream, key, client, route].map((name) => String(name ?? ''));
}

/** The SQL that names a dimension in the table of exchanges. */
export const DIMENSION_SQL: Readonly<Record<Dimension, string>> = {
  model: 'coalesce(model_served, model_asked)',
  upstream: 'upstream_id',
  key: 'key_id',
  client: 'client_id',
  route: 'route',
};

/** Adds what one exchange adds. */
export function addRow(sums: Sums, row: RowValues): void {
  const n = (place: number): number => Number(row[place] ?? 0);
  const left = n(AT.aborted) === 1;
  const failed = !left && (row[AT.errorCode] !== null || n(AT.status) >= 400);
  const durationMs = Math.max(0, n(AT.ended) - n(AT.received));
  const answered = row[AT.firstOutput] !== null;
  const ttftMs = answered ? Math.max(0, n(AT.firstOutput) - n(AT.received)) : 0;
  const state = row[AT.costState];
  const cache = row[AT.cache];
  const added = [
    1,
    failed ? 1 : 0,
    left ? 1 : 0,
    n(AT.attempts),
    n(AT.uncached),
    n(AT.cacheRead),
    n(AT.write5m) + n(AT.write1h) + n(AT.writeOther),
    n(AT.inputAudio),
    n(AT.outputText),
    n(AT.reasoning),
    n(AT.outputAudio),
    n(AT.cost),
    state === 'estimated' ? n(AT.cost) : 0,
    state === 'unpriced' ? 1 : 0,
    cache === 'hit' || cache === 'stale' ? 1 : 0,
    n(AT.saved),
    n(AT.bytesIn),
    n(AT.bytesOut),
    durationMs,
    answered ? 1 : 0,
    ttftMs,
  ];
  for (let i = 0; i < added.length; i++) sums.figures[i] = (sums.figures[i] ?? 0) + (added[i] ?? 0);
  addTo(sums.durations, binOf(durationMs), 1);
  if (answered) addTo(sums.ttfts, binOf(ttftMs), 1);
}

/** Adds other sums. */
export function addSums(sums: Sums, more: Sums): void {
  for (let i = 0; i < FIGURES.length; i++) sums.figures[i] = (sums.figures[i] ?? 0) + (more.figures[i] ?? 0);
  for (const [bin, count] of more.durations) addTo(sums.durations, bin, count);
  for (const [bin, count] of more.ttfts) addTo(sums.ttfts, bin, count);
}
