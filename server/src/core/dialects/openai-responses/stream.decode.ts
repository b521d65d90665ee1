// Reads streamed answers. It takes less than OpenAI sends: many servers leave out events, numbers and ids, or send new ids
// with every event. https://platform.openai.com/docs/api-reference/responses-streaming

import { sluiceError } from '../../model/error.ts';
import type { Emit } from '../../model/event.ts';
import { isFilled, isObject, type JsonObject, listOf, objectOf, textOf } from '../../model/json.ts';
import type { StreamDecoder } from '../dialect.ts';
import { brokenEvent } from '../kit/broken-event.ts';
import { createEventParser, type Likeness } from '../kit/like-events.ts';
import { reportedError, streamError } from '../kit/upstream-error.ts';
import { CallBlock, type ItemInTheMaking, ReasoningBlock, WordsBlock, wordsOf } from './blocks.decode.ts';
import { createLanes, type Lanes } from './lanes.ts';
import { decodeOutputItem, decodeStop, isModelItem, messageExt } from './output.decode.ts';
import { endingOf, identityOf } from './response.decode.ts';
import { readUsage, usageWithin } from './usage.ts';

const DELTAS: Likeness = {
  locate(json) {
    const { type, delta } = json as { type?: unknown; delta?: unknown };
    const isDelta = typeof type === 'string' && type.endsWith('.delta') && typeof delta === 'string';
    return isDelta ? { holder: json, member: 'delta' } : undefined;
  },
  number: 'sequence_number',
  padding: 'obfuscation',
};

/** See Codec.decodeStream. */
export function decodeStream(emit: Emit): StreamDecoder {
  return new ResponsesDecoder(emit);
}

class ResponsesDecoder implements StreamDecoder {
  readonly #emit: Emit;
  readonly #lanes: Lanes;
  readonly #parse = createEventParser(DELTAS);
  readonly #items = new Map<unknown, ItemInTheMaking>();
  /** The key of each item by the ids that it had. */
  readonly #keys = new Map<string, unknown>();
  /** Key of the item that the last event was about, for events that do not say. */
  #last: unknown;
  #isStarted = false;
  #isOver = false;
  #said = { calls: false, refusal: false };
  /** The last event, where it was a piece, and who took it: the parser gives one object for all that differ in that alone. */
  #repeated: unknown;
  #taker: WordsBlock | CallBlock | undefined;

