// One look at a conversation for all passes: most of them are about things that few conversations have, and need not walk
// over thousands of parts to find none of them.

import type { Part } from '../../model/content.ts';
import type { JsonObject } from '../../model/json.ts';
import type { Turn } from '../../model/request.ts';
import type { ModelTraits } from '../../model/traits.ts';
import { createPairing, type Pairing } from './tools/pairing.ts';

/** What there may be in a conversation. False means that there is none, and that no pass brings any. */
export interface Traces {
  /** Images, documents, sound, film. */
  media: boolean;
  /** Reasoning, or a token on any part. */
  reasoning: boolean;
  /** Parts that one format alone understands. */
  vendor: boolean;
  /** Members that one format alone understands, on turns or parts; an `ext` without members counts as none. */
  ext: boolean;
  cacheMarks: boolean;
  /** Calls and results of tools that take free text. */
  custom: boolean;
  /** Calls that name a namespace. */
  namespaces: boolean;
  /** The names that calls and results speak of, in their order. Only passes about namespaces change them. */
  readonly names: Set<string>;
  /** The target takes the ids of all calls and results as they are, and none is told twice or missing. */
  pairedIds: boolean;
}

/** Looks at every part once. */
export function tracesOf(turns: readonly Turn[], traits: Pick<ModelTraits, 'toolCallIds'>): Traces {
  const traces: Traces = {
    media: false,
    reasoning: false,
    vendor: false,
    ext: false,
    cacheMarks: false,
    custom: false,
    namespaces: false,
    names: new Set(),
    pairedIds: false,
  };
  const pairing = createPairing(traits);
  for (let at = 0; at < turns.length; at++) {
    const turn = turns[at];
    if (turn === undefined) continue;
    if (turn.ext !== undefined && hasMembers(turn.ext)) traces.ext = true;
    look(turn.parts, traces, pairing);
  }
  traces.pairedIds = pairing.isWhole;
  return traces;
}

function hasMembers(ext: JsonObject): boolean {
  for (const _member in ext) return true;
  return false;
}

/** `pairing`: the parts are those of a turn, and not of a result or document. */
function look(parts: readonly Part[], traces: Traces, pairing: Pairing | undefined): void {
  for (let at = 0; at < parts.length; at++) {
    const part = parts[at];
    if (part === undefined) continue;
    if (part.ext !== undefined && hasMembers(part.ext)) traces.ext = true;
    if (part.cache !== undefined) traces.cacheMarks = true;
    if (part.token !== undefined) traces.reasoning = true;
    switch (part.type) {
      case 'tool-call':
        if (part.kind === 'custom') traces.custom = true;
        if (part.namespace !== undefined) traces.namespaces = true;
        if (pairing === undefined) break;
        traces.names.add(part.name);
        pairing.call(part.id);
        break;
      case 'tool-result':
        if (part.kind === 'custom') traces.custom = true;
        look(part.content, traces, undefined);
        if (pairing === undefined) break;
        if (part.name !== undefined) traces.names.add(part.name);
        pairing.result(part.callId);
        break;
      case 'media':
        traces.media = true;
        // What a document is made of may become parts of the turn.
        if (part.source.type === 'parts') look(part.source.parts, traces, undefined);
        break;
      case 'reasoning':
        traces.reasoning = true;
        break;
      case 'vendor':
        traces.vendor = true;
        break;
      default:
    }
  }
}
