// The reply to a request of the unified API: takes an answer of Chat Completions and passes it on in the unified shape, a
// stream event by event, everything else when the exchange is over and its usage is known.

import type { Bytes, Concat } from '../../core/bytes.ts';
import { isFilled, listOf, objectOf, parseJson } from '../../core/model/json.ts';
import { type BlockSplitter, createBlockSplitter } from '../../core/sse/blocks.ts';
import { readEvents } from '../../core/sse/parse.ts';
import { formatEvent } from '../../core/sse/write.ts';
import type { RawHeaders, Reply } from '../ports.ts';
import { accounts, messageOf, type UnifiedFacts, unifiedAnswer, unifiedError } from './answer.ts';

/** As in relay.ts: nothing larger comes from there. */
const EVENT_LIMIT_BYTES: number = 16 * 1024 * 1024;
/** They describe a body that is not sent. */
const CONTENT_HEADERS = /^(?:content-.*|etag|cache-control)$/i;
/** Something came of which this API shows nothing; a client that waits hears at least that it need not give up. */
const NOTHING = ': ping\n\n';

/** One comment and nothing else. */
const COMMENT = /^:[^\n]*\n+$/;

const concat: Concat = (parts) => Buffer.concat(parts as readonly Buffer[]);

/** One reply. */
export class UnifiedReply implements Reply {
  started = false;
  /** The client has asked for a stream; known when its body has been read. */
  stream = false;
  readonly #outer: Reply;
  readonly #splitter: BlockSplitter = createBlockSplitter(concat, EVENT_LIMIT_BYTES);
  #ended = false;
  #status = 0;
  #headers: RawHeaders = [];
  readonly #parts: Buffer[] = [];
  /** How far a stream has come. */
  #state: 'open' | 'complete' | 'failed' = 'open';
  #error: unknown;

  constructor(outer: Reply) {
    this.#outer = outer;
  }

  get closed(): boolean {
    return this.#ended || this.#outer.closed;
  }

  get #streams(): boolean {
    return this.stream && this.#status >= 200 && this.#status < 300;
  }

  head(status: number, headers: RawHeaders): void {
    if (this.closed || this.started) return;
    this.started = true;
    this.#status = status;
    this.#headers = headers;
    if (!this.#streams) return;
    this.#outer.head(status, [
      ...withoutContent(headers),
      ...['content-type', 'text/event-stream; charset=utf-8'],
      ...['cache-control', 'no-cache', 'x-accel-buffering', 'no'],
    ]);
  }

  write(chunk: Uint8Array | string): boolean {
    if (this.closed) return true;
    // A sign of life, written between two events; it need not end with an empty line.
    if (this.#streams && typeof chunk === 'string' && COMMENT.test(chunk)) return this.#outer.write(NOTHING);
    const bytes =
      typeof chunk === 'string'
        ? Buffer.from(chunk)
        : Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length);
    if (!this.#streams) {
      this.#parts.push(bytes);
      return true;
    }
    const block = this.#splitter.push(bytes);
    if (this.#splitter.overflowed) this.cut();
    return block === undefined || this.#pass(block);
  }

  /** The client's answer ends with finish(). */
  end(chunk?: Uint8Array | string): void {
    if (chunk !== undefined) this.write(chunk);
    if (this.closed) return;
    const rest = this.#streams ? this.#splitter.rest() : undefined;
    if (rest !== undefined && rest.length > 0) this.#pass(concat([rest, Buffer.from('\n\n')]));
    this.#ended = true;
  }

  cut(): void {
    this.#ended = true;
    this.#outer.cut();
  }

  onDrain(listener: () => void): void {
    this.#outer.onDrain(listener);
  }

  onGone(listener: () => void): void {
    this.#outer.onGone(() => {
      if (!this.#ended) listener();
    });
  }

  /** Sets the body of the error that will be told. */
  replaceError(body: unknown): void {
    this.#error = body;
  }

  /** Says what is left to be said once the exchange is over. */
  finish(facts: UnifiedFacts): void {
    if (this.#outer.closed || !this.started) return;
    if (this.#streams) {
      if (this.#state === 'complete') this.#outer.end(formatEvent(JSON.stringify(accounts(facts)), 'done'));
      else if (this.#state === 'failed') this.#outer.end();
      else this.#outer.end(errorEvent('{"error":{"message":"The answer ended before it was complete."}}'));
      return;
    }
    const text = Buffer.concat(this.#parts).toString();
    const good = this.#status >= 200 && this.#status < 300;
    const body = good ? unifiedAnswer(text, facts) : (this.#error ?? unifiedError(text));
    const out = JSON.stringify(body);
    this.#outer.head(this.#status, [
      ...withoutContent(this.#headers),
      ...['content-type', 'application/json; charset=utf-8'],
      ...['content-length', String(Buffer.byteLength(out))],
    ]);
    this.#outer.end(out);
  }

  #pass(block: Bytes): boolean {
    let text = '';
    readEvents(block, ({ data }) => {
      text += this.#translated(data);
    });
    return this.#outer.write(text === '' ? NOTHING : text);
  }

  #translated(data: string): string {
    if (data === '' || this.#state !== 'open') return '';
    if (data === '[DONE]') {
      this.#state = 'complete';
      return '';
    }
    const json = objectOf(parseJson(data));
    if (json === undefined || isFilled(json['error']) || !Array.isArray(json['choices'])) {
      this.#state = 'failed';
      return errorEvent(data);
    }
    // Of several answers side by side this API has the first.
    const choice = listOf(json['choices'])
      .map(objectOf)
      .find((one) => (one?.['index'] ?? 0) === 0);
    const { role, content, ...more } = messageOf(objectOf(choice?.['delta']) ?? {});
    if (content === '' && Object.keys(more).length === 0) return '';
    return formatEvent(JSON.stringify({ content, role, ...more }), 'chunk');
  }
}

function errorEvent(body: string): string {
  return formatEvent(JSON.stringify(unifiedError(body)), 'error');
}

function withoutContent(headers: RawHeaders): string[] {
  const kept: string[] = [];
  for (let at = 0; at + 1 < headers.length; at += 2) {
    const name = headers[at] ?? '';
    if (!CONTENT_HEADERS.test(name) && name.toLowerCase() !== 'x-accel-buffering')
      kept.push(name, headers[at + 1] ?? '');
  }
  return kept;
}
