// The requests that ended last, newest first: what the ledger knew when the page was opened, and what has ended since.

import { useEffect, useRef, useState } from 'react';
import type { ExchangePage, ExchangeRow } from '../../../server/src/admin/contract.ts';
import { useAsk } from '../api/queries.ts';
import { onEnded, useLive } from './live-events.ts';
import type { ClosedExchange } from './live-types.ts';

/** So many are kept. */
export const MOST_ENDED = 200;

/** An event as a row of the ledger, as far as it tells. */
export function rowOfEnded(event: ClosedExchange): ExchangeRow {
  const { inputTokens, outputTokens, cacheReadTokens = 0 } = event;
  const told = inputTokens !== undefined || outputTokens !== undefined;
  const { costState, costNanoUsd = 0 } = event;
  return {
    id: event.id,
    receivedAtMs: event.receivedAtMs,
    endedAtMs: event.atMs,
    route: event.route,
    use: '',
    state: 'done',
    clientId: event.client,
    conversationId: event.conversation,
    agentId: event.agent,
    dialectIn: event.dialectIn,
    modelAsked: event.modelAsked,
    modelServed: event.modelServed,
    upstreamId: event.upstream,
    keyId: event.key,
    attempts: event.attempts,
    status: event.status,
    errorCode: event.error,
    streamed: event.streamed,
    aborted: event.aborted,
    durationMs: event.durationMs,
    ttftMs: event.ttftMs,
    tokensPerSecond: event.tokensPerSecond,
    cache: CACHES.find((one) => one === event.cache),
    usage: told ? usageOf(inputTokens ?? 0, cacheReadTokens, outputTokens ?? 0) : undefined,
    cost:
      costState === undefined
        ? undefined
        : { state: costState, totalNanoUsd: costNanoUsd, parts: NO_PARTS, priceRow: '' },
  };
}

/** How it is made up stands in the ledger alone. */
const NO_PARTS: NonNullable<ExchangeRow['cost']>['parts'] = {
  inputUncached: 0,
  cacheRead: 0,
  cacheWrite: 0,
  inputAudio: 0,
  outputText: 0,
  outputReasoning: 0,
  outputAudio: 0,
  other: 0,
};

const CACHES = ['hit', 'miss', 'stale', 'bypass'] as const;

/** The sums of an event, in the parts of a row: which tokens were written to a cache is not told. */
function usageOf(input: number, cacheRead: number, output: number): NonNullable<ExchangeRow['usage']> {
  return {
    input: {
      uncached: Math.max(0, input - cacheRead),
      cacheRead,
      cacheWrite5m: 0,
      cacheWrite1h: 0,
      cacheWriteOther: 0,
      audio: 0,
    },
    output: { text: output, reasoning: 0, audio: 0 },
    clamped: false,
  };
}

/** The rows with others added: each once, those of the ledger in place of those of events, newest first. */
export function mergeEnded(
  rows: readonly ExchangeRow[],
  more: readonly ExchangeRow[],
  from: 'ledger' | 'events',
): readonly ExchangeRow[] {
  const known = new Map(rows.map((row) => [row.id, row]));
  for (const row of more)
    if (row.endedAtMs !== undefined && (from === 'ledger' || !known.has(row.id))) known.set(row.id, row);
  return [...known.values()]
    .sort((one, other) => (other.endedAtMs ?? 0) - (one.endedAtMs ?? 0))
    .slice(0, MOST_ENDED);
}

/** What has ended. */
export interface Ended {
  readonly rows: readonly ExchangeRow[];
  /** Events since the page was opened. */
  readonly count: number;
  /** The ledger has not answered yet. */
  readonly loading: boolean;
  /** So many end at once that nobody can follow each of them. */
  readonly flood: boolean;
}

const FLOOD = 8;

/** The list; the component is drawn again up to once a second. */
export function useEnded(): Ended {
  const [ended, setEnded] = useState<Omit<Ended, 'loading'>>({ rows: [], count: 0, flood: false });
  const { data, refetch, isPending } = useAsk<ExchangePage>(
    '/exchanges',
    { limit: MOST_ENDED },
    { everyMs: false },
  );
  useEffect(() => {
    if (data === undefined) return;
    setEnded(({ rows, ...rest }) => ({ ...rest, rows: mergeEnded(rows, data.rows, 'ledger') }));
  }, [data]);
  useEffect(
    () =>
      onEnded((batch) => {
        setEnded(({ rows, count }) => ({
          // Of a flood only the end can be seen.
          rows: mergeEnded(rows, batch.slice(-MOST_ENDED).map(rowOfEnded), 'events'),
          count: count + batch.length,
          flood: batch.length > FLOOD,
        }));
      }),
    [],
  );
  const { connection } = useLive();
  const before = useRef(connection);
  useEffect(() => {
    // What ended while nothing was heard stands in the ledger.
    if (connection === 'open' && before.current === 'lost') void refetch();
    before.current = connection;
  }, [connection, refetch]);
  return { ...ended, loading: isPending };
}
