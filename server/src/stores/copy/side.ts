// One of the two ledgers of a copy: its rows in the order of their keys, a bounded part of them at a time, and its figures.

import { Buffer } from 'node:buffer';
import { readFileSync } from 'node:fs';
import { type StoreDriver, StoreFailure, type StoreValue } from '../tables/driver.ts';
import { storable } from '../tables/many-rows.ts';
import { prepared } from '../tables/statements.ts';
import { detailPath } from '../tables/stored-details.ts';
import type { CopiedTable } from './tables.ts';

const ROWS_AT_A_TIME = 1_000;
const LONG_ROWS_AT_A_TIME = 200;
/** Long texts that are held at once; a single one may be longer. */
const BYTES_AT_A_TIME: number = 4 * 1024 * 1024;

/** Values in the order of a table's columns. */
export type CopiedRow = readonly StoreValue[];

/** What a table comes to, as decimal numbers: they may be larger than what is safe. */
export type Figures = Readonly<Record<string, string>>;

/** A ledger that cannot be read or written; the message is for the operator, without its name. */
export class SideFailure extends Error {
  readonly side: string;
  constructor(side: string, message: string) {
    super(message);
    this.name = 'SideFailure';
    this.side = side;
  }
}

/** What is known of a ledger besides its driver. */
export interface SideOptions {
  /** For people; never with a password. */
  readonly name: string;
  /** The file, where it is one: long details stand beside it. */
  readonly path: string | undefined;
  /** Whose states are read and written on PostgreSQL; undefined: of those of all gateways, the newest of each key. */
  readonly gateway?: string | undefined;
}

/** A ledger while it is copied from or to. Methods throw SideFailure. */
export class Side {
  readonly driver: StoreDriver;
  readonly name: string;
  readonly path: string | undefined;
  readonly gateway: string | undefined;
  /** Called again and again while rows are read. */
  onPage: () => void = () => undefined;
  /** Details whose file is gone. */
  readonly gone: { rows: number; bytes: number } = { rows: 0, bytes: 0 };

  constructor(driver: StoreDriver, { name, path, gateway }: SideOptions) {
    this.driver = driver;
    this.name = name;
    this.path = path;
    this.gateway = gateway;
  }

  /** Works on the database or its files; what fails of them is told with its name. */
  guard<Result>(work: () => Result): Result {
    try {
      return work();
    } catch (error) {
      const ofDisk = error instanceof Error && 'syscall' in error;
      if (!ofDisk && !(error instanceof StoreFailure)) throw error;
      throw new SideFailure(this.name, error.message);
    }
  }

  /** The rows of a table, in the order of its key. */
  *rows(table: CopiedTable): Generator<CopiedRow, undefined> {
    const { columns, key } = table;
    const places = key.map((column) => columns.indexOf(column));
    let after: StoreValue[] | undefined;
    for (;;) {
      const from = after;
      const limit = this.guard(() => this.#rowsAtOnce(table, from));
      const page = this.guard(() => this.#page(table, this.#selected(table), from, limit));
      this.onPage();
      for (const row of page) {
        const copied = this.#rowOf(table, row);
        if (copied !== undefined) yield copied;
      }
      const last = page.at(-1);
      // Of long rows fewer may have been asked for than there are.
      if (last === undefined || (table.bytes === undefined && page.length < limit)) return undefined;
      after = places.map((place) => last[place] ?? null);
    }
  }

  /** How many rows a table has, and its sums. */
  figures(table: CopiedTable): Figures {
    const sums = Object.entries({ rows: 'count(*)', ...table.figures });
    const list = sums.map(([name, sql]) => `CAST(coalesce(${sql}, 0) AS text) AS "${name}"`).join(', ');
    const [row] = this.guard(() => prepared(this.driver, `SELECT ${list} FROM ${this.#from(table)}`).all([]));
    return Object.fromEntries(sums.map(([name]) => [name, String(row?.[name] ?? '0')]));
  }

  #page(
    { key }: CopiedTable,
    what: string,
    after: readonly StoreValue[] | undefined,
    limit: number,
  ): StoreValue[][] {
    const order = key.map((column) => `"${column}"`).join(', ');
    const where = after === undefined ? '' : `WHERE (${order}) > (${key.map(() => '?').join(', ')})`;
    const sql = `${what} ${where} ORDER BY ${order} LIMIT ?`;
    return prepared(this.driver, sql)
      .all([...(after ?? []), limit])
      .map((row) => Object.values(row));
  }

  #selected(table: CopiedTable): string {
    const columns = table.columns.map((column) => `"${column}"`);
    if (table.name === 'details') columns.push('file');
    return `SELECT ${columns.join(', ')} FROM ${this.#from(table)}`;
  }

