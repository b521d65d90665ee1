// Every build of SQLite there is on this Node, and drivers that fail when they are told to.

import { openNodeDriver } from '../../src/stores/sqlite/driver.node.ts';
import {
  type OpenDriver,
  type SqliteDriver,
  SqliteFailure,
  type SqliteRow,
  type SqliteTrouble,
} from '../../src/stores/sqlite/driver.ts';
import { openWasmDriver } from '../../src/stores/sqlite/driver.wasm.ts';
import { hasNodeSqlite } from '../../src/stores/sqlite/open-driver.ts';

export const wasmBuild: OpenDriver = async (options) => openWasmDriver(options);
export const nodeBuild: OpenDriver = async (options) => openNodeDriver(options);

export const ENGINES: readonly (readonly [string, OpenDriver])[] = [
  ['the WebAssembly build', wasmBuild],
  ...(hasNodeSqlite() ? [['node:sqlite', nodeBuild] as const] : []),
];

/** Works on a database that nobody writes. */
export async function onFile<Result>(
  openDriver: OpenDriver,
  path: string,
  work: (driver: SqliteDriver) => Result,
): Promise<Result> {
  const driver = await openDriver({ path, readOnly: false });
  try {
    return work(driver);
  } finally {
    driver.close();
  }
}

/** Reads a database that nobody writes. */
export function rowsOf(openDriver: OpenDriver, path: string, sql: string): Promise<SqliteRow[]> {
  return onFile(openDriver, path, (driver) => driver.prepare(sql).all([]));
}

export interface Faulty {
  readonly openDriver: OpenDriver;
  /** While set, every transaction fails like this when it begins. */
  trouble: SqliteTrouble | undefined;
  /** While set, statements that hold these words fail instead. */
  words: string | undefined;
  /** Transactions that began. */
  transactions: number;
}

export function faultyDriver(open: OpenDriver): Faulty {
  const fail = (trouble: SqliteTrouble): never => {
    throw new SqliteFailure(trouble, `made-up ${trouble}`);
  };
  const faulty: Faulty = {
    trouble: undefined,
    words: undefined,
    transactions: 0,
    async openDriver(options) {
      const driver = await open(options);
      return {
        ...driver,
        exec(sql) {
          if (sql === 'BEGIN IMMEDIATE') {
            if (faulty.trouble !== undefined && faulty.words === undefined) fail(faulty.trouble);
            faulty.transactions++;
          }
          driver.exec(sql);
        },
        prepare(sql) {
          const statement = driver.prepare(sql);
          return {
            all: (values) => statement.all(values),
            run(values) {
              const { trouble, words } = faulty;
              if (trouble !== undefined && words !== undefined && sql.includes(words)) fail(trouble);
              return statement.run(values);
            },
          };
        },
      };
    },
  };
  return faulty;
}
