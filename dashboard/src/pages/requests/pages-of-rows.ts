// The list page by page, by cursors: what is on the screen stays while older rows are added at its end.

import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { useEffect, useMemo, useState } from 'react';
import type { ExchangePage, ExchangeRow } from '../../../../server/src/admin/contract.ts';
import { type ApiError, ask, type Query } from '../../api/http.ts';
import { onEnded } from '../../live/live-events.ts';
import { belongs, listQuery, type RequestsSearch } from './search.ts';

/** Soon there. */
const FIRST_ROWS = 100;
/** Enough for a while of scrolling. */
const MORE_ROWS = 200;
/** After it has ended, a request is in the ledger within this time. */
const WRITTEN_MS = 800;
/** Rows that were on their way and are asked for anew, at once. */
const MOST_RENEWED = 20;

/** The list and what can be done with it. */
export interface RowPages {
  readonly rows: readonly ExchangeRow[] | undefined;
  /** The first page as it was loaded; another object after every renewal. */
  readonly head: readonly ExchangeRow[] | undefined;
  readonly error: ApiError | null;
  /** There are older ones, or they have not all been looked through. */
  readonly hasMore: boolean;
  readonly loadingMore: boolean;
  /** Older rows could not be loaded. */
  readonly failedMore: boolean;
  /** What is shown belongs to the filters of before. */
  readonly stale: boolean;
  /** Loads older rows, unless that is under way or has just failed. */
  readonly more: () => void;
  /** The same after a failure. */
  readonly moreAgain: () => void;
  /** Asks for the newest again. */
  readonly renew: () => void;
}

/** Asks for the rows that fit. */
export function useRowPages(search: RequestsSearch): RowPages {
  const query = listQuery(search);
  // Each renewal is a list of its own: refreshing every page of a long one would take as many questions.
  const [round, setRound] = useState(0);
  const asked = useInfiniteQuery({
    queryKey: ['/exchanges', query, round],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam, signal }) => askPage(query, pageParam, signal),
    getNextPageParam: ({ next }: ExchangePage) => next ?? undefined,
    placeholderData: keepPreviousData,
    staleTime: Number.POSITIVE_INFINITY,
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
  });
  const { data, hasNextPage, isFetching, isFetchNextPageError, isPlaceholderData } = asked;
  const listed = useMemo(() => data?.pages.flatMap(({ rows }) => rows), [data]);
  const rows = useRenewedRows(listed);
  return {
    rows,
    head: data?.pages[0]?.rows,
    // What useInfiniteQuery catches is what `ask` throws.
    error: asked.error as ApiError | null,
    hasMore: hasNextPage,
    loadingMore: asked.isFetchingNextPage,
    failedMore: isFetchNextPageError,
    stale: isPlaceholderData,
    more: () => {
      if (hasNextPage && !isFetching && !isFetchNextPageError) void asked.fetchNextPage();
    },
    moreAgain: () => void asked.fetchNextPage(),
    renew: () => setRound((count) => count + 1),
  };
}

function askPage(query: Query, before: string | undefined, signal: AbortSignal): Promise<ExchangePage> {
  const where = before === undefined ? { limit: FIRST_ROWS } : { limit: MORE_ROWS, before };
  return ask('/exchanges', { query: { ...query, ...where }, signal });
}

/** The rows, in which those that were on their way are shown as they ended. */
function useRenewedRows(rows: readonly ExchangeRow[] | undefined): readonly ExchangeRow[] | undefined {
  const [renewed, setRenewed] = useState<ReadonlyMap<string, ExchangeRow>>(new Map());
  useEffect(() => {
    const open = new Set(rows?.filter(({ state }) => state === 'open').map(({ id }) => id));
    if (open.size === 0) return;
    const end = new AbortController();
    const renew = async (ids: readonly string[]): Promise<void> => {
      await new Promise((resolve) => setTimeout(resolve, WRITTEN_MS));
      if (end.signal.aborted) return;
      const asking = ids.map((id) => ask<ExchangeRow>(`/exchanges/${id}`, { signal: end.signal }));
      const answers = await Promise.allSettled(asking);
      const found = answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value] : []));
      if (found.length > 0 && !end.signal.aborted)
        setRenewed((known) => new Map([...known, ...found.map((row) => [row.id, row] as const)]));
    };
    const stop = onEnded((ended) => {
      const ids = ended.map(({ id }) => id).filter((id) => open.delete(id));
      if (ids.length > 0) void renew(ids.slice(0, MOST_RENEWED));
    });
    return () => {
      stop();
      end.abort();
    };
  }, [rows]);
  return useMemo(
    () => (renewed.size === 0 ? rows : rows?.map((row) => renewed.get(row.id) ?? row)),
    [rows, renewed],
  );
}

/** How many requests have ended since the first page was loaded that would stand in the list and do not yet. */
export function useNewCount(search: RequestsSearch, head: readonly ExchangeRow[] | undefined): number {
  const [count, setCount] = useState(0);
  useEffect(() => {
    setCount(0);
    if (head === undefined) return;
    const known = new Set(head.map(({ id }) => id));
    // Those that were on their way then stand there already, unless only others were asked for.
    const listedToMs = search.outcome === undefined ? (head[0]?.receivedAtMs ?? 0) : Number.NEGATIVE_INFINITY;
    return onEnded((ended) => {
      const fresh = ended.filter(
        (event) => !known.has(event.id) && event.receivedAtMs > listedToMs && belongs(event, search),
      );
      if (fresh.length > 0) setCount((before) => before + fresh.length);
    });
  }, [head, search]);
  return count;
}
