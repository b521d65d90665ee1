// Every database there is: the builds of SQLite on this Node, and PostgreSQL; and drivers that fail when they are told to.

import { dirname } from 'node:path';
import { afterAll } from 'vitest';
import { PostgresConnection } from '../../src/stores/postgres/connection.ts';
import { openPostgresLedger } from '../../src/stores/postgres/ledger.ts';
import { migrate } from '../../src/stores/postgres/migrations.ts';
import { postgresPlace } from '../../src/stores/postgres/place.ts';
import { PostgresRowWriter } from '../../src/stores/postgres/row-writer.ts';
import { connectionOptions, POSTGRES_TIMES } from '../../src/stores/postgres/settings.ts';
import { openForWriting } from '../../src/stores/sqlite/database.ts';
import { openNodeDriver } from '../../src/stores/sqlite/driver.node.ts';
import { openWasmDriver } from '../../src/stores/sqlite/driver.wasm.ts';
import { type LedgerOptions, openLedger } from '../../src/stores/sqlite/ledger.ts';
import { hasNodeSqlite } from '../../src/stores/sqlite/open-driver.ts';
import { RowWriter } from '../../src/stores/sqlite/row-writer.ts';
import { startInPlace } from '../../src/stores/sqlite/thread.ts';
import type { Backlog } from '../../src/stores/tables/backlog.ts';
import {
  type OpenDriver,
  type StoreDriver,
  StoreFailure,
  type StoreRow,
  type StoreTrouble,
} from '../../src/stores/tables/driver.ts';
import type { LedgerOpened } from '../../src/stores/tables/ledger.ts';
import { hasPostgres, type PostgresServer, startPostgres } from '../kit/postgres.ts';

export const wasmBuild: OpenDriver = async (options) => openWasmDriver(options);
export const nodeBuild: OpenDriver = async (options) => openNodeDriver(options);

export const ENGINES: readonly (readonly [string, OpenDriver])[] = [
  ['the WebAssembly build', wasmBuild],
  ...(hasNodeSqlite() ? [['node:sqlite', nodeBuild] as const] : []),
];

/** A database that keeps a ledger. A path stands for a database of its own also where that is no file. */
export interface TestedLedger {
  readonly name: string;
  /** Looks into the tables. */
  readonly openDriver: OpenDriver;
  open(options: Omit<LedgerOptions, 'startWriter'>): Promise<LedgerOpened>;
  /** The tables with what writes rows to them. */
  openTables(path: string): Promise<{ readonly driver: StoreDriver; write(backlog: Backlog): void }>;
}

const onSqlite = (name: string, openDriver: OpenDriver): TestedLedger => ({
  name,
  openDriver,
  open: (options) => openLedger({ ...options, startWriter: startInPlace(openDriver) }),
  openTables: async (path) => {
    const { driver, newest } = await openForWriting(path, openDriver);
    const rows = new RowWriter(driver, newest);
    return { driver, write: (backlog) => rows.write(backlog) };
  },
});

let server: Promise<PostgresServer> | undefined;
const urls = new Map<string, string>();

/** The URL of the schema that stands for a path. */
async function urlOf(path: string): Promise<string> {
  server ??= startPostgres();
  const url = urls.get(path) ?? (await server).freshUrl();
  urls.set(path, url);
  return url;
}

const openPostgres: OpenDriver = async ({ path }) => {
  const place = postgresPlace(await urlOf(path));
  if ('problem' in place) throw new Error(place.problem);
  const connection = new PostgresConnection(
    connectionOptions({ ...place, times: POSTGRES_TIMES }, 20_000),
    20_000,
  );
  const driver = await connection.connect();
  return { ...driver, close: () => connection.close() };
};

const onPostgres: TestedLedger = {
  name: 'PostgreSQL',
  openDriver: openPostgres,
  open: async ({ path, ...options }) =>
    openPostgresLedger({ ...options, url: await urlOf(path), dataFolder: dirname(path) }),
  openTables: async (path) => {
    const driver = await openPostgres({ path, readOnly: false });
    const place = postgresPlace(await urlOf(path));
    if (!('problem' in place)) migrate(driver, place.schema);
    const rows = new PostgresRowWriter(driver);
    return { driver, write: (backlog) => rows.write(backlog.batches, 'tested') };
  },
};

afterAll(async () => (await server)?.stop());

/** Every database that keeps a ledger. */
export const LEDGERS: readonly (readonly [string, TestedLedger])[] = [
  ...ENGINES.map(([name, openDriver]) => [name, onSqlite(name, openDriver)] as const),
  ...(hasPostgres() ? [['PostgreSQL', onPostgres] as const] : []),
];

/** Works on a database that nobody writes. */
export async function onFile<Result>(
  openDriver: OpenDriver,
  path: string,
  work: (driver: StoreDriver) => Result,
): Promise<Result> {
  const driver = await openDriver({ path, readOnly: false });
  try {
    return work(driver);
  } finally {
    driver.close();
  }
}

/** Reads a database that nobody writes. */
export function rowsOf(openDriver: OpenDriver, path: string, sql: string): Promise<StoreRow[]> {
  return onFile(openDriver, path, (driver) => driver.prepare(sql).all([]));
}

export interface Faulty {
  readonly openDriver: OpenDriver;
  /** While set, every transaction fails like this when it begins. */
  trouble: StoreTrouble | undefined;
  /** While set, statements that hold these words fail instead. */
  words: string | undefined;
  /** Transactions that began. */
  transactions: number;
}

export function faultyDriver(open: OpenDriver): Faulty {
  const fail = (trouble: StoreTrouble): never => {
    throw new StoreFailure(trouble, `made-up ${trouble}`);
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
