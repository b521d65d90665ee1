// The four things that the stores ask of SQLite, whichever build of it this Node has: node:sqlite where it exists
// (22.13 and later), the WebAssembly build otherwise. One build per process: two would undo each other's files.

/** A value that is bound to a statement or comes back from one. */
export type SqliteValue = null | number | bigint | string | Uint8Array;

/** One row of an answer. */
export type SqliteRow = Readonly<Record<string, SqliteValue>>;

/** A prepared statement; it lives until its database is closed. */
export interface SqliteStatement {
  /** Runs a statement that answers no rows; resolves to the number of rows changed. */
  run(values: readonly SqliteValue[]): number;
  all(values: readonly SqliteValue[]): SqliteRow[];
}

/** One open database. Every method throws SqliteFailure and nothing else. */
export interface SqliteDriver {
  readonly engine: Engine;
  /** Runs statements separated by semicolons. */
  exec(sql: string): void;
  prepare(sql: string): SqliteStatement;
  close(): void;
}

/** The two builds of SQLite. */
export type Engine = 'node' | 'wasm';

/**
 * What went wrong, as far as the stores act on it. `full`, `readonly`, `locked` and `io` may pass; `corrupt` means that
 * the file is damaged or no database; `open` that the file cannot be opened; `other` is a defect in our SQL.
 */
export type SqliteTrouble = 'corrupt' | 'full' | 'readonly' | 'locked' | 'io' | 'open' | 'other';

/** The only error that leaves a driver. */
export class SqliteFailure extends Error {
  readonly trouble: SqliteTrouble;
  constructor(trouble: SqliteTrouble, message: string) {
    super(message);
    this.name = 'SqliteFailure';
    this.trouble = trouble;
  }
}

/** How a database is opened. */
export interface DriverOptions {
  readonly path: string;
  /** Never writes to the file, not even to tidy up. */
  readonly readOnly: boolean;
}

/** Opens a database with one build. */
export type OpenDriver = (options: DriverOptions) => Promise<SqliteDriver>;

/** A failure as it is, or anything else that was thrown: a defect. */
export function failureOf(error: unknown): SqliteFailure {
  return error instanceof SqliteFailure
    ? error
    : new SqliteFailure('other', error instanceof Error ? error.message : String(error));
}
