// Batches that an earlier version left in its spool: rows cross without the names of their columns, so those that were
// added since are put in where they belong, as texts that are not there.

import { ATTEMPT_COLUMNS } from '../tables/attempts.ts';
import type { FlatRows } from '../tables/flat-rows.ts';
import type { Batch } from '../tables/messages.ts';
import { TEXT_COLUMNS } from '../tables/schema.ts';

/** Texts that rows have had since 0002-request-ids. */
const ADDED: ReadonlySet<string> = new Set(['client_request_id', 'upstream_request_id']);

/** The columns of an attempt that are texts: its numbers follow them. */
const ATTEMPT_TEXTS: readonly string[] = ATTEMPT_COLUMNS.slice(0, ATTEMPT_COLUMNS.indexOf('exchange'));

/** A batch as this version lays them out. */
export function inPresentShape(batch: Batch): Batch {
  const { attempts } = batch;
  return {
    ...widened(batch, TEXT_COLUMNS),
    attempts: attempts === undefined ? undefined : widened(attempts, ATTEMPT_TEXTS),
  };
}

function widened<Rows extends FlatRows>(rows: Rows, columns: readonly string[]): Rows {
  const { words, places } = rows.texts;
  const before = columns.filter((column) => !ADDED.has(column)).length;
  if (places.length !== rows.rows * before) return rows;
  const wide = new Int32Array(rows.rows * columns.length);
  let from = 0;
  for (let to = 0; to < wide.length; to++) {
    const added = ADDED.has(columns[to % columns.length] ?? '');
    wide[to] = added ? -1 : (places[from++] ?? -1);
  }
  return { ...rows, texts: { words, places: wide } };
}
