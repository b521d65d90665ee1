// Writes the items of a streamed answer as they grow: messages, reasoning, calls. An item is announced, filled and done.

import type { Part, ReasoningPart, TokenLogprob, ToolCallPart } from '../../model/content.ts';
import type { JsonObject } from '../../model/json.ts';
import type { LossReport } from '../../model/loss.ts';
import type { AnswerEncoding } from '../dialect.ts';
import { encodeLogprobs } from './annotations.ts';
import { headOf, type NumberedEvents } from './numbered-events.ts';
import {
  argumentsOf,
  callItem,
  contentPart,
  emptyContentPart,
  isThoughtText,
  itemId,
  keptId,
  messageItem,
  phaseOfWords,
  reasoningItem,
  reportTextToken,
  type Words,
} from './output.encode.ts';

/** What takes the pieces of a block. `close` answers the item when the block is all of it. */
export interface OpenItem {
  delta(text: string, logprobs: readonly TokenLogprob[] | undefined): void;
  section(): void;
  close(part: Part): JsonObject | undefined;
}

/** A message: one content part for each block, until something other than words comes. */
export class MessageWriter implements OpenItem {
  /** The first of its words, as they began. */
  readonly first: Words;
  readonly #events: NumberedEvents;
  readonly #place: { readonly item_id: string; readonly output_index: number };
  readonly #losses: LossReport;
  readonly #content: JsonObject[] = [];
  #head = '';
  #tail = '';

  constructor(
    events: NumberedEvents,
    index: number,
    first: Words,
    { seed, losses, origin }: Pick<AnswerEncoding, 'seed' | 'losses' | 'origin'>,
  ) {
    this.first = first;
    this.#events = events;
    this.#losses = losses;
    const id = keptId(first.ext?.['id'], origin) ?? itemId('msg', seed, index);
    this.#place = { item_id: id, output_index: index };
    const item = messageItem(id, 'in_progress', [], phaseOfWords(first));
    events.send('response.output_item.added', { output_index: index, item });
  }

