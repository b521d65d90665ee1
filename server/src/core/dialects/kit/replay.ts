// The events with which the trails of the dialects bring an encoder to where the wire stands. What the encoder writes
// meanwhile is thrown away, so that they need not say what was said, only leave the same counts behind.

import type { ReasoningPart } from '../../model/content.ts';
import type { StreamEvent } from '../../model/event.ts';
import { type Said, sayPart } from '../../model/said.ts';

/** Numbers of blocks that stand in for others begin here: no answer has so many. */
const STAND_INS = 1_000_000;

/** No answer has so many blocks; a wire that says so is not gone on with. */
export const MOST_BLOCKS = 4096;

/** The beginning of every replay; undefined before there is one. */
export function replayedStart({ start, usage }: Said): StreamEvent[] | undefined {
  if (start === undefined) return undefined;
  return usage === undefined ? [start] : [start, { type: 'usage', usage }];
}

/** Adds what was said, under its own numbers. */
export function replaySaid({ parts, open }: Said, events: StreamEvent[]): void {
  const add = (event: StreamEvent): void => void events.push(event);
  parts.forEach((part, block) => void sayPart(part, block, true, add));
  if (open !== undefined) sayPart(open, parts.length, false, add);
}

/** Adds a closed block of reasoning, which every format has a place for, as the stand-in number `at`. */
export function replayStandIn(at: number, text: string, events: StreamEvent[]): void {
  const sections = text === '' ? [] : [text];
  const part: ReasoningPart = { type: 'reasoning', form: 'text', sections };
  sayPart(part, STAND_INS + at, true, (event) => void events.push(event));
}
