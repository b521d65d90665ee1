// A complete answer of a model. It is what the events of a stream add up to: see ./fold.ts.

import type { Part } from './content.ts';
import type { DialectId } from './dialect-id.ts';
import type { JsonObject } from './json.ts';
import type { Usage } from './usage.ts';

/** Why the model stopped, in words that no format has all of. */
export type StopReason =
  | 'stop'
  | 'stop-sequence'
  | 'tool-calls'
  | 'length'
  | 'context-full'
  /** Withheld by a filter of the provider. */
  | 'filtered'
  /** The model declined. */
  | 'refusal'
  /** anthropic-messages: a turn of hosted tools is to be continued. */
  | 'paused'
  /** gemini: the model wrote a call that is none. */
  | 'malformed-call'
  | 'cancelled'
  | 'other';

/** Why and how an answer ended. */
export interface Stop {
  readonly reason: StopReason;
  /** The stop sequence that was met, where the format tells it. */
  readonly sequence?: string;
  /** The provider's own word. */
  readonly native?: string;
  /** A sentence of the provider about it. */
  readonly explanation?: string;
  readonly ext?: JsonObject;
}

/** One of the answers to a request. */
export interface Choice {
  readonly index: number;
  readonly parts: readonly Part[];
  readonly stop: Stop;
}

/** One complete answer, or several side by side. */
export interface ChatResponse {
  /** The format it came in; `ext` members are in its words. */
  readonly origin: DialectId;
  readonly id: string;
  /** As the provider names it. */
  readonly model: string;
  /** Seconds since 1970; undefined where the provider does not tell. */
  readonly createdAt?: number;
  /** In the order of their index; at least one. */
  readonly choices: readonly Choice[];
  /** undefined: the provider reported none. */
  readonly usage?: Usage;
  readonly serviceTier?: string;
  readonly ext?: JsonObject;
}
