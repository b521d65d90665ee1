// The one client of TanStack Query, and how questions are asked with it: `useAsk` for reading, `useChange` for changing.

import {
  keepPreviousData,
  QueryClient,
  type UseMutationResult,
  type UseQueryResult,
  useMutation,
  useQuery,
} from '@tanstack/react-query';
import { ApiError, type Asking, ask, type Query } from './http.ts';

/** How often a page asks anew while somebody looks at it. */
export const REFRESH_MS = 10_000;

/** True for failures that another try may mend: nobody answered, or the gateway was busy. */
function isPassing(error: Error): boolean {
  return error instanceof ApiError && (error.status === 0 || error.status >= 500) && error.status !== 501;
}

/** All that has been asked. */
export const queryClient: QueryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 2_000,
      gcTime: 5 * 60_000,
      retry: (failures, error) => failures < 2 && isPassing(error),
      retryDelay: (attempt) => 500 * 2 ** attempt,
      refetchOnWindowFocus: true,
      networkMode: 'always',
    },
    mutations: { retry: false, networkMode: 'always' },
  },
});

/** What else is to be said of a question. */
export interface AskOptions {
  /** Asked anew this often while the page is visible; false: only when told. REFRESH_MS where absent. */
  readonly everyMs?: number | false;
  /** False: not to be asked yet. */
  readonly enabled?: boolean;
  /** The answer to the question before stays until the new one is there: no jump of the layout. True where absent. */
  readonly keep?: boolean;
}

/**
 * Asks a path of the admin API with GET. The key of the answer is the path with its query, so that `forget('/keys')`
 * makes everything below it be asked anew.
 */
export function useAsk<Answer>(
  path: string,
  query: Query = {},
  { everyMs = REFRESH_MS, enabled = true, keep = true }: AskOptions = {},
): UseQueryResult<Answer, ApiError> {
  return useQuery<Answer, ApiError>({
    queryKey: [path, query],
    queryFn: ({ signal }) => ask<Answer>(path, { query, signal }),
    refetchInterval: everyMs,
    enabled,
    ...(keep ? { placeholderData: keepPreviousData } : {}),
  });
}

/** Everything whose path begins with one of these is asked anew. */
export async function forget(...paths: readonly string[]): Promise<void> {
  await queryClient.invalidateQueries({
    predicate: ({ queryKey: [path] }) =>
      typeof path === 'string' && paths.some((one) => path === one || path.startsWith(`${one}/`)),
  });
}

/** One change: where to, and with what. */
export interface Change extends Asking {
  readonly path: string;
}

/**
 * A change of something. `ask` makes the request of what is handed to `mutate`; afterwards everything below `forgets` is
 * asked anew. Errors are ApiErrors and stay in the result for the page to show.
 */
export function useChange<Wish, Answer>(
  asking: (wish: Wish) => Change,
  forgets: readonly string[],
): UseMutationResult<Answer, ApiError, Wish> {
  return useMutation<Answer, ApiError, Wish>({
    mutationFn: (wish) => {
      const { path, ...rest } = asking(wish);
      return ask<Answer>(path, { method: 'POST', ...rest });
    },
    onSuccess: () => forget(...forgets),
  });
}
