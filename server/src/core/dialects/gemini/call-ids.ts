// Ids of calls. Many of Google's models give none: calls and responses then belong together by name and order. Ids are
// made for them here, the same ones every time, because every other format needs them.

import { digest } from '../../model/digest.ts';

/** An id for a call that has none: the same for the same seed. */
export function madeCallId(seed: string): string {
  return `call_${digest(seed)}`;
}

/** True for ids that `madeCallId` made: Google never saw them. */
export function isMadeCallId(id: string): boolean {
  return /^call_[0-9a-f]{16}$/.test(id);
}

/** Pairs the responses of one request with its calls. */
export interface CallBook {
  /** The id of a call; its turn and its place in it tell calls of one name apart. */
  called(name: string, id: string | undefined, turn: number, at: number): string;
  /** The id of the call that a response answers. */
  answered(name: string, id: string | undefined, turn: number, at: number): string;
}

/** An empty book. */
export function createCallBook(): CallBook {
  const known = new Set<string>();
  /** Ids of calls without a response yet, by name, in their order. */
  const waiting = new Map<string, string[]>();
  const settle = (ids: string[], id: string) => {
    const at = ids.indexOf(id);
    if (at === 0) ids.shift();
    else if (at !== -1) ids.splice(at, 1);
  };

  return {
    called(name, given, turn, at) {
      const id = given ?? madeCallId(`${turn}.${at}:${name}`);
      known.add(id);
      const ids = waiting.get(name);
      if (ids === undefined) waiting.set(name, [id]);
      else ids.push(id);
      return id;
    },
    answered(name, given, turn, at) {
      const ids = waiting.get(name);
      if (given !== undefined && known.has(given)) {
        if (ids !== undefined) settle(ids, given);
        return given;
      }
      const next = ids?.find((id) => given === undefined || isMadeCallId(id));
      if (ids !== undefined && next !== undefined) settle(ids, next);
      return next ?? given ?? madeCallId(`response:${turn}.${at}:${name}`);
    },
  };
}
