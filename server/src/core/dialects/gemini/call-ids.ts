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
  /** The calls without a response, in their order: those from `first` on. */
  const ids: string[] = [];
  const names: string[] = [];
  let first = 0;
  const answeredIds = new Set<string>();
  const settle = (at: number) => {
    answeredIds.add(ids[at] ?? '');
    if (at === first) first += 1;
    else {
      ids.splice(at, 1);
      names.splice(at, 1);
    }
  };
  const nextOf = (name: string, wantsMade: boolean): number => {
    for (let at = first; at < ids.length; at++)
      if (names[at] === name && (!wantsMade || isMadeCallId(ids[at] ?? ''))) return at;
    return -1;
  };

  return {
    called(name, given, turn, at) {
      const id = given ?? madeCallId(`${turn}.${at}:${name}`);
      ids.push(id);
      names.push(name);
      return id;
    },
    answered(name, given, turn, at) {
      if (given !== undefined) {
        // Responses mostly come in the order of their calls.
        const found = ids[first] === given ? first : ids.indexOf(given, first);
        if (found !== -1 && names[found] === name) settle(found);
        if (found !== -1 || answeredIds.has(given)) return given;
      }
      const next = nextOf(name, given !== undefined);
      if (next === -1) return given ?? madeCallId(`response:${turn}.${at}:${name}`);
      const id = ids[next] ?? '';
      settle(next);
      return id;
    },
  };
}
