// Follows one streamed answer of any dialect. Until the first output every event is parsed; afterwards blocks are only
// searched for the needles of the dialect's grammar, and the last events are looked at once more when the stream ends.

import type { Bytes } from '../../bytes.ts';
import { readElements } from '../../json/array-blocks.ts';
import { type SluiceError, sluiceError } from '../../model/error.ts';
import { parseJson } from '../../model/json.ts';
import { readEvents } from '../../sse/parse.ts';
import type { Framing, Phase, StreamWatch } from '../dialect.ts';
import { eventEnd, lastEventStart } from './event-bounds.ts';
import { markedEvents } from './marked-events.ts';
import type { Sign, StreamGrammar } from './stream-grammar.ts';
import { createUsageTrail } from './usage-trail.ts';

const TAIL_BLOCKS = 4;
const TAIL_BYTES = 16 * 1024;
const TAIL_EVENTS = 8;
const SPACE = 0x20;
const CLOSE_BRACKET = 0x5d;
/** Events that servers invent to keep a connection open; their data need not be JSON. */
const KEEP_ALIVE = /ping|keep-?alive|heartbeat/i;

/** A watcher for one stream. */
export function createWatch(grammar: StreamGrammar, framing: Framing): StreamWatch {
  const trail = createUsageTrail(grammar);
  const tail: Bytes[] = [];
  let phase: Phase = 'prelude';
  let error: SluiceError | undefined;
  let id: string | undefined;
  let model: string | undefined;
  let finished = false;
  let closing = '';
  let arrayClosed = false;

  function fail(reason: SluiceError): void {
    phase = 'failed';
    error = reason;
  }

  function settle(sign: Sign): void {
    if (phase === 'ended' || phase === 'failed' || sign === 'nothing') return;
    if (typeof sign === 'object') {
      fail(sign);
      return;
    }
    if (sign === 'finish') finished = true;
    if (sign !== 'ended') phase = 'output';
    else if (phase === 'prelude' && !grammar.endIsOutput) fail(sluiceError('upstream_answer', EMPTY));
    else phase = 'ended';
  }

  function see(name: string, data: string): void {
    if (phase === 'ended' || phase === 'failed') return;
    const event = { name, data, value: parseJson(data) };
    const notes = grammar.notes(event);
    id ??= notes.id;
    model ??= notes.model;
    if (notes.usage !== undefined) trail.note(notes.usage);
    if (notes.beside !== undefined) trail.noteBeside(notes.beside);
    const sign = grammar.judge(event);
    if (sign === 'nothing' && phase === 'prelude' && event.value === undefined && !isHarmless(name, data)) {
      fail(sluiceError('upstream_answer', NOT_JSON));
    } else {
      settle(sign);
    }
  }

  function seeEvents(block: Bytes, start: number, end: number): void {
    readEvents(block.subarray(start, end), ({ event, data }) => see(event, data));
  }

  /** Parses event by event until something useful came; answers where it stopped. */
  function readPrelude(block: Bytes): number {
    let at = 0;
    while (at < block.length && phase === 'prelude') {
      const end = eventEnd(block, at);
      seeEvents(block, at, end);
      at = end;
    }
    return at;
  }

  function keepTail(block: Bytes): void {
    tail.push(block);
    let bytes = tail.reduce((sum, { length }) => sum + length, 0);
    while (tail.length > TAIL_BLOCKS || (tail.length > 1 && bytes - (tail[0]?.length ?? 0) >= TAIL_BYTES)) {
      bytes -= tail.shift()?.length ?? 0;
    }
  }

  function readTail(): void {
    for (const { block, start, end } of lastEvents(tail).reverse()) seeEvents(block, start, end);
  }

  return {
    read(block) {
      if (phase === 'ended' || phase === 'failed') return;
      if (framing === 'json-array') {
        arrayClosed = lastSignificant(block) === CLOSE_BRACKET;
        return readElements(block, (text) => see('', text));
      }
      keepTail(block);
      const from = phase === 'prelude' ? readPrelude(block) : 0;
      if (grammar.usageNeedle !== undefined && block.indexOf(grammar.usageNeedle) !== -1) trail.keep(block);
      if (from === block.length) return;
      for (const start of markedEvents(block, from, grammar.needles))
        seeEvents(block, start, eventEnd(block, start));
    },
    finish() {
      if (phase !== 'output') return;
      if (framing === 'sse') readTail();
      if (!finished || !grammar.endsAfterFinish || phase !== 'output') return;
      settle('ended');
      closing = framing === 'sse' ? (grammar.terminator ?? '') : arrayClosed ? '' : ']';
    },
    usage: () => trail.read(),
    get phase() {
      return phase;
    },
    get settling() {
      return phase === 'ended' || (finished && phase === 'output' && !grammar.hasTerminator);
    },
    get closing() {
      return closing;
    },
    get error() {
      return error;
    },
    get id() {
      return id;
    },
    get model() {
      return model;
    },
  };
}

const EMPTY = 'The upstream ended its stream without any output.';
const NOT_JSON = 'The upstream answered with a stream whose first events are not JSON.';

/** The last byte that is not white space; 0 without one. */
function lastSignificant(block: Bytes): number {
  for (let at = block.length - 1; at >= 0; at--) if ((block[at] ?? 0) > SPACE) return block[at] ?? 0;
  return 0;
}

function isHarmless(name: string, data: string): boolean {
  return data.trim() === '' || data === '[DONE]' || KEEP_ALIVE.test(name);
}

/** The spans of the last events of some blocks, newest first. */
function lastEvents(blocks: readonly Bytes[]): { block: Bytes; start: number; end: number }[] {
  const spans: { block: Bytes; start: number; end: number }[] = [];
  for (const block of blocks.toReversed()) {
    let end = block.length;
    while (end > 0 && spans.length < TAIL_EVENTS) {
      const start = lastEventStart(block, end);
      spans.push({ block, start, end });
      end = start;
    }
  }
  return spans;
}
