// How much room rows and their sums take, and how many of the oldest rows are too many for the room that they may take.

import type { StoreDriver } from './driver.ts';
import { GRAINS } from './rollup/grains.ts';
import { numberIn, prepared } from './statements.ts';
import { ROW_TEXT_BYTES } from './stored-details.ts';

/** Without kept texts and details, which have limits of their own. */
const TABLES: readonly string[] = [
  'exchanges',
  'attempts',
  ...GRAINS.map(({ table }) => table),
  'rollup_names',
  'marks',
];
/** A table of so many pages is looked at as a whole; of a larger one as many are looked at, in so many places. */
const PAGES_LOOKED_AT = 1_024;
const PLACES = 64;
/** A row takes a pointer in its page, and on average half of what it is rounded up to. */
const ROW_BESIDES_BYTES = 8;

/**
 * How many of the oldest exchanges have to go, so that everything takes no more than so many bytes; 0: none. Of a file it is
 * not known how much room a row takes: `some` go, and it is to be asked again. Throws StoreFailure.
 */
export function exchangesBeyond(driver: StoreDriver, maxBytes: number, some: number): number {
  if (driver.engine === 'postgres') return beyondInTables(driver, maxBytes);
  return beyondInFile(driver, maxBytes) ? some : 0;
}

function beyondInFile(driver: StoreDriver, maxBytes: number): boolean {
  const page = numberIn(driver, 'PRAGMA page_size');
  const pages = numberIn(driver, 'PRAGMA page_count');
  if (pages * page <= maxBytes) return false;
  const free = numberIn(driver, 'PRAGMA freelist_count');
  const others =
    numberIn(driver, 'SELECT sum(bytes) FROM kept') +
    numberIn(driver, `SELECT sum(bytes) FROM details WHERE bytes <= ${ROW_TEXT_BYTES}`);
  return (pages - free) * page - others > maxBytes;
}

/** What stands in the pages of a table. */
interface Content {
  readonly rows: number;
  /** With its indexes. */
  readonly bytes: number;
}

/**
 * PostgreSQL's files do not shrink when rows are deleted: vacuum makes their room free for new rows, and that is not told
 * without extensions. Whoever went by the size of files would delete until nothing is left. So it is looked how much of the
 * pages is filled with rows that are there; indexes are taken to be filled alike.
 */
function beyondInTables(driver: StoreDriver, maxBytes: number): number {
  const files = TABLES.map((table) => filesOf(driver, table));
  if (files.reduce((sum, { all }) => sum + all, 0) <= maxBytes) return 0;
  const contents = new Map(TABLES.map((table, at) => [table, contentOf(driver, table, files[at])]));
  const bytes = [...contents.values()].reduce((sum, content) => sum + content.bytes, 0);
  const { rows, bytes: own } = contents.get('exchanges') ?? { rows: 0, bytes: 0 };
  if (bytes <= maxBytes || rows === 0) return 0;
  // Its attempts go with an exchange.
  const each = (own + (contents.get('attempts')?.bytes ?? 0)) / rows;
  return Math.min(Math.ceil(rows), Math.ceil((bytes - maxBytes) / each));
}

/** Bytes of files. */
interface Files {
  readonly pages: number;
  readonly page: number;
  /** With indexes, and all else that belongs to the table. */
  readonly all: number;
}

function filesOf(driver: StoreDriver, table: string): Files {
  const sql = `SELECT pg_relation_size('${table}'::regclass) AS own, pg_total_relation_size('${table}'::regclass) AS total,
    current_setting('block_size')::bigint AS page`;
  const { own, total, page } = prepared(driver, sql).all([])[0] ?? {};
  return {
    pages: Math.floor(Number(own ?? 0) / Number(page ?? 1)),
    page: Number(page ?? 1),
    all: Number(total ?? 0),
  };
}

function contentOf(driver: StoreDriver, table: string, files: Files | undefined): Content {
  if (files === undefined || files.pages === 0) return { rows: 0, bytes: 0 };
  const { pages, page, all } = files;
  const whole = pages <= PAGES_LOOKED_AT;
  const places = whole ? 1 : PLACES;
  const atOnce = whole ? pages : PAGES_LOOKED_AT / PLACES;
  const look = prepared(
    driver,
    `SELECT count(*) AS n, coalesce(sum(pg_column_size(seen.*)), 0) AS bytes FROM ${table} AS seen
      WHERE ctid >= ?::tid AND ctid < ?::tid`,
  );
  let rows = 0;
  let bytes = 0;
  for (let place = 0; place < places; place++) {
    const first = Math.floor((place * pages) / places);
    const found = look.all([`(${first},0)`, `(${first + atOnce},0)`])[0];
    rows += Number(found?.['n'] ?? 0);
    bytes += Number(found?.['bytes'] ?? 0) + Number(found?.['n'] ?? 0) * ROW_BESIDES_BYTES;
  }
  const part = (places * atOnce) / pages;
  const filled = Math.min(1, bytes / part / (pages * page));
  return { rows: rows / part, bytes: filled * all };
}
