// What the gateway remembers of the reasoning before tool calls that the client has sent back bare; asked for once per
// exchange, and only when a conversion needs it.

import type { Recalled } from '../../core/conversion/recall.ts';
import type { SluiceError } from '../../core/model/error.ts';
import type { ChatRequest } from '../../core/model/request.ts';
import type { Keep } from '../ports.ts';
import { bareCalls, recallReasoning } from '../reasoning-keep.ts';

/** The memory of one exchange. Nothing is asked yet. */
export class Recollection {
  readonly #keep: Keep;
  readonly #clientId: string | undefined;
  readonly #decoded: () => ChatRequest | SluiceError;
  #asked = false;
  #recalled: Recalled | undefined;

  constructor(keep: Keep, clientId: string | undefined, decoded: () => ChatRequest | SluiceError) {
    this.#keep = keep;
    this.#clientId = clientId;
    this.#decoded = decoded;
  }

  /** What was found. */
  get recalled(): Recalled | undefined {
    return this.#recalled;
  }

  /** Asks; undefined where there is nothing to wait for. */
  load(): Promise<void> | undefined {
    if (this.#asked) return undefined;
    this.#asked = true;
    const request = this.#decoded();
    if ('code' in request || bareCalls(request).length === 0) return undefined;
    return recallReasoning(this.#keep, this.#clientId, request).then((found) => {
      this.#recalled = found;
    });
  }
}
