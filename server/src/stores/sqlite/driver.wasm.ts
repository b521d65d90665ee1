// The driver over node-sqlite3-wasm, for Node 20. That build locks by making a folder `<file>.lock`, has no shared
// memory, and never rolls back a journal left by a crash (its lock folder makes SQLite take its own lock for another
// writer's). So it is only used with WAL, which needs no rollback, in exclusive mode, which needs no shared memory.

import wasm from 'node-sqlite3-wasm';
import type { DriverOptions, StoreDriver, StoreRow, StoreTrouble, StoreValue } from '../tables/driver.ts';
import { StoreFailure } from '../tables/driver.ts';
import { SQLITE_WORDS } from '../tables/wording.ts';

/** This build reports words only. https://www.sqlite.org/rescode.html has them all. */
const TROUBLES: readonly (readonly [RegExp, StoreTrouble])[] = [
  [/malformed|not a database|corrupt/i, 'corrupt'],
  [/is full/i, 'full'],
  [/readonly|read-only/i, 'readonly'],
  [/is locked|busy/i, 'locked'],
  [/I\/O error/i, 'io'],
  [/could not open|unable to open/i, 'open'],
];

function guard<T>(action: () => T): T {
  try {
    return action();
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const found = TROUBLES.find(([words]) => words.test(message));
    throw new StoreFailure(found?.[1] ?? 'other', message);
  }
}

function plain(row: Record<string, unknown>): StoreRow {
  return row as StoreRow;
}

/** Opens a database with the WebAssembly build. */
export function openWasmDriver(options: DriverOptions): StoreDriver {
  const database = guard(() => new wasm.Database(options.path, { readOnly: options.readOnly }));
  const prepared: { finalize(): void }[] = [];
  try {
    guard(() => database.exec('PRAGMA locking_mode = EXCLUSIVE'));
  } catch (error) {
    database.close();
    throw error;
  }
  return {
    engine: 'wasm',
    words: SQLITE_WORDS,
    exec: (sql) => guard(() => database.exec(sql)),
    prepare(sql) {
      const statement = guard(() => database.prepare(sql));
      prepared.push(statement);
      return {
        run: (values: readonly StoreValue[]) => guard(() => statement.run([...values]).changes),
        all: (values: readonly StoreValue[]) => guard(() => statement.all([...values]).map(plain)),
      };
    },
    close() {
      // Unfinished statements keep the file locked after close().
      for (const statement of prepared) statement.finalize();
      guard(() => database.close());
    },
  };
}
