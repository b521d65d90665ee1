// Writes streamed answers: the whole life of a response, of its items and their parts, numbered without a gap.
// https://platform.openai.com/docs/api-reference/responses-streaming

import type { Part, ToolCallPart } from '../../model/content.ts';
import type { SluiceError } from '../../model/error.ts';
import type { StreamEvent } from '../../model/event.ts';
import { unreachable } from '../../model/exhaustive.ts';
import type { JsonObject } from '../../model/json.ts';
import type { Stop } from '../../model/response.ts';
import { saidOfRefusal } from '../../model/said-of-refusal.ts';
import type { Usage } from '../../model/usage.ts';
import type { AnswerEncoding, Framing, StreamEncoder, Write } from '../dialect.ts';
import { createEnvelope, type Envelope, outcomeOf, type ResponseState, reportStop } from './envelope.ts';
import { errorEvent, responseError } from './error.encode.ts';
import { CallWriter, MessageWriter, type OpenItem, ReasoningWriter } from './items.stream.ts';
import { NumberedEvents } from './numbered-events.ts';
import { carrierItem, isOtherMessage, itemId, wholeItem } from './output.encode.ts';

/** See Dialect.heartbeat: numbers are for what belongs to the response. */
const KEEP_ALIVE = 'event: keepalive\ndata: {"type":"keepalive"}\n\n';

/** A block that no upstream has sent. */
const SAID_OF_REFUSAL = -1;

/** See Codec.encodeStream. This format has one framing. */
export function encodeStream(write: Write, encoding: AnswerEncoding, _framing: Framing): StreamEncoder {
  const writer = new ResponsesWriter(write, encoding);
  return { event: (event) => writer.event(event) };
}

class ResponsesWriter {
  readonly #write: Write;
  readonly #encoding: AnswerEncoding;
  readonly #events: NumberedEvents;
  readonly #envelope: Envelope;
  readonly #output: JsonObject[] = [];
  /** The writer of each open block of the one choice that there is. */
  readonly #blocks = new Map<number, OpenItem>();
  #message: MessageWriter | undefined;
  #createdAt: number;
  #serviceTier: string | undefined;
  #usage: Usage | undefined;
  /** Members that only this format has: of answers in it. */
  #ext: JsonObject | undefined;
  #stop: Stop = { reason: 'other' };
  #hasRefusal = false;
  #hasText = false;
  #isStarted = false;

  constructor(write: Write, encoding: AnswerEncoding) {
    this.#write = write;
    this.#encoding = encoding;
    this.#events = new NumberedEvents(write, encoding.begun);
    this.#envelope = createEnvelope(encoding);
    this.#createdAt = encoding.createdAt;
  }

