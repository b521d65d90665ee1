// Remembers which upstream and key made a resource (a response, a file, an upload), so that later requests for it go to
// the account that has it. Bounded, in memory: after a restart such a request falls back to asking the candidates in turn.

/** Where a resource lives. Ids, not objects: the owner is looked up in the configuration of the later request. */
export interface Owner {
  readonly upstreamId: string;
  readonly keyId: string;
  /** The client that had it made; undefined where that is not known, or the gateway has no clients. */
  readonly clientId?: string;
}

/** Who made a resource: a target of an exchange. */
export interface Maker {
  readonly upstream: { readonly id: string };
  readonly key: { readonly id: string };
}

/** The memory of owners. */
export interface Owners {
  /** `clientId`: the client that had it made, where it is certain that it was made just now. The first one counts. */
  remember(resourceId: string | undefined, maker: Maker, clientId?: string): void;
  find(resourceId: string): Owner | undefined;
  /** True when the resource is known to be another client's: it is then to be answered as one that is not there. */
  isForeign(resourceId: string, clientId: string | undefined): boolean;
}

const ID_LENGTH = 500;

/**
 * Makes an empty memory of at most `limit` entries. It forgets by halves: when the newer half is full, the older one goes.
 * Nothing is deleted one by one, which would cost every request (see roster.ts).
 */
export function createOwners(limit = 20_000): Owners {
  let newer = new Map<string, Owner>();
  let older = new Map<string, Owner>();
  const find = (resourceId: string): Owner | undefined => newer.get(resourceId) ?? older.get(resourceId);
  return {
    remember: (resourceId, maker, clientId) => {
      if (resourceId === undefined || resourceId === '' || resourceId.length > ID_LENGTH) return;
      const known = newer.get(resourceId);
      const whose = find(resourceId)?.clientId ?? clientId;
      const same = known?.upstreamId === maker.upstream.id && known.keyId === maker.key.id;
      if (same && known.clientId === whose) return;
      const owner: Owner = { upstreamId: maker.upstream.id, keyId: maker.key.id };
      newer.set(resourceId, whose === undefined ? owner : { ...owner, clientId: whose });
      if (newer.size < limit / 2) return;
      older = newer;
      newer = new Map();
    },
    find,
    isForeign: (resourceId, clientId) => {
      const whose = find(resourceId)?.clientId;
      return whose !== undefined && whose !== clientId;
    },
  };
}
