// A streamed answer as a sequence of events. The grammar (./grammar.ts checks it):
//
//   answer  = start (block | usage | ping)* (stop of each choice, after its blocks) usage* end     or ending in `error`
//   block   = open (delta | section | citation)* close
//
// Blocks are numbered from 0 in the order of their opening. Within one choice they never interleave; the blocks of
// different choices may. A closed block carries its whole part, so that nobody else needs to gather it. After `end` or
// `error` nothing follows.

import type { Citation, Part, TokenLogprob } from './content.ts';
import type { SluiceError } from './error.ts';
import type { JsonObject } from './json.ts';
import type { Stop } from './response.ts';
import type { Usage } from './usage.ts';

/** The first event: whose answer it is. `usage` where the provider counts the input beforehand. */
export interface StartEvent {
  readonly type: 'start';
  readonly id: string;
  readonly model: string;
  readonly createdAt?: number;
  readonly usage?: Usage;
  readonly serviceTier?: string;
  readonly ext?: JsonObject;
}

/** A block begins. `part` is its skeleton: type, ids and names are final; text, sections and arguments are empty. */
export interface OpenEvent {
  readonly type: 'open';
  readonly block: number;
  readonly choice: number;
  readonly part: Part;
}

/** More of a block: text, reasoning, refusal, arguments or input, by the type of its part. Never empty. */
export interface DeltaEvent {
  readonly type: 'delta';
  readonly block: number;
  readonly text: string;
  readonly logprobs?: readonly TokenLogprob[];
}

/** What follows belongs to the next section of a reasoning block. The first section needs none. */
export interface SectionEvent {
  readonly type: 'section';
  readonly block: number;
}

/** A citation of a text block. */
export interface CitationEvent {
  readonly type: 'citation';
  readonly block: number;
  readonly citation: Citation;
}

/** A block is complete; `part` is all of it, token included. A vendor or media part comes whole: its open has it already. */
export interface CloseEvent {
  readonly type: 'close';
  readonly block: number;
  readonly part: Part;
}

/** Cumulative usage: the last one counts. */
export interface UsageEvent {
  readonly type: 'usage';
  readonly usage: Usage;
}

/** A choice has ended. */
export interface StopEvent {
  readonly type: 'stop';
  readonly choice: number;
  readonly stop: Stop;
}

/** The upstream is alive. */
export interface PingEvent {
  readonly type: 'ping';
}

/** The answer failed; the last event. */
export interface ErrorEvent {
  readonly type: 'error';
  readonly error: SluiceError;
}

/** The answer is complete; the last event. Members that only become known now replace those of `start`. */
export interface EndEvent {
  readonly type: 'end';
  readonly serviceTier?: string;
  readonly ext?: JsonObject;
}

/** One event of a streamed answer. */
export type StreamEvent =
  | StartEvent
  | OpenEvent
  | DeltaEvent
  | SectionEvent
  | CitationEvent
  | CloseEvent
  | UsageEvent
  | StopEvent
  | PingEvent
  | ErrorEvent
  | EndEvent;

/** Takes events, in order. */
export type Emit = (event: StreamEvent) => void;
