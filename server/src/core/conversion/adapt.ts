// Fits a request to what its target can take, in the words of the model, so that the dialects only have to translate; and
// undoes on the answer what the client must not notice. Each pass is one file of ./adapt and reports what it bends.

import type { Emit } from '../model/event.ts';
import type { LossReport } from '../model/loss.ts';
import type { ChatRequest } from '../model/request.ts';
import type { ModelTraits } from '../model/traits.ts';
import type { Traces } from './adapt/traces.ts';
import type { Recalled } from './recall.ts';

/** What a pass depends on besides the request. */
export interface Adapting {
  readonly traits: ModelTraits;
  readonly losses: LossReport;
  /** Reasoning that the client was given and did not send back, by id of the tool call that it led to. */
  readonly recalled: Recalled | undefined;
  /** The target has refused the tokens: send none. */
  readonly withoutTokens: boolean;
  /** What the conversation has anything of; absent: nobody has looked, so there may be anything. */
  readonly traces?: Traces | undefined;
}

/** A request as one pass leaves it, and how the answer is to be changed back (nothing for most passes). */
export interface Adapted {
  readonly request: ChatRequest;
  /** Puts itself before `emit`: takes the target's events, emits the client's. Made anew for each answer. */
  readonly raise?: ((emit: Emit) => Emit) | undefined;
}

/** One pass. */
export type Pass = (request: ChatRequest, adapting: Adapting) => Adapted;
