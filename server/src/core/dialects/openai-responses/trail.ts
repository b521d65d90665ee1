// Where a streamed response stands that went through as it was: the items that are done, the message that is open, and the
// number of the last event.

import type { Part } from '../../model/content.ts';
import type { StreamEvent } from '../../model/event.ts';
import { type JsonObject, objectOf, parseJson, textOf } from '../../model/json.ts';
import { type Said, sayPart } from '../../model/said.ts';
import type { SentTrail } from '../dialect.ts';
import { MOST_BLOCKS, replayedStart } from '../kit/replay.ts';

/** Items come back whole under numbers that no block of the answer has. */
const ITEMS = 1_000_000;

const OVER: ReadonlySet<string> = new Set([
  'response.completed',
  'response.incomplete',
  'response.failed',
  'response.cancelled',
  'error',
]);

/** See Dialect.trail. */
export function createTrail(): SentTrail {
  return new ResponsesTrail();
}

class ResponsesTrail implements SentTrail {
  /** The items by their place: done ones as they are, the open one as it began. */
  readonly #items: (JsonObject | undefined)[] = [];
  readonly #open = new Set<number>();
  #last = '';
  #count = 0;
  /** The end has begun, a text has said its last word without its part being done, or a place is none. */
  #isOver = false;
  #isPartEnding = false;

  event(name: string, data: string): void {
    this.#count++;
    this.#last = data;
    // Quotes within strings are escaped, so that this can only be a type.
    if (data.includes('.delta"')) return;
    const json = objectOf(parseJson(data));
    if (json !== undefined) this.#read(textOf(json['type']) ?? name, json);
  }

  get nextNumber(): number {
    const number = objectOf(parseJson(this.#last))?.['sequence_number'];
    return typeof number === 'number' && Number.isSafeInteger(number) ? number + 1 : this.#count;
  }

  replay(said: Said): readonly StreamEvent[] | undefined {
    if (this.#isOver || this.#isPartEnding || this.#open.size > 1) return undefined;
    const events = replayedStart(said);
    const [open] = this.#open;
    if (events === undefined || (open === undefined && said.open !== undefined)) return undefined;
    if (open !== undefined && open !== this.#items.length - 1) return undefined;
    for (const [at, item] of this.#items.entries()) {
      if (item === undefined) return undefined;
      if (at === open) {
        if (!sayMessage(item, said, events)) return undefined;
      } else {
        const part: Part = { type: 'vendor', dialect: 'openai-responses', kind: 'item', raw: item };
        sayPart(part, ITEMS + at, true, (event) => void events.push(event));
      }
    }
    return events;
  }

  #read(type: string, json: JsonObject): void {
    if (OVER.has(type)) this.#isOver = true;
    else if (type === 'response.output_text.done' || type === 'response.refusal.done')
      this.#isPartEnding = true;
    else if (type === 'response.content_part.done') this.#isPartEnding = false;
    else if (type === 'response.output_item.added' || type === 'response.output_item.done') {
      const index = json['output_index'];
      const item = objectOf(json['item']);
      if (typeof index !== 'number' || !(index >= 0 && index < MOST_BLOCKS) || item === undefined) {
        this.#isOver = true;
        return;
      }
      this.#isPartEnding = false;
      this.#items[index] = item;
      if (type === 'response.output_item.added') this.#open.add(index);
      else this.#open.delete(index);
    }
  }
}

/** Says the open message: its closed texts and the one that is open. False where nothing was said in it, or too little is known. */
function sayMessage(item: JsonObject, said: Said, events: StreamEvent[]): boolean {
  const id = textOf(item['id']);
  if (item['type'] !== 'message' || id === undefined) return false;
  const phase = textOf(item['phase']);
  const ext = phase === undefined ? { id } : { id, phase };
  const add = (event: StreamEvent): void => void events.push(event);
  let first = said.parts.length;
  while (first > 0 && isOfMessage(said.parts[first - 1], id)) first--;
  for (let block = first; block < said.parts.length; block++) {
    const part = said.parts[block];
    if (part !== undefined) sayPart({ ...part, ext }, block, true, add);
  }
  if (said.open !== undefined) sayPart({ ...said.open, ext }, said.parts.length, false, add);
  return said.open !== undefined || first < said.parts.length;
}

function isOfMessage(part: Part | undefined, id: string): boolean {
  return (part?.type === 'text' || part?.type === 'refusal') && part.ext?.['id'] === id;
}