  event(event: StreamEvent): void {
    switch (event.type) {
      case 'delta':
        this.#blocks.get(event.block)?.delta(event.text, event.logprobs);
        return;
      case 'start':
        this.#createdAt = event.createdAt ?? this.#createdAt;
        this.#serviceTier = event.serviceTier;
        this.#keep(event.ext);
        this.#begin();
        return;
      case 'open':
        this.#open(event.block, event.choice, event.part);
        return;
      case 'section':
        this.#blocks.get(event.block)?.section();
        return;
      case 'citation':
        // The closed part has them all, with the text that they are about.
        return;
      case 'close':
        this.#close(event.block, event.part);
        return;
      case 'usage':
        this.#usage = event.usage;
        return;
      case 'stop':
        if (event.choice === 0) this.#stop = event.stop;
        return;
      case 'ping':
        if (this.#isStarted) this.#write(KEEP_ALIVE);
        return;
      case 'error':
        this.#fail(event.error);
        return;
      case 'end':
        this.#serviceTier = event.serviceTier ?? this.#serviceTier;
        this.#keep(event.ext);
        this.#finish();
        return;
      default:
        unreachable(event);
    }
  }

  #response(state: Pick<ResponseState, 'status' | 'error' | 'incompleteReason'>): JsonObject {
    return this.#envelope({
      ...state,
      output: this.#output,
      usage: this.#usage,
      createdAt: this.#createdAt,
      serviceTier: this.#serviceTier,
      ext: this.#ext,
    });
  }

  #keep(ext: JsonObject | undefined): void {
    if (ext !== undefined && this.#encoding.origin === 'openai-responses') this.#ext = ext;
  }

  #begin(): void {
    if (this.#isStarted) return;
    this.#isStarted = true;
    const usage = this.#usage;
    this.#usage = undefined;
    const response = this.#response({ status: 'in_progress' });
    this.#usage = usage;
    this.#events.send('response.created', { response });
    this.#events.send('response.in_progress', { response });
  }

  #open(block: number, choice: number, part: Part): void {
    if (choice !== 0) {
      this.#encoding.losses.add({
        path: 'output',
        feature: 'n',
        action: 'dropped',
        severity: 'semantic',
        note: 'The format gives one answer; the others were left out.',
      });
      return;
    }
    switch (part.type) {
      case 'text':
      case 'refusal':
        if (part.type === 'refusal') this.#hasRefusal = true;
        if (this.#message !== undefined && isOtherMessage(this.#message.first, part, this.#encoding.origin))
          this.#closeMessage(false);
        this.#message ??= new MessageWriter(this.#events, this.#output.length, part, this.#encoding);
        this.#message.open(part.type);
        this.#blocks.set(block, this.#message);
        return;
      case 'reasoning':
        this.#closeMessage(false);
        this.#blocks.set(
          block,
          new ReasoningWriter(this.#events, this.#output.length, part, this.#encoding.seed),
        );
        return;
      case 'tool-call': {
        this.#closeMessage(false);
        const index = this.#output.length;
        const callId = part.id === '' ? `call_${this.#encoding.seed}${index}` : part.id;
        this.#blocks.set(block, new CallWriter(this.#events, index, part, callId, this.#encoding));
        return;
      }
      case 'vendor':
      case 'media':
      case 'tool-result':
        this.#closeMessage(false);
        return;
      default:
        unreachable(part);
    }
  }

  #close(block: number, part: Part): void {
    const item = this.#blocks.get(block);
    this.#blocks.delete(block);
    if (part.type === 'text' && part.text !== '') this.#hasText = true;
    if (item !== undefined) {
      const done = item.close(part);
      if (done !== undefined) this.#output.push(done);
      // A token is told at the end of its call: it comes after it, with the call's id in it.
      if (item instanceof CallWriter && part.type === 'tool-call') this.#carry(part, item.callId);
      return;
    }
    if (part.type !== 'vendor' && part.type !== 'media' && part.type !== 'tool-result') return;
    const id = itemId('ig', this.#encoding.seed, this.#output.length);
    const whole = wholeItem(id, part, this.#encoding.losses);
    if (whole !== undefined) this.#whole(whole);
  }

  /** What the provider says of the answer, in a block of its own. */
  #refuse(text: string): void {
    this.#open(SAID_OF_REFUSAL, 0, { type: 'refusal', text: '' });
    this.#blocks.get(SAID_OF_REFUSAL)?.delta(text, undefined);
    this.#close(SAID_OF_REFUSAL, { type: 'refusal', text });
  }

  #carry({ token }: ToolCallPart, callId: string): void {
    if (token === undefined) return;
    this.#whole(carrierItem(itemId('rs', this.#encoding.seed, this.#output.length), token, callId));
  }

  /** An item that comes at once. */
  #whole(item: JsonObject): void {
    const index = this.#output.length;
    this.#events.send('response.output_item.added', { output_index: index, item });
    this.#events.send('response.output_item.done', { output_index: index, item });
    this.#output.push(item);
  }

  #closeMessage(isCut: boolean): void {
    if (this.#message === undefined) return;
    this.#output.push(this.#message.finish(isCut));
    this.#message = undefined;
  }

  /** The answer ended within its last item. A call was told as done before anybody knew: the response puts it right. */
  #cut(): void {
    const last = this.#output.at(-1);
    const isCall = last?.['type'] === 'function_call' || last?.['type'] === 'custom_tool_call';
    if (this.#message === undefined && isCall)
      this.#output[this.#output.length - 1] = { ...last, status: 'incomplete' };
    this.#closeMessage(true);
  }

  #finish(): void {
    this.#begin();
    const outcome = outcomeOf(this.#stop, this.#hasRefusal);
    reportStop(this.#stop, this.#encoding.losses);
    const refusal = saidOfRefusal(this.#stop, this.#hasRefusal || this.#hasText);
    if (refusal !== undefined) this.#refuse(refusal);
    if (outcome.status !== 'completed') this.#cut();
    this.#closeMessage(false);
    if (outcome.status === 'failed')
      this.#events.send('response.failed', { response: this.#response(outcome) });
    else {
      const name = outcome.status === 'completed' ? 'response.completed' : 'response.incomplete';
      this.#events.send(name, { response: this.#response(outcome) });
    }
  }

  /** The error event, with its members flat and nested as clients expect either; then the failed response with all there was. */
  #fail(error: SluiceError): void {
    this.#begin();
    this.#events.send('error', errorEvent(error));
    const response = this.#response({ status: 'failed', error: responseError(error) });
    this.#events.send('response.failed', { response });
  }
}
