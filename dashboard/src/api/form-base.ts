// What a form of the configuration begins with: what is there now, and a version of the file that is not newer.

import { type UseQueryResult, useQuery } from '@tanstack/react-query';
import type { ConfigFileView } from '../../../server/src/admin/contract.ts';
import { type ApiError, ask } from './http.ts';

/** With a version of the file, to be sent as If-Match. */
export type Versioned<Rest> = Rest & { readonly etag: string };

/**
 * Loads it, once for as long as the form is open. The version is read before `read` asks for the rest: what is changed after
 * it makes saving fail rather than be overwritten unseen. `what` tells the bases of several kinds of forms apart.
 */
export function useFormBase<Rest extends object>(
  what: string,
  read: (file: ConfigFileView) => Promise<Rest>,
): UseQueryResult<Versioned<Rest>, ApiError> {
  return useQuery<Versioned<Rest>, ApiError>({
    queryKey: ['/config', `base of a ${what}`],
    queryFn: async () => {
      const file = await ask<ConfigFileView>('/config');
      return { ...(await read(file)), etag: file.etag };
    },
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
    refetchOnWindowFocus: false,
  });
}