  open(type: 'text' | 'refusal'): void {
    const place = { ...this.#place, content_index: this.#content.length };
    this.#events.send('response.content_part.added', { ...place, part: emptyContentPart(type) });
    const name = type === 'text' ? 'response.output_text.delta' : 'response.refusal.delta';
    this.#head = headOf(name, place, 'delta');
    this.#tail = type === 'text' ? ',"logprobs":[]' : '';
  }

  delta(text: string, logprobs: readonly TokenLogprob[] | undefined): void {
    const tail =
      logprobs === undefined ? this.#tail : `,"logprobs":${JSON.stringify(encodeLogprobs(logprobs))}`;
    this.#events.sendText(this.#head, text, tail);
  }

  section(): void {
    // Words have no sections.
  }

  /** The message stays open: more words may follow. */
  close(part: Part): undefined {
    if (part.type !== 'text' && part.type !== 'refusal') return;
    reportTextToken(part, this.#losses);
    const whole = contentPart(part, this.#losses);
    const place = { ...this.#place, content_index: this.#content.length };
    if (part.type === 'refusal') this.#events.send('response.refusal.done', { ...place, refusal: part.text });
    else {
      (whole['annotations'] as readonly JsonObject[]).forEach((annotation, index) => {
        const added = { ...place, annotation_index: index, annotation };
        this.#events.send('response.output_text.annotation.added', added);
      });
      this.#events.send('response.output_text.done', {
        ...place,
        text: part.text,
        logprobs: whole['logprobs'],
      });
    }
    this.#events.send('response.content_part.done', { ...place, part: whole });
    this.#content.push(whole);
  }

  /** The whole message; `isCut`: the answer ended within it. */
  finish(isCut: boolean): JsonObject {
    const { item_id, output_index } = this.#place;
    const phase = phaseOfWords(this.first);
    const item = messageItem(item_id, isCut ? 'incomplete' : 'completed', this.#content, phase);
    this.#events.send('response.output_item.done', { output_index, item });
    return item;
  }
}

/** A reasoning item, with the parts of a summary or the thoughts themselves. */
export class ReasoningWriter implements OpenItem {
  readonly #events: NumberedEvents;
  readonly #place: { readonly item_id: string; readonly output_index: number };
  readonly #isText: boolean;
  readonly #sections: string[] = [];
  #isOpen = false;
  #head = '';

  constructor(events: NumberedEvents, index: number, part: ReasoningPart, seed: string) {
    this.#events = events;
    this.#isText = isThoughtText(part);
    this.#place = { item_id: part.itemId ?? itemId('rs', seed, index), output_index: index };
    const content = this.#isText ? { content: [] } : {};
    const item = {
      id: this.#place.item_id,
      type: 'reasoning',
      ...content,
      summary: [],
      encrypted_content: null,
    };
    events.send('response.output_item.added', { output_index: index, item });
  }

  delta(text: string): void {
    if (!this.#isOpen) this.#openSection();
    this.#sections[this.#sections.length - 1] += text;
    this.#events.sendText(this.#head, text, '');
  }

  section(): void {
    this.#closeSection();
  }

  close(part: Part): JsonObject | undefined {
    if (part.type !== 'reasoning') return undefined;
    this.#closeSection();
    // What was shown is what is kept: `sections` of the closed part say the same.
    const form = this.#isText ? ('text' as const) : ('summary' as const);
    const shown = { ...part, form, sections: this.#sections };
    const item = reasoningItem(this.#place.item_id, shown);
    this.#events.send('response.output_item.done', { output_index: this.#place.output_index, item });
    return item;
  }

  #openSection(): void {
    const index = this.#sections.length;
    this.#isOpen = true;
    this.#sections.push('');
    const place = this.#at(index);
    const part = { type: this.#isText ? 'reasoning_text' : 'summary_text', text: '' };
    const opened = this.#isText ? 'response.content_part.added' : 'response.reasoning_summary_part.added';
    this.#events.send(opened, { ...place, part });
    const name = this.#isText ? 'response.reasoning_text.delta' : 'response.reasoning_summary_text.delta';
    this.#head = headOf(name, place, 'delta');
  }

  #closeSection(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    const index = this.#sections.length - 1;
    const place = this.#at(index);
    const text = this.#sections[index] ?? '';
    const said = this.#isText ? 'response.reasoning_text.done' : 'response.reasoning_summary_text.done';
    const closed = this.#isText ? 'response.content_part.done' : 'response.reasoning_summary_part.done';
    this.#events.send(said, { ...place, text });
    this.#events.send(closed, {
      ...place,
      part: { type: this.#isText ? 'reasoning_text' : 'summary_text', text },
    });
  }

  #at(index: number): object {
    return this.#isText ? { ...this.#place, content_index: index } : { ...this.#place, summary_index: index };
  }
}

/** A call of a function or custom tool. */
export class CallWriter implements OpenItem {
  readonly callId: string;
  readonly #events: NumberedEvents;
  readonly #place: { readonly item_id: string; readonly output_index: number };
  readonly #head: string;
  #isEmpty = true;

  constructor(
    events: NumberedEvents,
    index: number,
    part: ToolCallPart,
    callId: string,
    { seed, origin }: Pick<AnswerEncoding, 'seed' | 'origin'>,
  ) {
    const isCustom = part.kind === 'custom';
    const id = keptId(part.itemId, origin) ?? itemId(isCustom ? 'ctc' : 'fc', seed, index);
    this.callId = callId;
    this.#events = events;
    this.#place = { item_id: id, output_index: index };
    const item = callItem(id, 'in_progress', part, callId, '');
    events.send('response.output_item.added', { output_index: index, item });
    const name = isCustom
      ? 'response.custom_tool_call_input.delta'
      : 'response.function_call_arguments.delta';
    this.#head = headOf(name, this.#place, 'delta');
  }

  delta(text: string): void {
    this.#isEmpty = false;
    this.#events.sendText(this.#head, text, '');
  }

  section(): void {
    // Calls have no sections.
  }

  close(part: Part): JsonObject | undefined {
    if (part.type !== 'tool-call') return undefined;
    const written = argumentsOf(part);
    if (this.#isEmpty && written !== '') this.delta(written);
    if (part.kind === 'custom')
      this.#events.send('response.custom_tool_call_input.done', { ...this.#place, input: written });
    else
      this.#events.send('response.function_call_arguments.done', {
        ...this.#place,
        name: part.name,
        arguments: written,
      });
    const item = callItem(this.#place.item_id, 'completed', part, this.callId, written);
    this.#events.send('response.output_item.done', { output_index: this.#place.output_index, item });
    return item;
  }
}
