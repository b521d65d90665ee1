// Finds the few events of a block that are worth parsing, without looking at the others.

import type { Bytes } from '../../bytes.ts';
import { eventEnd, eventStart } from './event-bounds.ts';
import type { Needle } from './stream-grammar.ts';

/** The starts of all events from `from` on that contain a needle, in order and without repeats. */
export function markedEvents(block: Bytes, from: number, needles: readonly Needle[]): readonly number[] {
  const starts: number[] = [];
  for (const needle of needles) {
    let at = block.indexOf(needle.text, from);
    while (at !== -1) {
      const after = at + needle.text.length;
      let next = after;
      if (needle.fits(block[at - 1], block[after])) {
        starts.push(eventStart(block, at));
        next = eventEnd(block, at);
      }
      at = next < block.length ? block.indexOf(needle.text, next) : -1;
    }
  }
  if (starts.length < 2) return starts;
  starts.sort((a, b) => a - b);
  return starts.filter((start, index) => start !== starts[index - 1]);
}
