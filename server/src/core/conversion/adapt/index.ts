// All passes, in their order. Answers go through them backwards.

import type { Emit } from '../../model/event.ts';
import type { ChatRequest } from '../../model/request.ts';
import type { Adapting, Pass } from '../adapt.ts';
import { caching } from './caching.ts';
import { foreignExt } from './foreign-ext.ts';
import { identity } from './identity.ts';
import { media } from './media.ts';
import { reasoningHistory } from './reasoning-history.ts';
import { reasoningWish } from './reasoning-wish.ts';
import { sampling } from './sampling.ts';
import { schemas } from './schemas.ts';
import { somethingSaid } from './something-said.ts';
import { stopSequences } from './stop-sequences.ts';
import { systemTurns } from './system-turns.ts';
import { toolPasses } from './tools/index.ts';
import { tracesOf } from './traces.ts';

/**
 * Why this order: kept reasoning is found by the ids of calls as the client knows them, so it comes before the tools.
 * Hosted tools and the choice among tools look at members in the words of the origin and at the wish to reason as the
 * client made it, so both are adapted after the tools. Schemas may add an instruction, which then gets its place.
 * Reasoning decides what sampling may say.
 */
const PASSES: readonly Pass[] = [
  identity,
  media,
  reasoningHistory,
  ...toolPasses,
  foreignExt,
  schemas,
  systemTurns,
  reasoningWish,
  sampling,
  stopSequences,
  caching,
  somethingSaid,
];

/** A request that fits its target, and the way back for the answer. */
export interface AdaptedRequest {
  readonly request: ChatRequest;
  /** Takes the target's events, emits the client's. Made anew for each answer. */
  readonly raise: (emit: Emit) => Emit;
}

/** Fits a request to the target; the same object when there is nothing to do. */
export function adaptRequest(request: ChatRequest, adapting: Adapting): AdaptedRequest {
  const raises: ((emit: Emit) => Emit)[] = [];
  const { recalled } = adapting;
  // Kept reasoning that is put in again would bring what nobody has seen.
  const isWhole = recalled === undefined || recalled.size === 0;
  const looked: Adapting = isWhole
    ? { ...adapting, traces: tracesOf(request.turns, adapting.traits) }
    : adapting;
  let adapted = request;
  for (const pass of PASSES) {
    const result = pass(adapted, looked);
    adapted = result.request;
    if (result.raise !== undefined) raises.push(result.raise);
  }
  return {
    request: adapted,
    // The last pass has changed the request last, so it hears the answer first.
    raise: (emit) => raises.reduce((inner, raise) => raise(inner), emit),
  };
}
