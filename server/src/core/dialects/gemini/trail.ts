// Where a stream of chunks stands that went through as it was. Nothing is numbered; an array must not begin twice.

import type { SentTrail } from '../dialect.ts';
import { replayedStart, replaySaid, replayStandIn } from '../kit/replay.ts';

/** Quotes within strings are escaped, so that these can only be members. */
const ENDED = /"finish_?[rR]eason"\s*:\s*"(?!FINISH_REASON_UNSPECIFIED)[^"]/;
const CALLED = /"function_?[cC]all"\s*:\s*\{/;

/** See Dialect.trail. */
export function createTrail(): SentTrail {
  let isOpen = true;
  return {
    event(_name, data) {
      if (isOpen && (ENDED.test(data) || CALLED.test(data))) isOpen = false;
    },
    replay(said) {
      const events = isOpen ? replayedStart(said) : undefined;
      if (events === undefined) return undefined;
      replayStandIn(0, 'x', events);
      replaySaid(said, events);
      return events;
    },
    nextNumber: 0,
  };
}
