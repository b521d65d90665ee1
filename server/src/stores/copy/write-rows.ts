// Writes copied rows into the other ledger, in the transaction of the copy.

import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { StoreValue } from '../tables/driver.ts';
import { insertMany, jsonRows, replacing } from '../tables/many-rows.ts';
import { numberIn, prepared } from '../tables/statements.ts';
import { detailFile, detailPath, ROW_TEXT_BYTES } from '../tables/stored-details.ts';
import { type CopiedRow, type Side, SideFailure } from './side.ts';
import type { CopiedTable } from './tables.ts';

/** The run of a gateway that copied exchanges are of: none that will ever be in flight. */
const COPIED_RUN = 'copied';

/** Writes to one ledger. The methods throw SideFailure. */
export class RowsWriter {
  readonly #side: Side;
  /** Files of details that are new. */
  readonly #files: string[] = [];

  constructor(side: Side) {
    this.#side = side;
  }

  /** Rows whose keys are not there. */
  put(table: CopiedTable, rows: readonly CopiedRow[]): void {
    if (rows.length === 0) return;
    this.#side.guard(() => {
      if (this.#side.driver.engine === 'postgres') this.#putAtOnce(table, rows, 'DO NOTHING');
      else for (const row of rows) this.#putOne(table, row, 'INSERT');
    });
  }

  /** A row in the place of the one with its key. */
  replace(table: CopiedTable, row: CopiedRow): void {
    this.#side.guard(() => {
      const { columns, key } = table;
      if (this.#side.driver.engine === 'postgres')
        this.#putAtOnce(table, [row], replacing(columns, table.key), key);
      else this.#putOne(table, row, 'INSERT OR REPLACE');
    });
  }

  /** The transaction is given up: nothing is to be left of it. */
  undo(): void {
    for (const path of this.#files.splice(0)) rmSync(path, { force: true });
  }

  #putAtOnce(
    table: CopiedTable,
    rows: readonly CopiedRow[],
    onConflict: string,
    key: readonly string[] = [],
  ): void {
    const { driver, gateway, name } = this.#side;
    // Which gateway a row is of is told on PostgreSQL only.
    const own =
      table.name === 'exchanges' ? COPIED_RUN : table.name === 'state' ? (gateway ?? '') : undefined;
    const columns = own === undefined ? table.columns : ['gateway', ...table.columns];
    const lines: readonly CopiedRow[] = own === undefined ? rows : rows.map((row) => [own, ...row]);
    const target = key.length === 0 ? '' : `(${(own === undefined ? key : ['gateway', ...key]).join(', ')})`;
    const sql = `${insertMany(table.name, columns)} ON CONFLICT ${target} ${onConflict}`;
    const written = prepared(driver, sql).run([jsonRows(columns, lines)]);
    if (written === rows.length) return;
    throw new SideFailure(
      name,
      `${rows.length - written} rows of "${table.name}" have the same id as others, which it does not take`,
    );
  }

  #putOne(table: CopiedTable, row: CopiedRow, verb: string): void {
    const { driver } = this.#side;
    const values = [...row];
    const columns = [...table.columns];
    if (table.loose.includes('number')) {
      const at = columns.indexOf('number');
      values[at] = this.#freeNumber(table, Number(values[at]));
    }
    if (table.name === 'details') {
      columns.push('file');
      values.push(this.#fileOf(values));
    }
    const list = columns.map((column) => `"${column}"`).join(', ');
    const marks = columns.map(() => '?').join(', ');
    prepared(driver, `${verb} INTO ${table.name} (${list}) VALUES (${marks})`).run(values);
  }

  /** Numbers of texts are those of several gateways, which may have given the same one. */
  #freeNumber({ name }: CopiedTable, wanted: number): number {
    const sql = `SELECT count(*) FROM ${name} WHERE number = ?`;
    let number = wanted;
    while (numberIn(this.#side.driver, sql, [number]) > 0) number++;
    return number;
  }

  /** Puts a long text of a detail into a file, and takes it out of the row; null: it stays there. */
  #fileOf(values: StoreValue[]): StoreValue {
    const { path } = this.#side;
    const [id, , , , bytes, text] = values;
    if (path === undefined || Number(bytes) <= ROW_TEXT_BYTES) return null;
    const file = detailFile(String(id));
    const place = detailPath(path, file);
    mkdirSync(dirname(place), { recursive: true, mode: 0o700 });
    this.#files.push(place);
    writeFileSync(place, String(text), { mode: 0o600 });
    values[5] = null;
    return file;
  }
}
