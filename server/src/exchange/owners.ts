// Remembers which upstream and key made a resource (a response, a file, an upload), so that later requests for it go to
// the account that has it. Bounded, in memory, and told to the other gateways where there are any: what none of them knows
// after a restart is looked for by asking the candidates in turn.

import { isObject, parseJson, textOf } from '../core/model/json.ts';
import type { SharedNotes } from './ports.ts';

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
  /**
   * `clientId`: the client that had it made, where it is certain that it was made just now. The first one counts.
   * `passing`: nobody can ask for it by its id, so that no other gateway has to know it.
   */
  remember(resourceId: string | undefined, maker: Maker, clientId?: string, passing?: boolean): void;
  find(resourceId: string): Owner | undefined;
  /** True when the resource is known to be another client's: it is then to be answered as one that is not there. */
  isForeign(resourceId: string, clientId: string | undefined): boolean;
  /**
   * Asks the other gateways for what is not known here of resources that a client names; undefined where nothing is to be
   * asked, or nobody is there.
   */
  learn(resourceIds: readonly string[], clientId: string | undefined): Promise<void> | undefined;
}

const ID_LENGTH = 500;

/** Resources are listed and fetched for about as long: https://platform.openai.com/docs/guides/conversation-state */
const TOLD_FOR_MS: number = 30 * 24 * 60 * 60 * 1000;

/**
 * Makes an empty memory of at most `limit` entries. It forgets by halves: when the newer half is full, the older one goes.
 * Nothing is deleted one by one, which would cost every request (see roster.ts). `notes`: where other gateways are told.
 */
export function createOwners(limit = 20_000, notes?: SharedNotes): Owners {
  let newer = new Map<string, Owner>();
  let older = new Map<string, Owner>();
  const find = (resourceId: string): Owner | undefined => newer.get(resourceId) ?? older.get(resourceId);
  const set = (resourceId: string, owner: Owner): void => {
    newer.set(resourceId, owner);
    if (newer.size < limit / 2) return;
    older = newer;
    newer = new Map();
  };
  const ask = async (from: SharedNotes, resourceIds: readonly string[]): Promise<void> => {
    for (const [resourceId, text] of await from.find('owner', resourceIds)) {
      const told = readOwner(text);
      const known = find(resourceId);
      if (told !== undefined) set(resourceId, merged(known ?? told, known?.clientId ?? told.clientId));
    }
  };
  return {
    remember: (resourceId, maker, clientId, passing = false) => {
      if (!isId(resourceId)) return;
      const known = find(resourceId);
      const owner = merged(
        { upstreamId: maker.upstream.id, keyId: maker.key.id },
        known?.clientId ?? clientId,
      );
      if (known === undefined || !isSame(known, owner)) {
        set(resourceId, owner);
        if (passing || notes === undefined) return;
        const text = JSON.stringify(owner);
        // One that another gateway has noted first knows whose it is.
        if (known === undefined) notes.putFirst('owner', resourceId, text, TOLD_FOR_MS);
        else notes.put('owner', resourceId, text, TOLD_FOR_MS);
      } else if (!newer.has(resourceId)) set(resourceId, known);
    },
    find,
    isForeign: (resourceId, clientId) => {
      const whose = find(resourceId)?.clientId;
      return whose !== undefined && whose !== clientId;
    },
    learn: (resourceIds, clientId) => {
      if (notes === undefined) return undefined;
      const unknown = resourceIds.filter((resourceId) => {
        if (!isId(resourceId)) return false;
        const known = find(resourceId);
        return known === undefined || (known.clientId === undefined && clientId !== undefined);
      });
      return unknown.length === 0 ? undefined : ask(notes, [...new Set(unknown)]);
    },
  };
}

function isId(resourceId: string | undefined): resourceId is string {
  return resourceId !== undefined && resourceId !== '' && resourceId.length <= ID_LENGTH;
}

function isSame(one: Owner, other: Owner): boolean {
  return one.upstreamId === other.upstreamId && one.keyId === other.keyId && one.clientId === other.clientId;
}

function merged({ upstreamId, keyId }: Owner, clientId: string | undefined): Owner {
  return clientId === undefined ? { upstreamId, keyId } : { upstreamId, keyId, clientId };
}

/** What others wrote may be of another version: then it is as if nothing had been written. */
function readOwner(text: string): Owner | undefined {
  const note = parseJson(text);
  if (!isObject(note)) return undefined;
  const upstreamId = textOf(note['upstreamId']);
  const keyId = textOf(note['keyId']);
  if (upstreamId === undefined || keyId === undefined) return undefined;
  return merged({ upstreamId, keyId }, textOf(note['clientId']));
}