  constructor(emit: Emit) {
    this.#emit = (event) => {
      if (event.type === 'open') {
        if (event.part.type === 'tool-call') this.#said.calls = true;
        else if (event.part.type === 'refusal') this.#said.refusal = true;
      }
      emit(event);
    };
    this.#lanes = createLanes(this.#emit);
  }

  event(name: string, data: string): void {
    if (this.#isOver) return;
    const json = this.#parse(data);
    if (!isObject(json)) {
      const error = brokenEvent(json, data);
      if (error === undefined) return;
      this.#isOver = true;
      this.#emit({ type: 'error', error });
      return;
    }
    if (json === this.#repeated) {
      const { delta, logprobs } = json as { delta?: unknown; logprobs?: unknown };
      if (typeof delta === 'string') this.#taker?.delta(delta, logprobs);
      return;
    }
    this.#repeated = undefined;
    const type = textOf(json['type']) ?? name;
    if (type === 'response.output_text.delta') this.#wordsDelta(json, 'text');
    else this.#lifecycle(type, json);
  }

  end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    const error = sluiceError(
      'upstream_closed',
      'The upstream closed the stream before the answer was complete.',
    );
    this.#emit({ type: 'error', error });
  }

  #lifecycle(type: string, json: JsonObject): void {
    switch (type) {
      case 'response.created':
      case 'response.in_progress':
      case 'response.queued':
        this.#start(objectOf(json['response']) ?? {});
        return;
      case 'response.completed':
      case 'response.incomplete':
      case 'response.cancelled':
        this.#finish(objectOf(json['response']) ?? {}, type);
        return;
      case 'response.failed':
      case 'error':
        this.#fail(json);
        return;
      case 'keepalive':
        if (this.#isStarted) this.#emit({ type: 'ping' });
        return;
      case '':
        if (isFilled(json['error'])) this.#fail(json);
        return;
      default:
        if (type.startsWith('response.')) this.#content(type, json);
    }
  }

  #content(type: string, json: JsonObject): void {
    switch (type) {
      case 'response.output_item.added':
        this.#added(json);
        return;
      case 'response.output_item.done':
        this.#done(this.#keyOf(json), objectOf(json['item']));
        return;
      case 'response.content_part.done':
        if (objectOf(json['part'])?.['type'] === 'reasoning_text') return;
        this.#words(json, wordsOf(json['part']))?.close(objectOf(json['part']));
        return;
      case 'response.output_text.done':
        this.#words(json, 'text')?.complete(json['text']);
        return;
      case 'response.output_text.annotation.added':
        this.#words(json, 'text')?.cite(json['annotation']);
        return;
      case 'response.refusal.delta':
        this.#wordsDelta(json, 'refusal');
        return;
      case 'response.refusal.done':
        this.#words(json, 'refusal')?.complete(json['refusal']);
        return;
      case 'response.function_call_arguments.delta':
      case 'response.custom_tool_call_input.delta':
        this.#piece(json, this.#item(json)?.call);
        return;
      case 'response.function_call_arguments.done':
        this.#item(json)?.call?.complete(json['arguments']);
        return;
      case 'response.custom_tool_call_input.done':
        this.#item(json)?.call?.complete(json['input']);
        return;
      default:
        if (type.startsWith('response.reasoning')) this.#reasoning(type, json);
    }
  }

  #reasoning(type: string, json: JsonObject): void {
    const form = type.startsWith('response.reasoning_summary') ? 'summary' : 'text';
    const index = form === 'summary' ? json['summary_index'] : json['content_index'];
    if (type.endsWith('_text.delta'))
      this.#thoughts(json)?.delta(form, index ?? 0, textOf(json['delta']) ?? '');
    else if (type.endsWith('_text.done')) this.#thoughts(json)?.complete(form, index ?? 0, json['text']);
  }

  #start(response: JsonObject): void {
    if (this.#isStarted) return;
    this.#isStarted = true;
    this.#emit({ type: 'start', ...identityOf(response) });
  }

  /** Items are known by their place. Ids change from one event to the next with some servers, places do not. */
  #keyOf(json: JsonObject): unknown {
    const id = textOf(json['item_id']) ?? textOf(objectOf(json['item'])?.['id']);
    const key = typeof json['output_index'] === 'number' ? json['output_index'] : (id ?? this.#last);
    this.#last = key;
    return key;
  }

  #added(json: JsonObject): void {
    const item = objectOf(json['item']) ?? {};
    const key = this.#keyOf(json);
    this.#start({});
    if (!this.#items.has(key)) this.#announce(key, item);
  }

  #announce(key: unknown, raw: JsonObject): ItemInTheMaking {
    const isCall = raw['type'] === 'function_call' || raw['type'] === 'custom_tool_call';
    const item: ItemInTheMaking = {
      words: new Map(),
      message: messageExt(raw),
      reasoning: raw['type'] === 'reasoning' ? new ReasoningBlock(this.#lanes, textOf(raw['id'])) : undefined,
      call: isCall ? new CallBlock(this.#lanes, raw) : undefined,
      raw,
      isDone: false,
    };
    this.#items.set(key, item);
    this.#remember(key, raw);
    return item;
  }

  #remember(key: unknown, raw: JsonObject | undefined): void {
    const id = textOf(raw?.['id']);
    if (id !== undefined) this.#keys.set(id, key);
  }

  #item(json: JsonObject): ItemInTheMaking | undefined {
    return this.#items.get(this.#keyOf(json));
  }

  /** The words that an event is about; of an item that was never announced they are a message's. */
  #words(json: JsonObject, type: 'text' | 'refusal'): WordsBlock | undefined {
    this.#start({});
    const key = this.#keyOf(json);
    const item = this.#items.get(key) ?? this.#announce(key, { type: 'message' });
    if (item.isDone || item.call !== undefined || item.reasoning !== undefined) return undefined;
    return this.#wordsAt(item, json['content_index'] ?? 0, type);
  }

  #wordsAt(item: ItemInTheMaking, index: unknown, type: 'text' | 'refusal'): WordsBlock {
    const known = item.words.get(index);
    if (known !== undefined) return known;
    const made = new WordsBlock(this.#lanes, type, item.message);
    item.words.set(index, made);
    return made;
  }

  #wordsDelta(json: JsonObject, type: 'text' | 'refusal'): void {
    if (typeof json['delta'] === 'string') this.#piece(json, this.#words(json, type));
  }

  #piece(json: JsonObject, taker: WordsBlock | CallBlock | undefined): void {
    this.#repeated = json;
    this.#taker = taker;
    taker?.delta(textOf(json['delta']) ?? '', json['logprobs']);
  }

  #thoughts(json: JsonObject): ReasoningBlock | undefined {
    this.#start({});
    const key = this.#keyOf(json);
    const item = this.#items.get(key) ?? this.#announce(key, { type: 'reasoning', id: json['item_id'] });
    return item.isDone ? undefined : item.reasoning;
  }

  /** An item is complete; `raw` is undefined where the end of the answer does not mention it. */
  #done(key: unknown, raw: JsonObject | undefined): void {
    this.#start({});
    const item = this.#items.get(key) ?? this.#announce(key, raw ?? {});
    if (item.isDone) return;
    item.isDone = true;
    this.#remember(key, raw);
    item.call?.close(raw);
    item.reasoning?.close(raw);
    if (item.call !== undefined || item.reasoning !== undefined) return;
    const whole = raw ?? item.raw;
    if (!isModelItem(whole) && item.words.size === 0) {
      for (const part of decodeOutputItem(raw)) this.#lanes.open(part).close(part);
      return;
    }
    const content = listOf(raw?.['content']);
    content.forEach((part, index) => {
      this.#wordsAt(item, index, wordsOf(part)).close(objectOf(part));
    });
    for (const words of item.words.values()) words.close(undefined);
  }

  #finish(response: JsonObject, type: string): void {
    const status = textOf(response['status']) ?? type.slice('response.'.length);
    if (status === 'failed') {
      this.#fail({ response });
      return;
    }
    this.#start(response);
    this.#settle(response);
    this.#isOver = true;
    const usage = usageWithin(response);
    const counted = usage === undefined ? undefined : readUsage(usage);
    this.#emit({ type: 'stop', choice: 0, stop: decodeStop({ ...response, status }, this.#said) });
    if (counted !== undefined) this.#emit({ type: 'usage', usage: counted });
    this.#emit({ type: 'end', ...endingOf(response) });
  }

  /** What the stream did not say of the output, the complete response does. */
  #settle(response: JsonObject): void {
    const output = listOf(response['output']).map((item) => objectOf(item));
    const hasPlaces = [...this.#items.keys()].every((key) => typeof key === 'number');
    output.forEach((raw, index) => {
      if (raw === undefined) return;
      const id = textOf(raw['id']) ?? '';
      // Ids are surer than places, of which some servers leave out a few; where ids change, places do not.
      if (this.#keys.has(id)) this.#done(this.#keys.get(id), raw);
      else if (hasPlaces) this.#done(index, raw);
      // Without places and with ids of which nobody has heard, only the number of items tells.
      else if (index >= this.#items.size) this.#done(index, raw);
    });
    for (const key of this.#items.keys()) this.#done(key, undefined);
  }

  /** From a nested or flat error event, or from the failed response. */
  #fail(json: JsonObject): void {
    this.#isOver = true;
    const inside = objectOf(json['response'])?.['error'];
    const reported = reportedError(isFilled(inside) ? { error: inside } : { ...json, type: 'error' });
    const unknown = { message: 'no message was given.', status: undefined, retryAfterMs: undefined };
    this.#emit({ type: 'error', error: streamError(reported ?? unknown) });
  }
}
