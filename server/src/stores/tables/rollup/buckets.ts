// The tables of roll-ups: sums are read, and written back with what was added.

import type { StoreDriver, StoreRow, StoreValue } from '../driver.ts';
import { insertMany, jsonRows, replacing } from '../many-rows.ts';
import { FIGURES } from './figures.ts';
import { DIMENSIONS, type Grain } from './grains.ts';

/** The key of a row: when, by which set of dimensions, and the number of the name in each. */
const PLACE: readonly string[] = ['at', 'mask', ...DIMENSIONS];
const SUMS: readonly string[] = [...FIGURES, 'durations', 'ttfts'];
const COLUMNS: readonly string[] = [...PLACE, ...SUMS];

/** Rows of one size of buckets, to be used in one transaction that alone writes. Both throw StoreFailure. */
export interface Buckets {
  /** The rows that are there of these places, by their places as text. */
  find(places: readonly (readonly number[])[]): ReadonlyMap<string, StoreRow>;
  /** Writes rows, each a place followed by its sums and bins. */
  put(rows: readonly (readonly StoreValue[])[]): void;
}

/** How a place stands in the answer of find(). */
export function placeText(place: readonly number[]): string {
  return place.join();
}

/** The table of a grain. */
export function bucketsOf(driver: StoreDriver, { table }: Grain): Buckets {
  return driver.engine === 'postgres' ? manyAtOnce(driver, table) : oneByOne(driver, table);
}

function oneByOne(driver: StoreDriver, table: string): Buckets {
  const select = driver.prepare(
    `SELECT ${SUMS.join(', ')} FROM ${table} WHERE ${PLACE.map((column) => `${column} = ?`).join(' AND ')}`,
  );
  const insert = driver.prepare(
    `INSERT OR REPLACE INTO ${table} (${COLUMNS.join(', ')}) VALUES (${COLUMNS.map(() => '?').join(', ')})`,
  );
  return {
    find(places) {
      const found = new Map<string, StoreRow>();
      for (const place of places) {
        const row = select.all(place)[0];
        if (row !== undefined) found.set(placeText(place), row);
      }
      return found;
    },
    put(rows) {
      for (const row of rows) insert.run(row);
    },
  };
}

function manyAtOnce(driver: StoreDriver, table: string): Buckets {
  const select = driver.prepare(
    `SELECT ${COLUMNS.map((column) => `stored.${column}`).join(', ')} FROM ${table} AS stored
      JOIN json_populate_recordset(NULL::${table}, ?::json) AS wanted USING (${PLACE.join(', ')})`,
  );
  const insert = driver.prepare(
    `${insertMany(table, COLUMNS)} ON CONFLICT (${PLACE.join(', ')}) ${replacing(COLUMNS, PLACE)}`,
  );
  return {
    find(places) {
      const rows = places.length === 0 ? [] : select.all([jsonRows(PLACE, places)]);
      return new Map(rows.map((row) => [placeText(PLACE.map((column) => Number(row[column]))), row]));
    },
    put(rows) {
      if (rows.length > 0) insert.run([jsonRows(COLUMNS, rows)]);
    },
  };
}
