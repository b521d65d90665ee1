// Lists of exchanges and single ones. The table is searched by time, and conversations by their index; any other filter
// reads rows from the newest on, for so long at most: then a page is short, and the next one goes on from there.

import type { ExchangeDetail, ExchangeSummary, LedgerQuestions } from '../../../exchange/ledger-queries.ts';
import type { StoredDetail } from '../../../exchange/ports.ts';
import { aheadIn, NUMBER_SLACK_MS } from '../ahead.ts';
import type { StoreRow, StoreValue } from '../driver.ts';
import { cut } from '../flat-rows.ts';
import { ID_BYTES, NUMBERS_PER_MS } from '../schema.ts';
import { numberIn, prepared } from '../statements.ts';
import { detailOf } from '../stored-details.ts';
import type { Wording } from '../wording.ts';
import { filterOf } from './collect.ts';
import type { Source, Steps } from './questions.ts';
import { attemptOf, summaryOf } from './summaries.ts';

const PAGE_LIMIT = 500;
const ROWS_AT_A_TIME = 5_000;
const SEARCH_MS = 100;
/** An id of an earlier version does not tell when it was made: the rows are read until it is found. */
const FIND_MS = 2_000;
const SEARCH_LENGTH = 200;
/** The number of an exchange is given this close to the making of its id. */
const ID_SLACK_MS = 5_000;
const ID_TIME_DIGITS = 12;

type Ask = LedgerQuestions['exchanges']['ask'];
type Page = LedgerQuestions['exchanges']['answer'];

/** Numbers from (inclusive) to (exclusive). */
export interface Range {
  readonly from: number;
  readonly to: number;
}

const EVERYTHING: Range = { from: 0, to: Number.MAX_SAFE_INTEGER };

/** What rows must fit. */
export interface Conditions {
  readonly sql: string;
  readonly values: readonly StoreValue[];
}

/** One page, the newest first. Throws StoreFailure. */
export function* exchanges(source: Source, ask: Ask): Steps<Page> {
  const limit = Math.max(1, Math.min(PAGE_LIMIT, Math.floor(ask.limit)));
  const range = rangeOf(source, ask);
  const conditions = conditionsOf(source.driver.words, ask);
  if (ask.conversation !== undefined || ask.outcome === 'open') {
    const rows = select(source, range, conditions, limit);
    return pageOf(rows, rows.length === limit ? lastOf(rows) : undefined);
  }
  return yield* searchRows(source, range, conditions, limit, SEARCH_MS);
}

function* searchRows(
  source: Source,
  range: Range,
  conditions: Conditions,
  limit: number,
  withinMs: number,
): Steps<Page> {
  const rows: StoreRow[] = [];
  const untilMs = performance.now() + withinMs;
  let { to } = range;
  for (;;) {
    const from = startOf(source, { from: range.from, to });
    rows.push(...select(source, { from, to }, conditions, limit - rows.length));
    if (rows.length >= limit) return pageOf(rows, lastOf(rows));
    if (from <= range.from) return pageOf(rows, undefined);
    if (performance.now() > untilMs) return pageOf(rows, from);
    to = from;
    yield;
  }
}

/** Where the last rows of a range begin that are read in one step. Throws StoreFailure. */
export function startOf({ driver }: Source, { from, to }: Range, rows: number = ROWS_AT_A_TIME): number {
  const found = numberIn(
    driver,
    'SELECT number FROM exchanges WHERE number >= ? AND number < ? ORDER BY number DESC LIMIT 1 OFFSET ?',
    [from, to, rows - 1],
  );
  return found === 0 ? from : found;
}

function select(
  { driver }: Source,
  { from, to }: Range,
  { sql, values }: Conditions,
  limit: number,
): StoreRow[] {
  return prepared(
    driver,
    `SELECT * FROM exchanges WHERE number >= ? AND number < ? ${sql} ORDER BY number DESC LIMIT ?`,
  ).all([from, to, ...values, limit]);
}

function lastOf(rows: readonly StoreRow[]): number | undefined {
  const number = rows.at(-1)?.['number'];
  return number === undefined ? undefined : Number(number);
}

function pageOf(rows: readonly StoreRow[], next: number | undefined): Page {
  return { rows: rows.map(summaryOf), next: next === undefined ? undefined : String(next) };
}

/** The numbers among which a question looks. Throws StoreFailure. */
export function rangeOf(
  { driver }: Source,
  { period, before, search }: Pick<Ask, 'period' | 'before' | 'search'>,
): Range {
  const cursor = before === undefined ? Number.NaN : Number(before);
  const named = search === undefined ? undefined : rangeOfId(search);
  /** The end of a stretch of time in numbers, which may be a little ahead of the time, or much. */
  const end = (fromMs: number, toMs: number): number =>
    Math.max((toMs + NUMBER_SLACK_MS) * NUMBERS_PER_MS, aheadIn(driver, { fromMs, toMs }) + 1);
  return {
    from: Math.max(0, (period?.fromMs ?? 0) * NUMBERS_PER_MS, named?.from ?? 0),
    to: Math.min(
      Number.MAX_SAFE_INTEGER,
      Number.isSafeInteger(cursor) ? cursor : Number.MAX_SAFE_INTEGER,
      period === undefined ? Number.MAX_SAFE_INTEGER : end(period.fromMs, period.toMs),
      named === undefined
        ? Number.MAX_SAFE_INTEGER
        : Math.max(named.to, end(named.from / NUMBERS_PER_MS, named.to / NUMBERS_PER_MS)),
    ),
  };
}