  /** How many rows may be read at once. */
  #rowsAtOnce(table: CopiedTable, after: readonly StoreValue[] | undefined): number {
    if (table.bytes === undefined) return ROWS_AT_A_TIME;
    const what = `SELECT "${table.bytes}" FROM ${this.#from(table)}`;
    const sizes = this.#page(table, what, after, LONG_ROWS_AT_A_TIME);
    let bytes = 0;
    const beyond = sizes.findIndex(([size]) => {
      bytes += Number(size);
      return bytes > BYTES_AT_A_TIME;
    });
    return Math.max(1, beyond < 0 ? LONG_ROWS_AT_A_TIME : beyond);
  }

  #rowOf(table: CopiedTable, row: StoreValue[]): CopiedRow | undefined {
    // The gateway that wrote it is not running: nothing of it will ever be complete.
    if (table.name === 'exchanges' && row[0] === 'open') row[0] = 'interrupted';
    if (table.name === 'details') {
      const file = row.pop() ?? null;
      const text = file === null ? row[5] : this.#textIn(String(file));
      if (text === undefined || text === null) {
        this.gone.rows++;
        this.gone.bytes += Number(row[4]);
        return undefined;
      }
      row[5] = text;
    }
    return row;
  }

  #textIn(file: string): string | undefined {
    if (this.path === undefined) return undefined;
    try {
      return readFileSync(detailPath(this.path, file), 'utf8');
    } catch {
      return undefined;
    }
  }

  /** Where the rows of a table are, for FROM. */
  #from({ name }: CopiedTable): string {
    const shared = this.driver.engine === 'postgres';
    // Files have no foreign keys: an attempt without its exchange is nothing that anybody could see.
    if (name === 'attempts' && !shared)
      return '(SELECT * FROM attempts WHERE exchange IN (SELECT number FROM exchanges)) AS attempts';
    if (name !== 'state' || !shared) return name;
    if (this.gateway !== undefined) return `(SELECT * FROM state WHERE gateway = '${this.gateway}') AS own`;
    return `(SELECT DISTINCT ON (kind, key) kind, key, updated_at_ms, text FROM state
      ORDER BY kind, key, updated_at_ms DESC) AS newest`;
  }
}

/** Which of two rows comes first: below 0 the one, above 0 the other, 0 where they have the same key. */
export function compareKeys({ key, columns }: CopiedTable, one: CopiedRow, other: CopiedRow): number {
  for (const column of key) {
    const at = columns.indexOf(column);
    const [a, b] = [one[at], other[at]];
    const order =
      typeof a === 'string' && typeof b === 'string'
        ? Buffer.compare(Buffer.from(a), Buffer.from(b))
        : Number(a) - Number(b);
    if (order !== 0) return order;
  }
  return 0;
}

/** True when two rows say the same, as far as both databases can hold it. */
export function sameRow({ columns, loose }: CopiedTable, one: CopiedRow, other: CopiedRow): boolean {
  return columns.every((column, at) => {
    if (loose.includes(column)) return true;
    const [a, b] = [one[at] ?? null, other[at] ?? null];
    if (a instanceof Uint8Array || b instanceof Uint8Array)
      return a instanceof Uint8Array && b instanceof Uint8Array && Buffer.compare(a, b) === 0;
    if (typeof a === 'string' && typeof b === 'string') return a === b || storable(a) === storable(b);
    return a === b || (a !== null && b !== null && Number(a) === Number(b));
  });
}
