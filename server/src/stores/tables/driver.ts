// The four things that the stores ask of SQLite, whichever build of it this Node has: node:sqlite where it exists
// (22.13 and later), the WebAssembly build otherwise. One build per process: two would undo each other's files.

import type { Wording } from './wording.ts';

/** A value that is bound to a statement or comes back from one. */
export type StoreValue = null | number | bigint | string | Uint8Array;

/** One row of an answer. */
export type StoreRow = Readonly<Record<string, StoreValue>>;

/** A prepared statement; it lives until its database is closed. */
export interface StoreStatement {
  /** Runs a statement that answers no rows; resolves to the number of rows changed. */
  run(values: readonly StoreValue[]): number;
  all(values: readonly StoreValue[]): StoreRow[];
}

/** One open database. Every method throws StoreFailure and nothing else. */
export interface StoreDriver {
  readonly engine: Engine;
  readonly words: Wording;
  /** Runs statements separated by semicolons. */
  exec(sql: string): void;
  prepare(sql: string): StoreStatement;
  close(): void;
}

/** The two builds of SQLite, and PostgreSQL. */
export type Engine = 'node' | 'wasm' | 'postgres';

/**
 * What went wrong, as far as the stores act on it. `full`, `readonly`, `locked` and `io` may pass; `corrupt` means that
 * the file is damaged or no database; `open` that the file cannot be opened; `other` is a defect in our SQL.
 */
export type StoreTrouble = 'corrupt' | 'full' | 'readonly' | 'locked' | 'io' | 'open' | 'other';

/** The only error that leaves a driver. */
export class StoreFailure extends Error {
  readonly trouble: StoreTrouble;
  constructor(trouble: StoreTrouble, message: string) {
    super(message);
    this.name = 'StoreFailure';
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
export type OpenDriver = (options: DriverOptions) => Promise<StoreDriver>;

/** A failure as it is, or anything else that was thrown: a defect. */
export function failureOf(error: unknown): StoreFailure {
  return error instanceof StoreFailure
    ? error
    : new StoreFailure('other', error instanceof Error ? error.message : String(error));
}
