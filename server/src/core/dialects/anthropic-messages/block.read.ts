// One content block of a streamed answer while it grows. What it says is gathered, because a closed block carries all of
// its part; it is emitted at once while the block is the one whose turn it is, and afterwards where blocks interleave.

import { writeExactly } from '../../json/exact-numbers.ts';
import type { Citation, Part } from '../../model/content.ts';
import type { Emit } from '../../model/event.ts';
import { isFilled, isObject, type JsonObject, objectOf, parseJson, textOf } from '../../model/json.ts';
import { createReading } from '../kit/read-wire.ts';
import { decodeBlock, decodeCitation } from './content.decode.ts';
import { vendorBlock } from './media.decode.ts';
import { signatureToken } from './thinking.ts';

/** A block that takes deltas until it is closed. */
export interface GrowingBlock {
  /** More of it, as the `delta` of content_block_delta. */
  grow(delta: JsonObject): void;
  /** Its turn has come: emits what there is, and from now on all at once. `number`: the model's number of the block. */
  show(number: number): void;
  /** It is complete. Nothing else may be called afterwards. */
  close(): void;
  readonly closed: boolean;
  readonly called: boolean;
}

/** Begins a block from the `content_block` of content_block_start; undefined for what is no block. */
export function beginBlock(block: unknown, emit: Emit): GrowingBlock | undefined {
  const json = objectOf(block);
  if (json === undefined || textOf(json['type']) === undefined) return undefined;
  switch (json['type']) {
    case 'text':
      return textual(json, 'text', emit);
    case 'thinking':
      return textual(json, 'thinking', emit);
    case 'tool_use':
      return called(json, emit);
    default:
      return whole(json, emit);
  }
}

/** The block that a delta of this kind belongs to, for upstreams that forget to begin it. */
export function impliedBlock(delta: JsonObject): JsonObject | undefined {
  if (delta['type'] === 'text_delta') return { type: 'text', text: '' };
  if (delta['type'] === 'thinking_delta') return { type: 'thinking', thinking: '' };
  return undefined;
}

/** Text and thinking. */
function textual(start: JsonObject, member: 'text' | 'thinking', emit: Emit): GrowingBlock {
  const skeleton = decodeBlock(
    { ...start, [member]: '', ...(member === 'text' ? { citations: null } : { signature: '' }) },
    createReading(),
  );
  const citations: Citation[] = [];
  let text = '';
  let shown = 0;
  let shownCitations = 0;
  let signature = start['signature'];
  let number = -1;
  let closed = false;

  const say = (more: string): void => {
    text += more;
    if (number === -1) return;
    shown = text.length;
    emit({ type: 'delta', block: number, text: more });
  };
  const cite = (citation: unknown): void => {
    if (!isObject(citation)) return;
    const cited = decodeCitation(citation);
    citations.push(cited);
    if (number === -1) return;
    shownCitations = citations.length;
    emit({ type: 'citation', block: number, citation: cited });
  };
  const first = textOf(start[member]);
  if (first !== undefined) say(first);
  if (Array.isArray(start['citations'])) start['citations'].forEach(cite);

  const finish = (): void => {
    if (skeleton?.type === 'text') {
      const cited = citations.length === 0 ? {} : { citations };
      emit({ type: 'close', block: number, part: { ...skeleton, text, ...cited } });
    } else if (skeleton?.type === 'reasoning') {
      const token = signatureToken(signature);
      const sections = text === '' ? [] : [text];
      const part = { ...skeleton, sections, ...(token === undefined ? {} : { token }) };
      emit({ type: 'close', block: number, part });
    }
  };

  return {
    get closed() {
      return closed;
    },
    called: false,
    grow(delta) {
      const more = delta[member];
      if (typeof more === 'string' && more !== '') say(more);
      else if (member === 'text' && delta['citation'] !== undefined) cite(delta['citation']);
      else if (member === 'thinking' && textOf(delta['signature']) !== undefined)
        signature = delta['signature'];
    },
    show(given) {
      number = given;
      if (skeleton !== undefined) emit({ type: 'open', block: number, choice: 0, part: skeleton });
      if (text.length > shown) emit({ type: 'delta', block: number, text: text.slice(shown) });
      for (const citation of citations.slice(shownCitations))
        emit({ type: 'citation', block: number, citation });
      if (closed) finish();
    },
    close() {
      closed = true;
      if (number !== -1) finish();
    },
  };
}

/** A call of a tool: its input comes in pieces of JSON, or whole at the start, or not at all (G45). */
function called(start: JsonObject, emit: Emit): GrowingBlock {
  const { input, ...bare } = start;
  const skeleton = decodeBlock({ ...bare, id: bare['id'] ?? '', name: bare['name'] ?? '' }, createReading());
  let text = '';
  let shown = 0;
  let number = -1;
  let closed = false;

  const say = (more: string): void => {
    text += more;
    if (number === -1) return;
    shown = text.length;
    emit({ type: 'delta', block: number, text: more });
  };
  const finish = (): void => {
    if (skeleton?.type !== 'tool-call') return;
    emit({ type: 'close', block: number, part: { ...skeleton, arguments: text === '' ? '{}' : text } });
  };
  const open = (): void => {
    if (skeleton?.type !== 'tool-call') return;
    emit({ type: 'open', block: number, choice: 0, part: { ...skeleton, arguments: '' } });
  };

  return {
    get closed() {
      return closed;
    },
    called: true,
    grow(delta) {
      const more = delta['partial_json'];
      if (typeof more === 'string' && more !== '') say(more);
    },
    show(given) {
      number = given;
      open();
      if (text.length > shown) emit({ type: 'delta', block: number, text: text.slice(shown) });
      if (closed) finish();
    },
    close() {
      if (text === '' && isFilled(input))
        say(
          typeof input === 'string' ? input : isObject(input) ? writeExactly(input) : JSON.stringify(input),
        );
      closed = true;
      if (number !== -1) finish();
    },
  };
}

/** Everything else is emitted when all of it is there: redacted thinking, and blocks of this format only. */
function whole(start: JsonObject, emit: Emit): GrowingBlock {
  const block: Record<string, unknown> = { ...start };
  let input = '';
  let number = -1;
  let closed = false;

  const finish = (): void => {
    const value = input === '' ? undefined : parseJson(input);
    if (value !== undefined) block['input'] = value;
    const part: Part = decodeBlock(block, createReading()) ?? vendorBlock(block);
    emit({ type: 'open', block: number, choice: 0, part });
    emit({ type: 'close', block: number, part });
  };

  return {
    get closed() {
      return closed;
    },
    called: false,
    grow(delta) {
      if (typeof delta['partial_json'] === 'string') input += delta['partial_json'];
      else gain(block, delta);
    },
    show(given) {
      number = given;
      if (closed) finish();
    },
    close() {
      closed = true;
      if (number !== -1) finish();
    },
  };
}

/** Deltas of kinds that nobody knows: text is added to text, anything else takes the place of what was there. */
function gain(block: Record<string, unknown>, delta: JsonObject): void {
  for (const [member, value] of Object.entries(delta)) {
    if (member === 'type' || value === null) continue;
    const before = block[member];
    block[member] = typeof before === 'string' && typeof value === 'string' ? before + value : value;
  }
}
