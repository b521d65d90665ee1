// Remembers which upstream and key made a resource (a response, a file, an upload), so that later requests for it go to
// the account that has it. Bounded, in memory: after a restart such a request falls back to asking the candidates in turn.

import type { Target } from './context.ts';

/** Where a resource lives. Ids, not objects: the owner is looked up in the configuration of the later request. */
export interface Owner {
  readonly upstreamId: string;
  readonly keyId: string;
}

/** The memory of owners. */
export interface Owners {
  remember(resourceId: string | undefined, target: Pick<Target, 'upstream' | 'key'>): void;
  find(resourceId: string): Owner | undefined;
}

/** Makes an empty memory that forgets the oldest beyond `limit` entries. */
export function createOwners(limit = 20_000): Owners {
  const owners = new Map<string, Owner>();
  return {
    remember: (resourceId, target) => {
      if (resourceId === undefined || resourceId === '' || resourceId.length > 500) return;
      owners.delete(resourceId);
      owners.set(resourceId, { upstreamId: target.upstream.id, keyId: target.key.id });
      if (owners.size <= limit) return;
      const [oldest] = owners.keys();
      if (oldest !== undefined) owners.delete(oldest);
    },
    find: (resourceId) => owners.get(resourceId),
  };
}
