// What has been said of a streamed answer so far, folded: for going on with it when its stream breaks off. There is one
// choice; the number of a closed block is its place in `parts`, and the open text has the next one.

import type { Part, TextPart } from './content.ts';
import type { Emit, StartEvent } from './event.ts';
import { skeletonOf } from './unfold.ts';
import type { Usage } from './usage.ts';

/** A streamed answer up to where it has come. */
export interface Said {
  readonly start: StartEvent | undefined;
  /** The closed blocks. */
  readonly parts: readonly Part[];
  /** The text that is still open, with all that was said of it. */
  readonly open: TextPart | undefined;
  /** The last cumulative usage that was told. */
  readonly usage: Usage | undefined;
}

/** Emits the shortest sequence of events that says a part: one delta, or one for each section. Closed only where `isClosed`. */
export function sayPart(part: Part, block: number, isClosed: boolean, emit: Emit): void {
  emit({ type: 'open', block, choice: 0, part: skeletonOf(part) });
  for (const [at, text] of textsOf(part).entries()) {
    if (at > 0) emit({ type: 'section', block });
    if (text !== '') emit({ type: 'delta', block, text });
  }
  if (isClosed) emit({ type: 'close', block, part });
}

function textsOf(part: Part): readonly string[] {
  switch (part.type) {
    case 'text':
    case 'refusal':
      return [part.text];
    case 'tool-call':
      return [part.arguments];
    case 'reasoning':
      return part.sections;
    default:
      return [];
  }
}
