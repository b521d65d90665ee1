// From a question to whoever answers it.

import type { LedgerQuestions } from '../../../exchange/ledger-queries.ts';
import { DAYS } from '../rollup/grains.ts';
import { NUMBERS_PER_MS } from '../schema.ts';
import { numberIn } from '../statements.ts';
import { conversation, conversations } from './conversations.ts';
import { detail, exchange, exchanges } from './exchanges.ts';
import type { Asked, Source, Steps } from './questions.ts';
import { groups, series, spending, totals, unpriced } from './totals.ts';

/** Answers a question. Throws StoreFailure. */
export function* answer(source: Source, asked: Asked): Steps<unknown> {
  switch (asked.kind) {
    case 'totals':
      return yield* totals(source, asked.question);
    case 'groups':
      return yield* groups(source, asked.question);
    case 'series':
      return yield* series(source, asked.question);
    case 'exchanges':
      return yield* exchanges(source, asked.question);
    case 'exchange':
      return yield* exchange(source, asked.question);
    case 'conversations':
      return yield* conversations(source, asked.question);
    case 'conversation':
      return yield* conversation(source, asked.question);
    case 'spending':
      return yield* spending(source, asked.question);
    case 'unpriced':
      return yield* unpriced(source, asked.question);
    case 'storage':
      return storage(source);
    case 'detail':
      return detail(source, asked.question.id);
  }
}

/** How far the summing up of rows of an older version has got: 0 to 1. */
function summedPart(driver: Source['driver'], oldest: number): number {
  const marked = (name: string): number => numberIn(driver, 'SELECT value FROM marks WHERE name = ?', [name]);
  const [filled, until] = [marked('filled'), marked('fill_to')];
  return filled >= until ? 1 : Math.max(0, (filled - oldest) / (until - oldest + 1));
}

/** The tables of the ledger with their indexes, and of that what is free for new rows. */
function roomOf(driver: Source['driver']): { readonly bytes: number; readonly freeBytes: number } {
  if (driver.engine === 'postgres') {
    // What is free in it is known to no view; it is less than what autovacuum lets come together.
    const bytes = `SELECT sum(pg_total_relation_size(oid)) FROM pg_class
      WHERE relnamespace = current_schema()::regnamespace AND relkind = 'r'`;
    return { bytes: numberIn(driver, bytes), freeBytes: 0 };
  }
  const page = numberIn(driver, 'PRAGMA page_size');
  return {
    bytes: page * numberIn(driver, 'PRAGMA page_count'),
    freeBytes: page * numberIn(driver, 'PRAGMA freelist_count'),
  };
}

/** Rows are counted by what was summed up of them, because counting would read the whole table. */
function storage({ driver, nowMs }: Source): LedgerQuestions['storage']['answer'] {
  const oldest = numberIn(driver, 'SELECT min(number) FROM exchanges');
  const newest = numberIn(driver, 'SELECT max(number) FROM exchanges');
  const oldestMs = Math.floor(oldest / NUMBERS_PER_MS);
  const oldestDay = Math.floor(oldestMs / DAYS.ms);
  const days = numberIn(
    driver,
    `SELECT sum(requests) FROM ${DAYS.table} WHERE mask = 0 AND at IN
      (WITH RECURSIVE days (at) AS (SELECT CAST(? AS bigint) UNION ALL SELECT at + 1 FROM days WHERE at < ?) SELECT at FROM days)`,
    [oldestDay, Math.max(oldestDay, Math.ceil(nowMs / DAYS.ms))],
  );
  return {
    rows: newest === 0 ? 0 : Math.max(1, days),
    ...roomOf(driver),
    oldestMs: oldest === 0 ? undefined : oldestMs,
    newestMs: newest === 0 ? undefined : Math.floor(newest / NUMBERS_PER_MS),
    summedPart: summedPart(driver, oldest),
  };
}
