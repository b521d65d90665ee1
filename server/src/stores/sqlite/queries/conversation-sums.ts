// What all exchanges of one conversation come to, agent by agent. They are found by the index of conversations, and summed
// up by SQLite: their rows lie far apart, and few of their columns are needed.

import type { AgentSummary, ConversationSummary, Totals } from '../../../exchange/ledger-queries.ts';
import type { SqliteRow, SqliteValue } from '../driver.ts';
import { cut } from '../flat-rows.ts';
import { DIMENSION_SQL } from '../rollup/figures.ts';
import { ID_BYTES } from '../schema.ts';
import { numberIn, prepared } from '../statements.ts';
import { OUTCOMES } from './exchanges.ts';
import type { Source } from './questions.ts';

/** Exchanges of one conversation that are summed up; the newest ones of more. */
const COUNTED = 5_000;
/** The index knows the end of an id only: so many exchanges of conversations whose ids end alike are looked through. */
const LOOKED_THROUGH = 20_000;

/** Exchanges of one conversation by the index. Takes its id twice. */
export const OF_CONVERSATION = 'conversation_id = ? AND substr(conversation_id, -8) = substr(?, -8)';

/** Exchanges of conversations whose ids end like one. The index alone answers where only their numbers are asked for. */
const ALIKE = 'conversation_id IS NOT NULL AND substr(conversation_id, -8) = substr(?, -8)';

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

/** What is counted and added up. */
const SUMS: Readonly<Record<string, string>> = {
  requests: 'count(*)',
  errors: `sum(${OUTCOMES.error})`,
  open: `sum(${OUTCOMES.open})`,
  durationMs: 'sum(max(0, ended_at_ms - received_at_ms))',
  cost: 'sum(cost_nano_usd)',
  unpriced: `sum(cost_state = 'unpriced')`,
  cacheHits: `sum(cache IN ('hit', 'stale'))`,
  saved: 'sum(saved_nano_usd)',
  ...Object.fromEntries(TOKEN_NAMES.map((name) => [name, `sum(${TOKENS[name]})`])),
};

const named = (sql: string): string => `json_group_array(DISTINCT ${sql}) FILTER (WHERE ${sql} IS NOT NULL)`;

const BY_AGENT: string = `SELECT agent_id, min(received_at_ms) AS firstAtMs, max(received_at_ms) AS lastAtMs,
    ${named(DIMENSION_SQL.model)} AS models, ${named(DIMENSION_SQL.upstream)} AS upstreams,
    ${named(DIMENSION_SQL.client)} AS clientIds,
    ${Object.entries(SUMS)
      .map(([name, sql]) => `${sql} AS ${name}`)
      .join(', ')}
  FROM exchanges WHERE ${OF_CONVERSATION} AND number > ? GROUP BY agent_id ORDER BY requests DESC, agent_id`;

/** A conversation and what its agents make of it; undefined where the ledger has none of this id. Throws SqliteFailure. */
export function sumsOf(
  { driver }: Source,
  id: string,
): { readonly summary: ConversationSummary; readonly byAgent: readonly AgentSummary[] } | undefined {
  const after = uncountedTo(driver, id);
  const groups = prepared(driver, BY_AGENT).all([id, id, after]);
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
  const byAgent = groups.map((group, at) => {
    return { id: agents[at], ...sumOf([group]), durationMs: total([group], 'durationMs') };
  });
  return { summary, byAgent };
}

/** The newest number of a conversation that is not counted; 0 where all of it is. */
function uncountedTo(driver: Source['driver'], id: string): number {
  const beyond = (count: number, which: string, values: readonly SqliteValue[]): number =>
    numberIn(driver, `SELECT number FROM exchanges WHERE ${which} ORDER BY number DESC LIMIT 1 OFFSET ?`, [
      ...values,
      count,
    ]);
  if (beyond(COUNTED, ALIKE, [id]) === 0) return 0;
  const looked = beyond(LOOKED_THROUGH, ALIKE, [id]);
  return Math.max(looked, beyond(COUNTED, `${OF_CONVERSATION} AND number > ?`, [id, id, looked]));
}

function sumOf(groups: readonly SqliteRow[]): Omit<AgentSummary, 'id' | 'durationMs'> {
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

function total(groups: readonly SqliteRow[], column: string): number {
  return groups.reduce((sum, group) => sum + Number(group[column] ?? 0), 0);
}

function nameIn(group: SqliteRow, column: string): string | undefined {
  const name = group[column];
  return name === null || name === undefined ? undefined : String(name);
}

/** Distinct names of all groups, in the order of the alphabet. */
function namesIn(groups: readonly SqliteRow[], column: string): string[] {
  // Lists that SQLite itself has written as JSON.
  const names = groups.flatMap((group): unknown[] => JSON.parse(nameIn(group, column) ?? '[]'));
  return [...new Set(names.map(String))].sort();
}