function conditionsOf(words: Wording, ask: Ask): Conditions {
  const only = filterOf(words, ask.only ?? {});
  let { sql } = only;
  const values = [...only.values];
  const and = (condition: string, ...more: StoreValue[]): void => {
    sql += ` AND ${condition}`;
    values.push(...more);
  };
  if (ask.period !== undefined)
    and('received_at_ms >= ? AND received_at_ms < ?', ask.period.fromMs, ask.period.toMs);
  if (ask.outcome !== undefined) and(OUTCOMES[ask.outcome]);
  if (ask.conversation !== undefined) {
    const id = cut(ask.conversation, ID_BYTES);
    and(`conversation_id = ? AND ${words.endOf('conversation_id', 8)} = ${words.endOf('?', 8)}`, id, id);
  }
  if (ask.agent !== undefined) and('agent_id = ?', ask.agent);
  if (ask.cache !== undefined) and('cache = ?', ask.cache);
  if (ask.search !== undefined && ask.search !== '') {
    const search = ask.search.slice(0, SEARCH_LENGTH);
    const columns = rangeOfId(search) === undefined ? SEARCHED : ['id'];
    and(
      `(${columns.map((column) => `substr(${column}, 1, ?) = ?`).join(' OR ')})`,
      ...columns.flatMap(() => [search.length, search]),
    );
  }
  return { sql, values };
}

const SEARCHED: readonly string[] = [
  'id',
  'conversation_id',
  'model_served',
  'model_asked',
  'error_code',
  'upstream_request_id',
  'client_request_id',
];

/** Conditions that tell outcomes apart. */
export const OUTCOMES: Readonly<Record<NonNullable<Ask['outcome']>, string>> = {
  ok: `state = 'done' AND aborted = 0 AND error_code IS NULL AND status < 400`,
  error: `(state = 'interrupted' OR (state = 'done' AND aborted = 0 AND (error_code IS NOT NULL OR status >= 400)))`,
  left: `state = 'done' AND aborted = 1`,
  open: `state = 'open'`,
};

/** Where exchanges stand whose ids begin like this; undefined where that does not tell. */
function rangeOfId(id: string): Range | undefined {
  const digits = /^req_([0-9a-f]{6,24})$/.exec(id)?.[1]?.slice(0, ID_TIME_DIGITS);
  if (digits === undefined) return undefined;
  const first = Number.parseInt(digits.padEnd(ID_TIME_DIGITS, '0'), 16);
  const last = Number.parseInt(digits.padEnd(ID_TIME_DIGITS, 'f'), 16);
  // An id of an earlier version is all chance, and looks like a time that is far away.
  const year = new Date(first).getUTCFullYear();
  if (!(year >= 2020 && year < 2150)) return undefined;
  return { from: (first - ID_SLACK_MS) * NUMBERS_PER_MS, to: (last + ID_SLACK_MS) * NUMBERS_PER_MS };
}

/** One exchange with its attempts and what else is known of it. Throws StoreFailure. */
export function* exchange(
  source: Source,
  { id }: { readonly id: string },
): Steps<ExchangeDetail | undefined> {
  const found = yield* find(source, id);
  if (found === undefined) return undefined;
  const attempts = prepared(source.driver, 'SELECT * FROM attempts WHERE exchange = ? ORDER BY ordinal').all([
    found.number,
  ]);
  return { ...found.summary, attempts: attempts.map(attemptOf), detail: detail(source, id) };
}

/** What was kept of an exchange. Throws StoreFailure. */
export function detail({ driver, path }: Source, id: string): StoredDetail | undefined {
  return detailOf(path, prepared(driver, 'SELECT * FROM details WHERE id = ?').all([id])[0]);
}

function* find(
  source: Source,
  id: string,
): Steps<{ readonly number: number; readonly summary: ExchangeSummary } | undefined> {
  const conditions: Conditions = { sql: 'AND id = ?', values: [id] };
  const near = source.driver.words.findsIds ? EVERYTHING : rangeOfId(id);
  const rows = near === undefined ? [] : select(source, near, conditions, 1);
  const untilMs = performance.now() + FIND_MS;
  for (let to = Number.MAX_SAFE_INTEGER; rows.length === 0 && near !== EVERYTHING; ) {
    const from = startOf(source, { from: 0, to });
    rows.push(...select(source, { from, to }, conditions, 1));
    if (from === 0 || performance.now() > untilMs) break;
    to = from;
    yield;
  }
  const row = rows[0];
  return row === undefined ? undefined : { number: Number(row['number']), summary: summaryOf(row) };
}
