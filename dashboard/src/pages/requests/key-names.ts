// What the keys of upstreams are called, for lists that know their ids.

import { useMemo } from 'react';
import type { KeyList } from '../../../../server/src/admin/contract.ts';
import { useAsk } from '../../api/queries.ts';

const EVERY_MS = 60_000;

/** Names by id; an id without a name is shown by the end of its key. */
export function useKeyNames(): ReadonlyMap<string, string> {
  const { data } = useAsk<KeyList>('/keys', {}, { everyMs: EVERY_MS });
  return useMemo(() => {
    const names = new Map<string, string>();
    for (const key of data?.keys ?? []) {
      const { keyId, name, last4 } = key;
      if (typeof keyId !== 'string') continue;
      if (typeof name === 'string') names.set(keyId, name);
      else if (typeof last4 === 'string' && last4 !== '') names.set(keyId, `…${last4}`);
    }
    return names;
  }, [data]);
}

/** How the gateway calls the key of an upstream that wants none. */
const NO_KEY = 'k_none';

/** What to call a key; undefined where there is none. */
export function keyWords(id: string | undefined, names: ReadonlyMap<string, string>): string | undefined {
  return id === undefined || id === NO_KEY ? undefined : (names.get(id) ?? id);
}
