// Many rows in one statement for PostgreSQL, where each statement is a journey: they cross as one JSON text, which the
// database takes apart by the types of the table's columns.

import type { StoreValue } from './driver.ts';

/** Texts as PostgreSQL takes them: no NUL, no half of a character. */
export function storable(text: string): string {
  return text.replace(/[\p{Surrogate}\0]/gu, '\uFFFD');
}

/** Rows as the JSON of `json_populate_recordset(NULL::table, ?::json)`. */
export function jsonRows(columns: readonly string[], rows: readonly (readonly StoreValue[])[]): string {
  return JSON.stringify(
    rows.map((row) => Object.fromEntries(columns.map((column, at) => [column, jsonValue(row[at] ?? null)]))),
  );
}

function jsonValue(value: StoreValue): string | number | null {
  if (typeof value === 'string') return storable(value);
  if (value instanceof Uint8Array) return `\\x${Buffer.from(value).toString('hex')}`;
  return typeof value === 'bigint' ? value.toString() : value;
}

/** "INSERT INTO table …" of such rows; what follows ("ON CONFLICT …") is the caller's. */
export function insertMany(table: string, columns: readonly string[]): string {
  const list = columns.map((column) => `"${column}"`).join(', ');
  return `INSERT INTO ${table} (${list}) SELECT ${list} FROM json_populate_recordset(NULL::${table}, ?::json)`;
}

/** "DO UPDATE SET" that puts a new row in the place of the old one, but for its key. */
export function replacing(columns: readonly string[], key: readonly string[]): string {
  const others = columns.filter((column) => !key.includes(column));
  return `DO UPDATE SET ${others.map((column) => `"${column}" = excluded."${column}"`).join(', ')}`;
}
