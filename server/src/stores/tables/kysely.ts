// Kysely over the four-method driver, for migrations and for queries off the hot path.

import {
  type CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type QueryResult,
  type SqliteDatabase,
  SqliteDialect,
} from 'kysely';
import type { StoreDriver, StoreValue } from './driver.ts';

const ANSWERS_ROWS = /^\s*(?:select|with|pragma|values|explain)\b|\breturning\b/i;

function bindable(value: unknown): StoreValue {
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
function databaseOf(driver: StoreDriver): SqliteDatabase {
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

/** The driver in the shape that Kysely's PostgreSQL dialect expects, as far as queries need it. */
function postgresOn(driver: StoreDriver): Dialect {
  const connection: DatabaseConnection = {
    executeQuery<Row>({ sql, parameters }: CompiledQuery): Promise<QueryResult<Row>> {
      // Rows of the query that the caller has built and typed.
      return Promise.resolve({ rows: driver.prepare(sql).all(parameters.map(bindable)) as unknown as Row[] });
    },
    streamQuery() {
      throw new Error('Queries of the ledger are answered whole.');
    },
  };
  const nothing = (): Promise<void> => Promise.resolve();
  const run = (sql: string) => (): Promise<void> => Promise.resolve(driver.exec(sql));
  return {
    createAdapter: () => new PostgresAdapter(),
    createIntrospector: (database) => new PostgresIntrospector(database),
    createQueryCompiler: () => new PostgresQueryCompiler(),
    createDriver: () => ({
      init: nothing,
      acquireConnection: () => Promise.resolve(connection),
      beginTransaction: run('BEGIN'),
      commitTransaction: run('COMMIT'),
      rollbackTransaction: run('ROLLBACK'),
      releaseConnection: nothing,
      destroy: nothing,
    }),
  };
}

/** A query builder on an open database. */
export function kyselyOn<Tables>(driver: StoreDriver): Kysely<Tables> {
  const dialect =
    driver.engine === 'postgres' ? postgresOn(driver) : new SqliteDialect({ database: databaseOf(driver) });
  return new Kysely<Tables>({ dialect });
}
