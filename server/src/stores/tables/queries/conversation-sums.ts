// What all exchanges of one conversation come to, agent by agent. They are found by the index of conversations, and summed
// up by SQLite: their rows lie far apart, and few of their columns are needed.

import type { AgentSummary, ConversationSummary, Totals } from '../../../exchange/ledger-queries.ts';
import type { StoreRow, StoreValue } from '../driver.ts';
import { cut } from '../flat-rows.ts';
import { DIMENSION_SQL } from '../rollup/figures.ts';
import { ID_BYTES } from '../schema.ts';
import { numberIn, prepared } from '../statements.ts';
import type { Wording } from '../wording.ts';
import { OUTCOMES } from './exchanges.ts';
import type { Source } from './questions.ts';

/** Exchanges of one conversation that are summed up; the newest ones of more. */
const COUNTED = 5_000;
/** The index knows the end of an id only: so many exchanges of conversations whose ids end alike are looked through. */
const LOOKED_THROUGH = 20_000;

/** Exchanges of one conversation by the index. Takes its id twice. */
export function ofConversation(words: Wording): string {
  return `conversation_id = ? AND ${endsAlike(words)}`;
}

/** Exchanges of conversations whose ids end like one. The index alone answers where only their numbers are asked for. */
function alike(words: Wording): string {
  return `conversation_id IS NOT NULL AND ${endsAlike(words)}`;
}

function endsAlike(words: Wording): string {
  return `${words.endOf('conversation_id', 8)} = ${words.endOf('?', 8)}`;
}

/** How an id stands in the table. */
export function storedId(id: string): string {
  return String(cut(id, ID_BYTES));
}

const TOKENS: Readonly<Record<keyof Totals['tokens'], string>> = {
  inputUncached: 'input_uncached',
  cacheRead: 'input_cache_read',
  cacheWrite:
    'coalesce(input_cache_write_5m, 0) + coalesce(input_cache_write_1h, 0) + coalesce(input_cache_write_other, 0)',
  inputAudio: 'input_audio',
  outputText: 'output_text',
  outputReasoning: 'output_reasoning',
  outputAudio: 'output_audio',
};
const TOKEN_NAMES = Object.keys(TOKENS) as readonly (keyof Totals['tokens'])[];

function counted(condition: string): string {
  return `sum(CASE WHEN ${condition} THEN 1 ELSE 0 END)`;
}

/** What is counted and added up. */
const SUMS: Readonly<Record<string, string>> = {
  requests: 'count(*)',
  errors: counted(OUTCOMES.error),
  open: counted(OUTCOMES.open),
  durationMs: 'sum(CASE WHEN ended_at_ms > received_at_ms THEN ended_at_ms - received_at_ms ELSE 0 END)',
  cost: 'sum(cost_nano_usd)',
  unpriced: counted(`cost_state = 'unpriced'`),
  cacheHits: counted(`cache IN ('hit', 'stale')`),
  saved: 'sum(saved_nano_usd)',
  ...Object.fromEntries(TOKEN_NAMES.map((name) => [name, `sum(${TOKENS[name]})`])),
};

// Names are quoted: PostgreSQL would make small letters of them all.
const byAgent = (words: Wording): string => `SELECT agent_id, min(received_at_ms) AS "firstAtMs",
    max(received_at_ms) AS "lastAtMs", ${words.namesOf(DIMENSION_SQL.model)} AS models,
    ${words.namesOf(DIMENSION_SQL.upstream)} AS upstreams, ${words.namesOf(DIMENSION_SQL.client)} AS "clientIds",
    ${Object.entries(SUMS)
      .map(([name, sql]) => `${sql} AS "${name}"`)
      .join(', ')}
  FROM exchanges WHERE ${ofConversation(words)} AND number > ? GROUP BY agent_id
  ORDER BY requests DESC, agent_id NULLS FIRST`;

/** A conversation and what its agents make of it; undefined where the ledger has none of this id. Throws StoreFailure. */
export function sumsOf(
  { driver }: Source,
  id: string,
): { readonly summary: ConversationSummary; readonly byAgent: readonly AgentSummary[] } | undefined {
  const after = uncountedTo(driver, id);
  const groups = prepared(driver, byAgent(driver.words)).all([id, id, after]);
  if (groups.length === 0) return undefined;
  const agents = groups.map((group) => nameIn(group, 'agent_id'));
  const summary: ConversationSummary = {
    id,
    ...sumOf(groups),
    clientIds: namesIn(groups, 'clientIds'),
    upstreams: namesIn(groups, 'upstreams'),
    agents: agents.filter((agent) => agent !== undefined).length,
    open: total(groups, 'open'),
    cacheHits: total(groups, 'cacheHits'),
    savedNanoUsd: total(groups, 'saved'),
    cut: after > 0,
  };
  const summaries = groups.map((group, at) => {
    return { id: agents[at], ...sumOf([group]), durationMs: total([group], 'durationMs') };
  });
  return { summary, byAgent: summaries };
}

/** The newest number of a conversation that is not counted; 0 where all of it is. */
function uncountedTo(driver: Source['driver'], id: string): number {
  const beyond = (count: number, which: string, values: readonly StoreValue[]): number =>
    numberIn(driver, `SELECT number FROM exchanges WHERE ${which} ORDER BY number DESC LIMIT 1 OFFSET ?`, [
      ...values,
      count,
    ]);
  if (beyond(COUNTED, alike(driver.words), [id]) === 0) return 0;
  const looked = beyond(LOOKED_THROUGH, alike(driver.words), [id]);
  return Math.max(
    looked,
    beyond(COUNTED, `${ofConversation(driver.words)} AND number > ?`, [id, id, looked]),
  );
}

function sumOf(groups: readonly StoreRow[]): Omit<AgentSummary, 'id' | 'durationMs'> {
  const tokens = Object.fromEntries(TOKEN_NAMES.map((name) => [name, total(groups, name)]));
  return {
    firstAtMs: Math.min(...groups.map((group) => Number(group['firstAtMs']))),
    lastAtMs: Math.max(...groups.map((group) => Number(group['lastAtMs']))),
    requests: total(groups, 'requests'),
    errors: total(groups, 'errors'),
    models: namesIn(groups, 'models'),
    // Made of the very names above.
    tokens: tokens as unknown as Totals['tokens'],
    costNanoUsd: total(groups, 'cost'),
    unpriced: total(groups, 'unpriced'),
  };
}

function total(groups: readonly StoreRow[], column: string): number {
  return groups.reduce((sum, group) => sum + Number(group[column] ?? 0), 0);
}

function nameIn(group: StoreRow, column: string): string | undefined {
  const name = group[column];
  return name === null || name === undefined ? undefined : String(name);
}

/** Distinct names of all groups, in the order of the alphabet. */
function namesIn(groups: readonly StoreRow[], column: string): string[] {
  // Lists that the database itself has written as JSON.
  const names = groups.flatMap((group): unknown[] => JSON.parse(nameIn(group, column) ?? '[]'));
  return [...new Set(names.map(String))].sort();
}
