// Follows one streamed answer of any dialect. Until the first output every event is parsed; afterwards blocks are only
// searched for the needles of the dialect's grammar, and the last events are looked at once more when the stream ends.

import type { Bytes } from '../../bytes.ts';
import { readElements } from '../../json/array-blocks.ts';
import { type SluiceError, sluiceError } from '../../model/error.ts';
import { parseJson } from '../../model/json.ts';
import type { Usage } from '../../model/usage.ts';
import { readEvents } from '../../sse/parse.ts';
import type { Framing, Phase, StreamWatch } from '../dialect.ts';
import { eventEnd, lastEventStart } from './event-bounds.ts';
import { markedEvents } from './marked-events.ts';
import type { Sign, StreamGrammar } from './stream-grammar.ts';
import { createUsageTrail, type UsageTrail } from './usage-trail.ts';

const TAIL_BLOCKS = 4;
const TAIL_BYTES = 16 * 1024;
const TAIL_EVENTS = 8;
const SPACE = 0x20;
const CLOSE_BRACKET = 0x5d;
/** Events that servers invent to keep a connection open; their data need not be JSON. */
const KEEP_ALIVE = /ping|keep-?alive|heartbeat/i;

/** A watcher for one stream. */
export function createWatch(grammar: StreamGrammar, framing: Framing): StreamWatch {
  return new Watch(grammar, framing);
}

class Watch implements StreamWatch {
  phase: Phase = 'prelude';
  closing = '';
  error: SluiceError | undefined;
  id: string | undefined;
  model: string | undefined;
  readonly #grammar: StreamGrammar;
  readonly #framing: Framing;
  readonly #trail: UsageTrail;
  readonly #tail: Bytes[] = [];
  #finished = false;
  #arrayClosed = false;

  constructor(grammar: StreamGrammar, framing: Framing) {
    this.#grammar = grammar;
    this.#framing = framing;
    this.#trail = createUsageTrail(grammar);
  }

  get settling(): boolean {
    return (
      this.phase === 'ended' || (this.#finished && this.phase === 'output' && !this.#grammar.hasTerminator)
    );
  }

  get #over(): boolean {
    return this.phase === 'ended' || this.phase === 'failed';
  }

  read(block: Bytes): void {
    if (this.#over) return;
    if (this.#framing === 'json-array') {
      this.#arrayClosed = lastSignificant(block) === CLOSE_BRACKET;
      readElements(block, (text) => this.#see('', text));
      return;
    }
    this.#keepTail(block);
    const from = this.phase === 'prelude' ? this.#readPrelude(block) : 0;
    const { usageNeedle, needles } = this.#grammar;
    if (usageNeedle !== undefined && block.indexOf(usageNeedle) !== -1) this.#trail.keep(block);
    if (from === block.length) return;
    for (const start of markedEvents(block, from, needles))
      this.#seeEvents(block, start, eventEnd(block, start));
  }

  finish(): void {
    if (this.phase !== 'output') return;
    if (this.#framing === 'sse') this.#readTail();
    if (!this.#finished || !this.#grammar.endsAfterFinish || this.phase !== 'output') return;
    this.#settle('ended');
    this.closing = this.#framing === 'sse' ? (this.#grammar.terminator ?? '') : this.#arrayClosed ? '' : ']';
  }

  usage(): Usage | undefined {
    return this.#trail.read();
  }

  #fail(reason: SluiceError): void {
    this.phase = 'failed';
    this.error = reason;
  }

  #settle(sign: Sign): void {
    if (this.#over || sign === 'nothing') return;
    if (typeof sign === 'object') {
      this.#fail(sign);
      return;
    }
    if (sign === 'finish') this.#finished = true;
    if (sign !== 'ended') this.phase = 'output';
    else if (this.phase === 'prelude' && !this.#grammar.endIsOutput)
      this.#fail(sluiceError('upstream_answer', EMPTY));
    else this.phase = 'ended';
  }

  #see(name: string, data: string): void {
    if (this.#over) return;
    const event = { name, data, value: parseJson(data) };
    const notes = this.#grammar.notes(event);
    this.id ??= notes.id;
    this.model ??= notes.model;
    if (notes.usage !== undefined) this.#trail.note(notes.usage);
    if (notes.beside !== undefined) this.#trail.noteBeside(notes.beside);
    const sign = this.#grammar.judge(event);
    const isUnreadable = sign === 'nothing' && this.phase === 'prelude' && event.value === undefined;
    if (isUnreadable && !isHarmless(name, data)) this.#fail(sluiceError('upstream_answer', NOT_JSON));
    else this.#settle(sign);
  }

  #seeEvents(block: Bytes, start: number, end: number): void {
    readEvents(block.subarray(start, end), ({ event, data }) => this.#see(event, data));
  }

  /** Parses event by event until something useful came; answers where it stopped. */
  #readPrelude(block: Bytes): number {
    let at = 0;
    while (at < block.length && this.phase === 'prelude') {
      const end = eventEnd(block, at);
      this.#seeEvents(block, at, end);
      at = end;
    }
    return at;
  }

  #keepTail(block: Bytes): void {
    const tail = this.#tail;
    tail.push(block);
    let bytes = tail.reduce((sum, { length }) => sum + length, 0);
    while (tail.length > TAIL_BLOCKS || (tail.length > 1 && bytes - (tail[0]?.length ?? 0) >= TAIL_BYTES)) {
      bytes -= tail.shift()?.length ?? 0;
    }
  }

  #readTail(): void {
    for (const { block, start, end } of lastEvents(this.#tail).reverse()) this.#seeEvents(block, start, end);
  }
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
