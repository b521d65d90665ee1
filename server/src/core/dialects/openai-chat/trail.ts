// Where a stream of chunks stands that went through as it was. Chunks are not numbered; all that matters is that the
// choice was begun (G23), and that neither its end nor a call has come.

import type { SentTrail } from '../dialect.ts';
import { replayedStart, replaySaid, replayStandIn } from '../kit/replay.ts';

/** Quotes within strings are escaped, so that these can only be members. */
const ENDED = /"finish_reason"\s*:\s*"[^"]/;
const CALLED = /"(?:tool_calls"\s*:\s*\[\s*|function_call"\s*:\s*)\{/;

/** See Dialect.trail. */
export function createTrail(): SentTrail {
  let isOpen = true;
  return {
    event(_name, data) {
      if (isOpen && (data === '[DONE]' || ENDED.test(data) || CALLED.test(data))) isOpen = false;
    },
    replay(said) {
      const events = isOpen ? replayedStart(said) : undefined;
      if (events === undefined) return undefined;
      // The first chunk has named the role, and libraries put two roles together.
      if (said.parts.length === 0 && said.open === undefined) replayStandIn(0, '', events);
      else replaySaid(said, events);
      return events;
    },
    nextNumber: 0,
  };
}
