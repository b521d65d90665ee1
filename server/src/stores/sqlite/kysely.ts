// Kysely over the four-method driver, for migrations and for queries off the hot path. PostgreSQL will take the same
// queries.

import { Kysely, type SqliteDatabase, SqliteDialect } from 'kysely';
import type { SqliteDriver, SqliteValue } from './driver.ts';

const ANSWERS_ROWS = /^\s*(?:select|with|pragma|values|explain)\b|\breturning\b/i;

function bindable(value: unknown): SqliteValue {
  switch (typeof value) {
    case 'string':
    case 'number':
    case 'bigint':
      return value;
    case 'boolean':
      return Number(value);
    default:
      return value instanceof Uint8Array ? value : null;
  }
}

/** The driver in the shape that Kysely's SQLite dialect expects. The driver stays its owner's to close. */
function databaseOf(driver: SqliteDriver): SqliteDatabase {
  return {
    close: () => undefined,
    prepare(sql) {
      const statement = driver.prepare(sql);
      return {
        reader: ANSWERS_ROWS.test(sql),
        all: (parameters) => [...statement.all(parameters.map(bindable))],
        run: (parameters) => ({ changes: statement.run(parameters.map(bindable)), lastInsertRowid: 0 }),
        iterate: (parameters) => statement.all(parameters.map(bindable)).values(),
      };
    },
  };
}

/** A query builder on an open database. */
export function kyselyOn<Tables>(driver: SqliteDriver): Kysely<Tables> {
  return new Kysely<Tables>({ dialect: new SqliteDialect({ database: databaseOf(driver) }) });
}
