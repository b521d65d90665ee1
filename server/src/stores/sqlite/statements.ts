// Statements that are prepared once for each open database: those of the WebAssembly build live until it is closed.

import type { SqliteDriver, SqliteStatement, SqliteValue } from './driver.ts';

const known: WeakMap<SqliteDriver, Map<string, SqliteStatement>> = new WeakMap();

/** The statement of these words. Throws SqliteFailure. */
export function prepared(driver: SqliteDriver, sql: string): SqliteStatement {
  let statements = known.get(driver);
  if (statements === undefined) {
    statements = new Map();
    known.set(driver, statements);
  }
  let statement = statements.get(sql);
  if (statement === undefined) {
    statement = driver.prepare(sql);
    statements.set(sql, statement);
  }
  return statement;
}

/** The only number that a question answers; 0 for none. Throws SqliteFailure. */
export function numberIn(driver: SqliteDriver, sql: string, values: readonly SqliteValue[] = []): number {
  return Number(Object.values(prepared(driver, sql).all(values)[0] ?? {})[0] ?? 0);
}
