// What a dialect must tell about its streams so that one watcher (watch.ts) can follow all of them.

import type { SluiceError } from '../../model/error.ts';
import type { JsonObject } from '../../model/json.ts';
import type { Usage } from '../../model/usage.ts';

/** One event of a stream. */
export interface StreamEvent {
  /** The `event:` field; '' when there is none. */
  readonly name: string;
  readonly data: string;
  /** The data as JSON; undefined when it is not JSON. */
  readonly value: unknown;
}

/**
 * What an event means. `output`: the client can use it. `finish`: output that says why the model stopped. `ended`: the
 * last event of the stream. An error: the upstream reports that it failed.
 */
export type Sign = 'nothing' | 'output' | 'finish' | 'ended' | SluiceError;

/** What an event tells besides. */
export interface Notes {
  readonly id: string | undefined;
  readonly model: string | undefined;
  /** The usage object as the provider wrote it. */
  readonly usage: JsonObject | undefined;
  /** Members of the usage that the event tells apart from it; a usage that has them itself, or a later event, counts more. */
  readonly beside?: JsonObject | undefined;
}

/**
 * A text that stands in events worth parsing after the first output. Keep it below 8 bytes and begin it with a byte that
 * is rare in streams of the dialect: the runtime then finds it by memchr, at about 10 µs per 100 KB; longer texts cost
 * four times as much.
 */
export interface Needle {
  readonly text: string;
  /** Looks at the bytes around a find, to spare a parse where it only stands in the model's prose. */
  fits(before: number | undefined, after: number | undefined): boolean;
}

/** The streams of one dialect. */
export interface StreamGrammar {
  /** Judges an event: before the first output each one, later those that a needle found. Never throws. */
  judge(event: StreamEvent): Sign;
  notes(event: StreamEvent): Notes;
  /** Finds terminal events and errors. */
  readonly needles: readonly Needle[];
  /** Stands in every event with usage, where such events are too many to parse each; undefined where needles find them. */
  readonly usageNeedle: string | undefined;
  /** True where usage objects complete each other: the last value of each member counts. Otherwise the last object counts. */
  readonly usageMerges: boolean;
  /** Undefined when the object holds no counts. */
  readUsage(raw: JsonObject): Usage | undefined;
  /** True where a clean end after `finish` makes a complete answer even without an `ended` event. */
  readonly endsAfterFinish: boolean;
  /** False where nothing but the finish reason marks the end, so that it is all one can wait for. */
  readonly hasTerminator: boolean;
  /** The `ended` event in bytes, where a stream that ended after its finish without it is given it; absent elsewhere. */
  readonly terminator?: string;
  /** True where the `ended` event carries the whole answer, so that nothing need come before it. */
  readonly endIsOutput: boolean;
}

const QUOTE = 0x22;

/** Fits where the text is a whole JSON string, as member names are. */
export function isQuoted(before: number | undefined, after: number | undefined): boolean {
  return before === QUOTE && after === QUOTE;
}

/** Fits everywhere. */
export function isAnywhere(): boolean {
  return true;
}
