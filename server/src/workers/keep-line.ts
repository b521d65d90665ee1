// Kept texts at the other end of a line: what one process has kept, all of them have, and none believes for longer than
// the keeper does that something is nowhere.

import type { Keep, KeepKind } from '../exchange/ports.ts';
import type { Line } from './line.ts';

const WITHIN_MS = 250;

interface Kept {
  readonly kind: KeepKind;
  readonly key: string;
  readonly text: string;
}

/** Texts as a worker sees them. */
export function keepOver(line: Line): Keep {
  return {
    put: (kind, key, text) => line.tell('keep.put', { kind, key, text } satisfies Kept),
    async get(kind, keys) {
      const found = await line.ask('keep.get', { kind, keys }, WITHIN_MS);
      return found instanceof Map ? found : new Map();
    },
  };
}

/** Lets a worker keep and find texts. */
export function serveKeep(line: Line, keep: Keep): void {
  line.hear('keep.put', (body) => {
    const { kind, key, text } = body as Kept;
    keep.put(kind, key, text);
  });
  line.answer('keep.get', (body) => {
    const { kind, keys } = body as { kind: KeepKind; keys: readonly string[] };
    return keep.get(kind, keys);
  });
}
