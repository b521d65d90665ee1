// The aliases with a version of the file that is not newer than they are, for the dialogs that change them.

import { useQuery } from '@tanstack/react-query';
import type { AliasesView, ConfigFileView, ConfigOutcome } from '../../../../../server/src/admin/contract.ts';
import { type ApiError, ask } from '../../../api/http.ts';
import { forget, useChange } from '../../../api/queries.ts';

/** What a dialog begins with. */
export interface AliasBase {
  readonly etag: string;
  readonly aliases: Readonly<Record<string, string>>;
}

/** Loads it while a dialog is open. */
export function useAliasBase() {
  return useQuery<AliasBase, ApiError>({
    queryKey: ['/config', 'base of aliases'],
    queryFn: async () => {
      const { etag } = await ask<ConfigFileView>('/config');
      const { aliases } = await ask<AliasesView>('/aliases');
      return { etag, aliases };
    },
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
    refetchOnWindowFocus: false,
  });
}

/** Sets aliases; null takes one out. Somebody else's change in between is read, and not written over. */
export function useAliasChange(etag: string | undefined) {
  const change = useChange<Readonly<Record<string, string | null>>, ConfigOutcome>(
    (body) => ({
      path: '/aliases',
      method: 'PATCH',
      body,
      ...(etag === undefined ? {} : { headers: { 'if-match': etag } }),
    }),
    ['/aliases', '/models', '/config', '/prices'],
  );
  const isOvertaken = change.error?.status === 412;
  const send = (
    patch: Readonly<Record<string, string | null>>,
    done: (outcome: ConfigOutcome) => void,
  ): void =>
    change.mutate(patch, {
      onSuccess: done,
      onError: ({ status }) => {
        if (status === 412) void forget('/config', '/aliases');
      },
    });
  return { send, error: change.error, isOvertaken, isPending: change.isPending };
}
