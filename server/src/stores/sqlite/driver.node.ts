// The driver over node:sqlite (Node 22.13 and later): native speed, WAL with shared memory, locks that the kernel frees.

import { createRequire } from 'node:module';
import type { DriverOptions, StoreDriver, StoreRow, StoreTrouble, StoreValue } from '../tables/driver.ts';
import { StoreFailure } from '../tables/driver.ts';
import { SQLITE_WORDS } from '../tables/wording.ts';

// The declarations of the oldest Node we build against have no node:sqlite: this is the part that is used here.
interface Statement {
  run(...values: StoreValue[]): { changes: number | bigint };
  all(...values: StoreValue[]): StoreRow[];
}
interface Database {
  exec(sql: string): void;
  prepare(sql: string): Statement;
  close(): void;
}
interface NodeSqlite {
  readonly DatabaseSync: new (path: string, options: { readOnly: boolean }) => Database;
}

/** Primary result codes, https://www.sqlite.org/rescode.html */
const TROUBLES: ReadonlyMap<number, StoreTrouble> = new Map([
  [5, 'locked'],
  [6, 'locked'],
  [8, 'readonly'],
  [10, 'io'],
  [11, 'corrupt'],
  [13, 'full'],
  [14, 'open'],
  [26, 'corrupt'],
]);

function failure(error: unknown): StoreFailure {
  const message = error instanceof Error ? error.message : String(error);
  const code = error instanceof Error && 'errcode' in error ? Number(error.errcode) : 0;
  // The low byte of an extended code is the primary one.
  return new StoreFailure(TROUBLES.get(code & 0xff) ?? 'other', message);
}

function guard<T>(action: () => T): T {
  try {
    return action();
  } catch (error) {
    throw failure(error);
  }
}

/** Loads node:sqlite without the warning that Node 22 prints about its stability. */
function load(): NodeSqlite {
  const require = createRequire(import.meta.url);
  const emit = process.emitWarning;
  process.emitWarning = () => undefined;
  try {
    return require('node:sqlite') as NodeSqlite;
  } finally {
    process.emitWarning = emit;
  }
}

/** Opens a database with node:sqlite. */
export function openNodeDriver(options: DriverOptions): StoreDriver {
  const { DatabaseSync } = load();
  const database = guard(() => new DatabaseSync(options.path, { readOnly: options.readOnly }));
  return {
    engine: 'node',
    words: SQLITE_WORDS,
    exec: (sql) => guard(() => database.exec(sql)),
    prepare(sql) {
      const statement = guard(() => database.prepare(sql));
      return {
        run: (values) => guard(() => Number(statement.run(...values).changes)),
        all: (values) => guard(() => statement.all(...values)),
      };
    },
    close: () => guard(() => database.close()),
  };
}
