// Sums of a period, from roll-ups, or from the rows themselves where they are few: then to the millisecond.

import type { Dimension, Period, Selected } from '../../../exchange/ledger-queries.ts';
import { aheadIn, NUMBER_SLACK_MS } from '../ahead.ts';
import type { StoreRow, StoreValue } from '../driver.ts';
import { addRow, DIMENSION_SQL, FIGURES, namesOf, noSums, numberOf, receivedAt } from '../rollup/figures.ts';
import { crossed, DIMENSIONS, maskFor } from '../rollup/grains.ts';
import { BINS, decodeBins } from '../rollup/histogram.ts';
import { ANY, NAMELESS, OTHERS } from '../rollup/names.ts';
import { NUMBERS_PER_MS, VALUE_COLUMNS } from '../schema.ts';
import { numberIn, prepared } from '../statements.ts';
import type { Wording } from '../wording.ts';
import { cover, type Piece, type Reach, reachOf } from './period.ts';
import type { Source, Steps } from './questions.ts';

/** Rows of a period are read themselves up to so many. */
const FEW_ROWS = 5_000;
const ROWS_AT_A_TIME = 1_000;
/** Rows of a bucket are looked up one by one up to so many. */
const FEW_PLACES = 1_000;
/** Buckets read by one statement. */
const BUCKETS_AT_A_TIME = 720;

/** Sums with room for every bin. */
export interface Collected {
  readonly figures: Float64Array;
  readonly durations: Float64Array;
  readonly ttfts: Float64Array;
}

/** Nothing collected yet. */
export function nothing(): Collected {
  return {
    figures: new Float64Array(FIGURES.length),
    durations: new Float64Array(BINS),
    ttfts: new Float64Array(BINS),
  };
}

/** Adds one to another. */
export function addCollected(to: Collected, more: Collected): void {
  for (const part of ['figures', 'durations', 'ttfts'] as const)
    for (let i = 0; i < to[part].length; i++) to[part][i] = (to[part][i] ?? 0) + (more[part][i] ?? 0);
}

/** Requests in a collection. */
export function requestsOf({ figures }: Collected): number {
  return figures[0] ?? 0;
}

/** What is collected, and by what it is told apart. */
export interface Wanted {
  readonly period: Period;
  readonly only: Selected;
  readonly by: Dimension | undefined;
  /** Infinity: all in one. */
  readonly bucketMs: number;
}

/** Sums of one name in one bucket. Name undefined: those without a number of their own. */
export interface Found {
  readonly slot: number;
  readonly name: string | undefined;
  readonly sums: Collected;
}

/** Everything that was found, by slot and name. */
class Finds {
  readonly #found: Map<string, Found> = new Map();

  at(slot: number, name: string | undefined): Collected {
    const key = `${slot} ${name === undefined ? '-' : `+${name}`}`;
    let found = this.#found.get(key);
    if (found === undefined) {
      found = { slot, name, sums: nothing() };
      this.#found.set(key, found);
    }
    return found.sums;
  }

