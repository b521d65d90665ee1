// Statements that are prepared once for each open database: those of the WebAssembly build live until it is closed.

import type { StoreDriver, StoreStatement, StoreValue } from './driver.ts';

const known: WeakMap<StoreDriver, Map<string, StoreStatement>> = new WeakMap();

/** The statement of these words. Throws StoreFailure. */
export function prepared(driver: StoreDriver, sql: string): StoreStatement {
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

/** Sets a mark, whether or not it is there. */
export const SET_MARK = `INSERT INTO marks (name, value) VALUES (?, ?)
  ON CONFLICT (name) DO UPDATE SET value = excluded.value`;

/** The only number that a question answers; 0 for none. Throws StoreFailure. */
export function numberIn(driver: StoreDriver, sql: string, values: readonly StoreValue[] = []): number {
  return Number(Object.values(prepared(driver, sql).all(values)[0] ?? {})[0] ?? 0);
}
