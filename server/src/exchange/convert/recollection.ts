// What the gateway remembers of the reasoning before tool calls that the client has sent back bare; asked for once per
// exchange, and only when a conversion needs it.

import type { Recalled } from '../../core/conversion/recall.ts';
import type { SluiceError } from '../../core/model/error.ts';
import type { ChatRequest } from '../../core/model/request.ts';
import type { Keep } from '../ports.ts';
import { bareCalls, recallReasoning } from '../reasoning-keep.ts';

/** The memory of one exchange. */
export interface Recollection {
  /** Asks; undefined where there is nothing to wait for. */
  load(): Promise<void> | undefined;
  /** What was found. */
  readonly recalled: Recalled | undefined;
}

/** Nothing is asked yet. */
export function recollection(
  keep: Keep,
  clientId: string | undefined,
  decoded: () => ChatRequest | SluiceError,
): Recollection {
  let asked = false;
  let recalled: Recalled | undefined;
  return {
    load() {
      if (asked) return undefined;
      asked = true;
      const request = decoded();
      if ('code' in request || bareCalls(request).length === 0) return undefined;
      return recallReasoning(keep, clientId, request).then((found) => {
        recalled = found;
      });
    },
    get recalled() {
      return recalled;
    },
  };
}
