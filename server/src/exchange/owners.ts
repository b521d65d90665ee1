// Remembers which upstream and key made a resource (a response, a file, an upload), so that later requests for it go to
// the account that has it. Bounded, in memory: after a restart such a request falls back to asking the candidates in turn.

/** Where a resource lives. Ids, not objects: the owner is looked up in the configuration of the later request. */
export interface Owner {
  readonly upstreamId: string;
  readonly keyId: string;
}

/** Who made a resource: a target of an exchange. */
export interface Maker {
  readonly upstream: { readonly id: string };
  readonly key: { readonly id: string };
}

/** The memory of owners. */
export interface Owners {
  remember(resourceId: string | undefined, maker: Maker): void;
  find(resourceId: string): Owner | undefined;
}

const ID_LENGTH = 500;

/**
 * Makes an empty memory of at most `limit` entries. It forgets by halves: when the newer half is full, the older one goes.
 * Nothing is deleted one by one, which would cost every request (see roster.ts).
 */
export function createOwners(limit = 20_000): Owners {
  let newer = new Map<string, Owner>();
  let older = new Map<string, Owner>();
  return {
    remember: (resourceId, maker) => {
      if (resourceId === undefined || resourceId === '' || resourceId.length > ID_LENGTH) return;
      const known = newer.get(resourceId);
      if (known?.upstreamId === maker.upstream.id && known.keyId === maker.key.id) return;
      newer.set(resourceId, { upstreamId: maker.upstream.id, keyId: maker.key.id });
      if (newer.size < limit / 2) return;
      older = newer;
      newer = new Map();
    },
    find: (resourceId) => newer.get(resourceId) ?? older.get(resourceId),
  };
}
