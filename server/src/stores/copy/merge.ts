// Goes through one table of both ledgers together, in the order of their keys: what the target has not is written there, what
// both have alike is left alone, and what shows that they are two ledgers ends it.

import type { StoreValue } from '../tables/driver.ts';
import { type CopiedRow, compareKeys, type Side, sameRow } from './side.ts';
import type { CopiedTable } from './tables.ts';
import type { RowsWriter } from './write-rows.ts';

const ROWS_AT_A_TIME = 1_000;
const BYTES_AT_A_TIME: number = 4 * 1024 * 1024;

/** The target is another ledger. */
export class NotACopy extends Error {
  readonly table: CopiedTable;
  readonly row: CopiedRow;
  readonly differs: boolean;
  /** `differs`: both have the row, and not alike; otherwise the target alone has it. */
  constructor(table: CopiedTable, row: CopiedRow, differs: boolean) {
    super(`another ledger, in ${table.name}`);
    this.name = 'NotACopy';
    this.table = table;
    this.row = row;
    this.differs = differs;
  }
}

/** What became of the rows of a table. */
export interface Merged {
  /** Written, or to be written. */
  copied: number;
  /** There before. */
  there: number;
  /** Only the target has them, which is right where they tell of now and not of the past. */
  kept: number;
}

const NO_ROWS: Iterator<CopiedRow, undefined> = { next: () => ({ done: true, value: undefined }) };

/** Merges a table; without a writer it is only looked. Throws NotACopy and SideFailure. */
export function mergeTable(
  table: CopiedTable,
  source: Side,
  target: Side | undefined,
  writer: RowsWriter | undefined,
): Merged {
  const merged: Merged = { copied: 0, there: 0, kept: 0 };
  const pending = new Pending(table, writer);
  const others: Iterator<CopiedRow, undefined> = target?.rows(table) ?? NO_ROWS;
  let other = others.next();
  const keepOther = (row: CopiedRow): void => {
    if (table.difference === 'refuse') throw new NotACopy(table, row, false);
    merged.kept++;
    other = others.next();
  };
  for (const row of source.rows(table)) {
    while (other.done !== true && compareKeys(table, other.value, row) < 0) keepOther(other.value);
    if (other.done === true || compareKeys(table, other.value, row) > 0) {
      // Whatever is written has a key below that of the next row of the target, so it is never met there.
      pending.add(row);
      merged.copied++;
      continue;
    }
    if (!sameRow(table, row, other.value)) replaceIn(table, row, other.value, writer);
    merged.there++;
    other = others.next();
  }
  while (other.done !== true) keepOther(other.value);
  pending.write();
  return merged;
}

function replaceIn(
  table: CopiedTable,
  row: CopiedRow,
  before: CopiedRow,
  writer: RowsWriter | undefined,
): void {
  if (table.difference === 'refuse') throw new NotACopy(table, before, true);
  const number = (column: string, of: CopiedRow): number => Number(of[table.columns.indexOf(column)]);
  if (table.difference === 'newer' && number('updated_at_ms', row) <= number('updated_at_ms', before)) return;
  // Time does not go back: a gateway that ran on the target knows it better.
  if (row[0] === 'aged_to' && number('value', row) <= number('value', before)) return;
  writer?.replace(table, row);
}

/** Rows on their way, written some at a time. */
class Pending {
  readonly #table: CopiedTable;
  readonly #writer: RowsWriter | undefined;
  readonly #bytesAt: number;
  #rows: CopiedRow[] = [];
  #bytes = 0;

  constructor(table: CopiedTable, writer: RowsWriter | undefined) {
    this.#table = table;
    this.#writer = writer;
    this.#bytesAt = table.bytes === undefined ? -1 : table.columns.indexOf(table.bytes);
  }

  add(row: CopiedRow): void {
    if (this.#writer === undefined) return;
    const bytes: StoreValue = row[this.#bytesAt] ?? 0;
    if (this.#rows.length > 0 && this.#bytes + Number(bytes) > BYTES_AT_A_TIME) this.write();
    this.#rows.push(row);
    this.#bytes += Number(bytes);
    if (this.#rows.length >= ROWS_AT_A_TIME) this.write();
  }

  write(): void {
    this.#writer?.put(this.#table, this.#rows);
    this.#rows = [];
    this.#bytes = 0;
  }
}
