// Conversations: the rows are read from the newest on, and each conversation that turns up is summed up by its index, for so
// long at most: then a page is short, and the next one goes on from there.

import type {
  ConversationDetail,
  ConversationSummary,
  LedgerQuestions,
} from '../../../exchange/ledger-queries.ts';
import type { StoreValue } from '../driver.ts';
import { numberIn, prepared } from '../statements.ts';
import type { Wording } from '../wording.ts';
import { filterOf } from './collect.ts';
import { ofConversation, storedId, sumsOf } from './conversation-sums.ts';
import { type Conditions, type Range, rangeOf, startOf } from './exchanges.ts';
import type { Source, Steps } from './questions.ts';
import { summaryOf } from './summaries.ts';

const PAGE_LIMIT = 200;
/** Rows read in one step. */
const ROWS_AT_A_TIME = 2_000;
const SEARCH_MS = 100;
const SEARCH_LENGTH = 200;
/** Exchanges of one conversation that are listed; the newest ones of more. */
const TURNS = 500;

type Ask = LedgerQuestions['conversations']['ask'];
type Page = LedgerQuestions['conversations']['answer'];

/** Where a page begins, and where the first page began: what has come since moves nobody to another page. */
interface Cursor {
  readonly before: number;
  readonly top: number;
}

/** One page, those with the newest exchanges first. Throws StoreFailure. */
export function* conversations(source: Source, ask: Ask): Steps<Page> {
  const limit = Math.max(1, Math.min(PAGE_LIMIT, Math.floor(ask.limit)));
  const { period } = ask;
  const whole = rangeOf(source, period === undefined ? {} : { period });
  const conditions = conditionsOf(source.driver.words, ask);
  const cursor = cursorOf(ask.before);
  if (cursor === undefined && ask.search !== undefined && ask.search !== '') {
    const id = storedId(ask.search);
    const found = isThere(source, whole, id, conditionsOf(source.driver.words, { ...ask, search: '' }))
      ? sumsOf(source, id)
      : undefined;
    if (found !== undefined) return { conversations: [found.summary], next: undefined };
  }
  const top = Math.min(
    whole.to,
    cursor?.top ?? 1 + numberIn(source.driver, 'SELECT max(number) FROM exchanges'),
  );
  const before = Math.min(top, cursor?.before ?? top);
  return yield* walk(source, { from: whole.from, to: before }, top, conditions, limit);
}

/** Reads rows backwards and takes each conversation where it first turns up, unless it stands on a page before. */
function* walk(
  source: Source,
  range: Range,
  top: number,
  conditions: Conditions,
  limit: number,
): Steps<Page> {
  const page: ConversationSummary[] = [];
  const known = new Set<string>();
  const untilMs = performance.now() + SEARCH_MS;
  const pageTo = (before: number): Page => ({ conversations: page, next: `${before}.${top}` });
  for (let { to } = range; to > range.from; ) {
    const from = startOf(source, { from: range.from, to }, ROWS_AT_A_TIME);
    for (const { id, number } of turningUp(source, { from, to }, conditions)) {
      if (known.has(id)) continue;
      known.add(id);
      if (isThere(source, { from: range.to, to: top }, id, conditions)) continue;
      const found = sumsOf(source, id);
      if (found !== undefined) page.push(found.summary);
      if (page.length >= limit || performance.now() > untilMs) return pageTo(number);
      yield;
    }
    if (performance.now() > untilMs && from > range.from) return pageTo(from);
    to = from;
    yield;
  }
  return { conversations: page, next: undefined };
}

/** The conversations of a range, each with its newest row there, newest first. */
function turningUp(
  { driver }: Source,
  { from, to }: Range,
  { sql, values }: Conditions,
): { readonly id: string; readonly number: number }[] {
  return prepared(
    driver,
    `SELECT conversation_id AS id, max(number) AS number FROM exchanges
      WHERE number >= ? AND number < ? AND conversation_id IS NOT NULL ${sql}
      GROUP BY conversation_id ORDER BY 2 DESC`,
  )
    .all([from, to, ...values])
    .map(({ id, number }) => ({ id: String(id), number: Number(number) }));
}

/** Whether a conversation has an exchange in a range that fits. */
function isThere({ driver }: Source, { from, to }: Range, id: string, { sql, values }: Conditions): boolean {
  if (from >= to) return false;
  const rows = prepared(
    driver,
    `SELECT 1 FROM exchanges WHERE ${ofConversation(driver.words)} AND number >= ? AND number < ? ${sql} LIMIT 1`,
  ).all([id, id, from, to, ...values]);
  return rows.length > 0;
}

function cursorOf(text: string | undefined): Cursor | undefined {
  const [before, top] = (text ?? '').split('.').map(Number);
  return Number.isSafeInteger(before) && Number.isSafeInteger(top)
    ? { before: before ?? 0, top: top ?? 0 }
    : undefined;
}

const SEARCHED: readonly string[] = [
  'conversation_id',
  'model_served',
  'model_asked',
  'client_id',
  'agent_id',
];

function conditionsOf(words: Wording, { period, only = {}, search = '' }: Omit<Ask, 'limit'>): Conditions {
  const filter = filterOf(words, only);
  let { sql } = filter;
  const values: StoreValue[] = [...filter.values];
  if (period !== undefined) {
    sql += ' AND received_at_ms >= ? AND received_at_ms < ?';
    values.push(period.fromMs, period.toMs);
  }
  if (search !== '') {
    const begins = search.slice(0, SEARCH_LENGTH);
    sql += ` AND (${SEARCHED.map((column) => `substr(${column}, 1, ?) = ?`).join(' OR ')})`;
    values.push(...SEARCHED.flatMap(() => [begins.length, begins]));
  }
  return { sql, values };
}

/** One conversation with its agents and its newest exchanges; undefined where there is none. Throws StoreFailure. */
export function* conversation(
  source: Source,
  { id }: { readonly id: string },
): Steps<ConversationDetail | undefined> {
  const stored = storedId(id);
  const found = sumsOf(source, stored);
  if (found === undefined) return undefined;
  yield;
  const rows = prepared(
    source.driver,
    `SELECT * FROM exchanges WHERE ${ofConversation(source.driver.words)} ORDER BY number DESC LIMIT ?`,
  ).all([stored, stored, TURNS]);
  return { ...found.summary, byAgent: found.byAgent, turns: rows.map(summaryOf).reverse() };
}
