// Where a stream of the Messages API stands that went through as it was: which index its open block has, or its last one.

import { objectOf, parseJson, textOf } from '../../model/json.ts';
import { sayPart } from '../../model/said.ts';
import type { SentTrail } from '../dialect.ts';
import { MOST_BLOCKS, replayedStart, replayStandIn } from '../kit/replay.ts';

/** See Dialect.trail. */
export function createTrail(): SentTrail {
  const open = new Set<unknown>();
  let last = -1;
  let isOver = false;

  return {
    event(name, data) {
      // Quotes within strings are escaped, so that this can only be the type.
      if (name === 'content_block_delta' || data.includes('"content_block_delta"')) return;
      const json = objectOf(parseJson(data));
      const index = json?.['index'];
      switch (textOf(json?.['type']) ?? name) {
        case 'content_block_start':
          open.add(index);
          if (index === last + 1) last = index;
          else isOver = true;
          return;
        case 'content_block_stop':
          open.delete(index);
          return;
        case 'message_delta':
        case 'message_stop':
        case 'error':
          isOver = true;
      }
    },
    replay(said) {
      const isText = said.open !== undefined;
      const events = isOver || last > MOST_BLOCKS ? undefined : replayedStart(said);
      if (events === undefined || open.size !== (isText ? 1 : 0) || (isText && !open.has(last)))
        return undefined;
      const before = isText ? last : last + 1;
      for (let at = 0; at < before; at++) replayStandIn(at, 'x', events);
      // An encoder begins a block with its first text, the API before it.
      if (said.open !== undefined) {
        const text = said.open.text === '' ? 'x' : said.open.text;
        sayPart({ ...said.open, text }, said.parts.length, false, (event) => void events.push(event));
      }
      return events;
    },
    nextNumber: 0,
  };
}
