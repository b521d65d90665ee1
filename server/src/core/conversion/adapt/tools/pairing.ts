// Whether the ids of a conversation can stay as they are: true for nearly all, and told in one walk over it.

import type { ModelTraits } from '../../../model/traits.ts';

/** Hears of every call and result in their order. */
export interface Pairing {
  call(id: string): void;
  result(callId: string): void;
  /** True when every id is legal and used once, and every call is followed by one result. */
  readonly isWhole: boolean;
}

/** Results that are further out of the order of their calls get the longer way. */
const FAR = 64;

/** True for an id that the target takes: nine letters and digits, or up to 64 of [A-Za-z0-9_-]. */
export function isLegal(id: string, { toolCallIds }: Pick<ModelTraits, 'toolCallIds'>): boolean {
  const isNine = toolCallIds === 'nine';
  const { length } = id;
  if (isNine ? length !== 9 : length === 0 || length > 64) return false;
  for (let at = 0; at < length; at++) {
    const code = id.charCodeAt(at);
    const isLetter = (code >= 97 && code <= 122) || (code >= 65 && code <= 90);
    if (isLetter || (code >= 48 && code <= 57)) continue;
    if (isNine || (code !== 95 && code !== 45)) return false;
  }
  return true;
}

/** A pairing that has heard of nothing yet. */
export function createPairing(traits: Pick<ModelTraits, 'toolCallIds'>): Pairing {
  const ids = new Set<string>();
  /** Ids of calls in their order; results mostly come in the same one. */
  const open: string[] = [];
  let first = 0;
  let isFine = true;
  return {
    call(id) {
      if (!isFine) return;
      isFine = isLegal(id, traits);
      ids.add(id);
      open.push(id);
    },
    result(callId) {
      if (!isFine) return;
      const at = open[first] === callId ? first : open.indexOf(callId, first);
      if (at === -1 || at - first > FAR) isFine = false;
      else if (at > first) open.copyWithin(first + 1, first, at);
      first += 1;
    },
    get isWhole() {
      return isFine && first === open.length && ids.size === open.length;
    },
  };
}
