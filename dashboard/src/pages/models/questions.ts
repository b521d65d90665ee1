// What the page of models asks the gateway.

import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type {
  AliasesView,
  ClientView,
  ExplainRequest,
  ExplainView,
  ModelView,
  PriceList,
  UnpricedList,
} from '../../../../server/src/admin/contract.ts';
import { type ApiError, ask } from '../../api/http.ts';
import { useAsk } from '../../api/queries.ts';
import { periodQuery, usePeriod } from '../../app/period.ts';

/** Models and prices change with the configuration, not by the second. */
const SLOW_MS = 30_000;

/** So many models are asked for at once. */
export const MOST_MODELS = 1_000;

/** Models that clients can ask for. */
export interface ModelList {
  readonly models: readonly ModelView[];
}

/** The models, as a client sees them; '' as everyone without restrictions does. */
export const useModels = (client = '') =>
  useAsk<ModelList>('/models', { limit: MOST_MODELS, client }, { everyMs: SLOW_MS });

/** Names of the clients that there are. */
export function useClientIds(): readonly string[] {
  const { data } = useAsk<{ readonly clients: readonly ClientView[] }>('/clients', {}, { everyMs: false });
  return data?.clients.map(({ id }) => id) ?? [];
}

/** The aliases. */
export const useAliases = () => useAsk<AliasesView>('/aliases', {}, { everyMs: SLOW_MS });

/** The prices in force. */
export const usePrices = () => useAsk<PriceList>('/prices', {}, { everyMs: SLOW_MS });

/** Models that were used in the period and have no price. */
export function useUnpriced() {
  const [period] = usePeriod();
  return useAsk<UnpricedList>('/prices/unpriced', { ...periodQuery(period) }, { everyMs: SLOW_MS });
}

const EXPLAIN_MS = 5_000;

/** Where a request would go, asked anew every few seconds: standings change. Nothing is sent and nothing is changed. */
export const useExplained = (question: ExplainRequest, enabled = true) =>
  useQuery<ExplainView, ApiError>({
    queryKey: ['/explain', question],
    queryFn: ({ signal }) => ask<ExplainView>('/explain', { method: 'POST', body: question, signal }),
    refetchInterval: EXPLAIN_MS,
    placeholderData: keepPreviousData,
    enabled,
  });