  all(): Found[] {
    return [...this.#found.values()];
  }
}

/** The dimensions that a question needs, as a set. */
export function neededBy(only: Selected, by: Dimension | undefined): number {
  return DIMENSIONS.reduce(
    (mask, name, at) => (only[name] !== undefined || by === name ? mask | (1 << at) : mask),
    0,
  );
}

/** True when the period has so few rows that they are read themselves. Throws StoreFailure. */
export function readsRows(source: Source, period: Period): boolean {
  const { driver, nowMs } = source;
  const rowsFromMs = numberIn(driver, `SELECT value FROM marks WHERE name = 'rows_from'`) / NUMBERS_PER_MS;
  if (period.fromMs < rowsFromMs || aheadIn(driver, period) > 0) return false;
  let count = 0;
  for (const piece of cover(period, reachOf(source, 0), nowMs)) {
    count += numberIn(
      driver,
      `SELECT sum(requests) FROM ${piece.grain.table} WHERE mask = 0 AND ${driver.words.isOneOfNumbers('at')}`,
      [listOf(piece.first, piece.until)],
    );
  }
  return count <= FEW_ROWS;
}

function listOf(first: number, until: number): string {
  return JSON.stringify(Array.from({ length: until - first }, (_, at) => first + at));
}

/** Sums from the rows; undefined when they are too many after all. Throws StoreFailure. */
export function* fromRows(source: Source, wanted: Wanted): Steps<Found[] | undefined> {
  const { fromMs, toMs } = wanted.period;
  const finds = new Finds();
  const place = wanted.by === undefined ? -1 : DIMENSIONS.indexOf(wanted.by);
  const filter = filterOf(source.driver.words, wanted.only);
  const statement = prepared(
    source.driver,
    `SELECT ${VALUE_COLUMNS.join(', ')} FROM exchanges WHERE number > ? AND number < ? AND state = 'done'
      AND received_at_ms >= ? AND received_at_ms < ? ${filter.sql} ORDER BY number LIMIT ${ROWS_AT_A_TIME}`,
  );
  let after = fromMs * NUMBERS_PER_MS - 1;
  const before = (Math.min(toMs, source.nowMs + NUMBER_SLACK_MS) + NUMBER_SLACK_MS) * NUMBERS_PER_MS;
  for (let read = 0; read <= 2 * FEW_ROWS; read += ROWS_AT_A_TIME) {
    const rows = statement.all([after, before, fromMs, toMs, ...filter.values]);
    for (const row of rows) {
      const values = Object.values(row);
      after = numberOf(values);
      const slot = slotOf(receivedAt(values), wanted.bucketMs);
      const name = place < 0 ? '' : namesOf(values)[place];
      const sums = noSums();
      addRow(sums, values);
      const found = finds.at(slot, name);
      for (let i = 0; i < FIGURES.length; i++)
        found.figures[i] = (found.figures[i] ?? 0) + (sums.figures[i] ?? 0);
      for (const [bin, count] of sums.durations) found.durations[bin] = (found.durations[bin] ?? 0) + count;
      for (const [bin, count] of sums.ttfts) found.ttfts[bin] = (found.ttfts[bin] ?? 0) + count;
    }
    if (rows.length < ROWS_AT_A_TIME) return finds.all();
    yield;
  }
  return undefined;
}

function slotOf(ms: number, bucketMs: number): number {
  return bucketMs === Number.POSITIVE_INFINITY ? 0 : Math.floor(ms / bucketMs);
}

/** Conditions of a selection on the table of exchanges. */
export function filterOf(
  words: Wording,
  only: Selected,
): { readonly sql: string; readonly values: readonly StoreValue[] } {
  let sql = '';
  const values: StoreValue[] = [];
  for (const name of DIMENSIONS) {
    const names = only[name];
    if (names === undefined) continue;
    sql += ` AND ${words.isOneOfTexts(`coalesce(${DIMENSION_SQL[name]}, '')`)}`;
    values.push(JSON.stringify(names));
  }
  return { sql, values };
}

/** Sums from roll-ups. `bucketMs` of the question must be a multiple of what they are kept by. Throws StoreFailure. */
export function* fromRollUps(source: Source, wanted: Wanted, reach?: Reach): Steps<Found[]> {
  const needed = neededBy(wanted.only, wanted.by);
  const largest = wanted.bucketMs === Number.POSITIVE_INFINITY ? undefined : wanted.bucketMs;
  const pieces = cover(wanted.period, reach ?? reachOf(source, needed), source.nowMs, largest);
  const finds = new Finds();
  const names = namesIn(source);
  for (const piece of pieces) {
    const mask = maskFor(needed, piece.grain);
    if (crossed(mask) && piece.grain.crossedMs === 0) continue;
    for (let first = piece.first; first < piece.until; first += BUCKETS_AT_A_TIME) {
      const until = Math.min(piece.until, first + BUCKETS_AT_A_TIME);
      for (const row of rowsOf(source, wanted, mask, { ...piece, first, until })) {
        const id = Number(row['name']);
        const name = wanted.by === undefined || id === NAMELESS ? '' : names.get(id);
        addStored(finds.at(Number(row['slot']), id === OTHERS ? undefined : name), row);
      }
      yield;
    }
  }
  return finds.all();
}

function rowsOf(
  { driver }: Source,
  { only, by, bucketMs }: Wanted,
  mask: number,
  { grain, first, until }: Piece,
): readonly StoreRow[] {
  let filter = '';
  const values: StoreValue[] = [listOf(first, until), mask];
  for (const [name, ids] of idsToRead(driver, only, mask)) {
    filter += ` AND ${driver.words.isOneOfNumbers(name)}`;
    values.push(JSON.stringify(ids));
  }
  const slot = bucketMs === Number.POSITIVE_INFINITY ? '0' : `at * ${grain.ms} / ${bucketMs}`;
  return prepared(
    driver,
    `SELECT ${slot} AS slot, ${by ?? '0'} AS name, ${FIGURES.map((figure) => `sum(${figure}) AS ${figure}`).join(', ')},
        ${driver.words.hexOf('durations')} AS durations, ${driver.words.hexOf('ttfts')} AS ttfts
      FROM ${grain.table} WHERE ${driver.words.isOneOfNumbers('at')} AND mask = ? ${filter} GROUP BY 1, 2`,
  ).all(values);
}

/**
 * The numbers that rows must have by dimension. Those of a dimension that is not chosen from are told as well, all of them,
 * where that makes few enough: then SQLite goes straight to each row instead of reading all of a bucket.
 */
function idsToRead(
  driver: Source['driver'],
  only: Selected,
  mask: number,
): readonly (readonly [Dimension, readonly number[]])[] {
  const chosen: [Dimension, readonly number[]][] = [];
  const all: [Dimension, readonly number[]][] = [];
  for (const [at, name] of DIMENSIONS.entries()) {
    const names = only[name];
    const others = (mask >> at) & 1 ? allIdsOf(driver, name) : [ANY];
    const ids = names === undefined ? others : idsOf(driver, name, names);
    all.push([name, ids]);
    if (names !== undefined) chosen.push([name, ids]);
  }
  const places = all.reduce((product, [, ids]) => product * ids.length, 1);
  return chosen.length > 0 && places <= FEW_PLACES ? all : chosen;
}

function allIdsOf(driver: Source['driver'], dimension: Dimension): number[] {
  const rows = prepared(driver, 'SELECT id FROM rollup_names WHERE dimension = ?').all([
    DIMENSIONS.indexOf(dimension),
  ]);
  return [NAMELESS, OTHERS, ...rows.map(({ id }) => Number(id))];
}

/** The numbers of names; names that no exchange had are left out. */
function idsOf(driver: Source['driver'], dimension: Dimension, names: readonly string[]): number[] {
  const ids = prepared(
    driver,
    `SELECT id FROM rollup_names WHERE dimension = ? AND ${driver.words.isOneOfTexts('name')}`,
  )
    .all([DIMENSIONS.indexOf(dimension), JSON.stringify(names)])
    .map(({ id }) => Number(id));
  return names.includes('') ? [NAMELESS, ...ids] : ids;
}

function namesIn({ driver }: Source): Map<number, string> {
  const rows = prepared(driver, 'SELECT id, name FROM rollup_names').all([]);
  return new Map(rows.map(({ id, name }) => [Number(id), String(name)]));
}

function addStored(to: Collected, row: StoreRow): void {
  FIGURES.forEach((name, at) => {
    to.figures[at] = (to.figures[at] ?? 0) + Number(row[name]);
  });
  for (const part of ['durations', 'ttfts'] as const) {
    const bins = to[part];
    decodeBins(Buffer.from(String(row[part] ?? ''), 'hex'), (bin, count) => {
      bins[bin] = (bins[bin] ?? 0) + count;
    });
  }
}
