// The blocks of a streamed answer by the kind of what they hold: each gathers its part while its pieces pass through.

import type { Citation, ReasoningPart, TextPart, TokenLogprob, ToolCallPart } from '../../model/content.ts';
import { type JsonObject, objectOf, textOf } from '../../model/json.ts';
import { decodeAnnotation, decodeAnnotations, decodeLogprobs } from './annotations.ts';
import { decodeReasoning } from './items.decode.ts';
import type { Lane, Lanes } from './lanes.ts';
import { decodeOutputCall, writtenArguments } from './output.decode.ts';

/** What is still missing of a text of which `had` was sent; nothing where the two do not agree. */
function missing(had: string, whole: string | undefined): string {
  return whole !== undefined && whole.length > had.length && whole.startsWith(had)
    ? whole.slice(had.length)
    : '';
}

/** A text or refusal of a message. It opens with its first words: one without any is none. */
export class WordsBlock {
  readonly #lanes: Lanes;
  readonly #type: 'text' | 'refusal';
  readonly #message: Pick<TextPart, 'ext'>;
  readonly #citations: Citation[] = [];
  #lane: Lane | undefined;
  #text = '';
  #logprobs: TokenLogprob[] | undefined;

  constructor(lanes: Lanes, type: 'text' | 'refusal', message: Pick<TextPart, 'ext'>) {
    this.#lanes = lanes;
    this.#type = type;
    this.#message = message;
  }

  delta(text: string, rawLogprobs?: unknown): void {
    if (text === '') return;
    const logprobs = this.#type === 'text' ? decodeLogprobs(rawLogprobs) : undefined;
    this.#lane ??= this.#lanes.open({ type: this.#type, text: '', ...this.#message });
    if (this.#lane.isClosed) return;
    this.#text += text;
    if (logprobs !== undefined) {
      this.#logprobs ??= [];
      for (const one of logprobs) this.#logprobs.push(one);
    }
    this.#lane.delta(text, logprobs);
  }

  /** A citation; those that come before the first word wait for the end. */
  cite(raw: unknown): void {
    if (this.#lane === undefined || this.#lane.isClosed || this.#type === 'refusal') return;
    const citation = decodeAnnotation(raw);
    if (citation === undefined) return;
    this.#citations.push(citation);
    this.#lane.cite(citation);
  }

  /** All of the text is known. */
  complete(whole: unknown): void {
    this.delta(missing(this.#text, textOf(whole)));
  }

  /** The part is complete, `raw` as the wire has it. */
  close(raw: JsonObject | undefined): void {
    if (this.#lane?.isClosed === true) return;
    if (raw !== undefined) this.complete(this.#type === 'text' ? raw['text'] : raw['refusal']);
    if (this.#lane === undefined) return;
    const annotations = this.#type === 'text' ? raw?.['annotations'] : undefined;
    for (const citation of decodeAnnotations(annotations).slice(this.#citations.length)) {
      this.#citations.push(citation);
      this.#lane.cite(citation);
    }
    const text = this.#text;
    const logprobs = this.#logprobs ?? decodeLogprobs(raw?.['logprobs']);
    if (this.#type === 'refusal') this.#lane.close({ type: 'refusal', text, ...this.#message });
    else
      this.#lane.close({
        type: 'text',
        text,
        ...(this.#citations.length === 0 ? {} : { citations: this.#citations }),
        ...(logprobs === undefined ? {} : { logprobs }),
        ...this.#message,
      });
  }
}

/** A reasoning item. Its words are the summary or the thoughts, whichever comes first. */
export class ReasoningBlock {
  readonly #lanes: Lanes;
  readonly #itemId: string | undefined;
  readonly #sections: string[] = [];
  #lane: Lane | undefined;
  #form: ReasoningPart['form'] | undefined;
  #index: unknown;

  constructor(lanes: Lanes, itemId: string | undefined) {
    this.#lanes = lanes;
    this.#itemId = itemId;
  }

  delta(form: ReasoningPart['form'], index: unknown, text: string): void {
    this.#form ??= form;
    if (this.#form !== form || text === '') return;
    const lane = this.#open();
    if (lane.isClosed) return;
    if (this.#sections.length === 0) this.#sections.push('');
    else if (this.#index !== index) {
      this.#sections.push('');
      lane.section();
    }
    this.#index = index;
    this.#sections[this.#sections.length - 1] += text;
    lane.delta(text);
  }

  /** All of one section is known. */
  complete(form: ReasoningPart['form'], index: unknown, whole: unknown): void {
    const isNew = this.#sections.length > 0 && this.#index !== index;
    this.delta(form, index, missing(isNew ? '' : (this.#sections.at(-1) ?? ''), textOf(whole)));
  }

  /** The item is complete: only now is its token (what came with its beginning was cut off). */
  close(raw: JsonObject | undefined): void {
    if (this.#lane?.isClosed === true) return;
    const known = raw === undefined ? undefined : decodeReasoning(raw, this.#itemId);
    if (this.#sections.length === 0)
      known?.sections.forEach((section, index) => {
        this.delta(known.form, index, section);
      });
    const token = known?.token;
    if (token === undefined && this.#lane === undefined) return;
    this.#open().close({
      ...this.#skeleton(),
      sections: this.#sections,
      ...(token === undefined ? {} : { token }),
    });
  }

  #open(): Lane {
    this.#lane ??= this.#lanes.open(this.#skeleton());
    return this.#lane;
  }

  #skeleton(): ReasoningPart {
    const itemId = this.#itemId === undefined ? {} : { itemId: this.#itemId };
    return { type: 'reasoning', form: this.#form ?? 'summary', sections: [], ...itemId };
  }
}

/** A call of a function or custom tool. */
export class CallBlock {
  readonly #lane: Lane;
  readonly #part: ToolCallPart;
  #arguments = '';

  constructor(lanes: Lanes, item: JsonObject) {
    this.#part = { ...decodeOutputCall(item), arguments: '' };
    this.#lane = lanes.open(this.#part);
  }

  delta(text: string, _logprobs?: unknown): void {
    if (this.#lane.isClosed) return;
    this.#arguments += text;
    this.#lane.delta(text);
  }

  /** All of the arguments are known. */
  complete(whole: unknown): void {
    this.delta(missing(this.#arguments, textOf(whole)));
  }

  /** The call is complete, `raw` as the wire has it. */
  close(raw: JsonObject | undefined): void {
    if (this.#lane.isClosed) return;
    const isCustom = this.#part.kind === 'custom';
    this.complete(raw === undefined ? undefined : writtenArguments(raw, isCustom));
    if (this.#arguments === '' && !isCustom) this.delta('{}');
    this.#lane.close({ ...this.#part, arguments: this.#arguments });
  }
}

/** One output item in the making. */
export interface ItemInTheMaking {
  /** Of a message, by content index. */
  readonly words: Map<unknown, WordsBlock>;
  /** What its parts say of the message. */
  readonly message: Pick<TextPart, 'ext'>;
  reasoning: ReasoningBlock | undefined;
  call: CallBlock | undefined;
  /** As it was announced. */
  readonly raw: JsonObject;
  isDone: boolean;
}

/** The kind of words that a content part holds. */
export function wordsOf(raw: unknown): 'text' | 'refusal' {
  return objectOf(raw)?.['type'] === 'refusal' ? 'refusal' : 'text';
}
