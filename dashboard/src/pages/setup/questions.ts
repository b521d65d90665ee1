// What the page asks the gateway.

import type { ClientView, ModelView } from '../../../../server/src/admin/contract.ts';
import { useAsk } from '../../api/queries.ts';

const SLOWLY = { everyMs: 60_000 } as const;
const MOST_MODELS = 500;

/** Names of the models that a client may ask for, or anybody ("" for all); undefined while not known. */
export function useModelIds(client: string): readonly string[] | undefined {
  const query = { limit: MOST_MODELS, ...(client === '' ? {} : { client }) };
  const { data } = useAsk<{ readonly models: readonly ModelView[] }>('/models', query, SLOWLY);
  return data?.models.map(({ id }) => id);
}

/** Ids of the clients that may call. */
export function useClientIds(): readonly string[] {
  const { data } = useAsk<{ readonly clients: readonly ClientView[] }>('/clients', {}, SLOWLY);
  return (data?.clients ?? []).filter(({ enabled }) => enabled).map(({ id }) => id);
}
