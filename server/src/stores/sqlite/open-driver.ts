// Picks the build of SQLite that this Node has and loads it; the other one is never loaded.

import { isBuiltin } from 'node:module';
import type { OpenDriver } from '../tables/driver.ts';

/** True when this Node has SQLite built in. */
export function hasNodeSqlite(): boolean {
  return isBuiltin('node:sqlite');
}

/** Opens a database with the best build that this Node has. */
export const openDriver: OpenDriver = async (options) => {
  if (hasNodeSqlite()) return (await import('./driver.node.ts')).openNodeDriver(options);
  return (await import('./driver.wasm.ts')).openWasmDriver(options);
};
