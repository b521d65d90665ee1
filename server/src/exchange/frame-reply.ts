// The reply to one message of a WebSocket of the Responses API: the events of a stream leave as one text frame each, a
// refusal as one frame in which clients find what an HTTP answer would have told them.
// https://platform.openai.com/docs/guides/websocket-mode

import type { Bytes, Concat } from '../core/bytes.ts';
import { isObject, type JsonObject, parseJson, textOf } from '../core/model/json.ts';
import { type BlockSplitter, createBlockSplitter } from '../core/sse/blocks.ts';
import { readEvents, type SseEvent } from '../core/sse/parse.ts';
import type { RawHeaders, Reply } from './ports.ts';

/** As in relay.ts: nothing larger comes from there. */
const EVENT_LIMIT_BYTES: number = 16 * 1024 * 1024;
/** The most of a refusal that is no error body which is shown, in characters. */
const SHOWN_LENGTH = 2_000;
/** They describe the body of the HTTP answer that was not sent. */
const FRAMING_HEADERS: ReadonlySet<string> = new Set(['content-type', 'content-length', 'content-encoding']);

const concat: Concat = (parts) => Buffer.concat(parts as readonly Buffer[]);

/** One side of a WebSocket that takes text frames. Calls after it was closed do nothing. */
export interface FrameSink {
  /** False when the client reads too slowly: hold back until onDrain fires. */
  send(text: string): boolean;
  /** Ends the connection without a word. */
  cut(): void;
  readonly closed: boolean;
  /** One listener each; a later call replaces the earlier one. */
  onDrain(listener: () => void): void;
  onGone(listener: () => void): void;
}

/** One reply. */
export class FrameReply implements Reply {
  started = false;
  readonly #sink: FrameSink;
  readonly #heard: (event: SseEvent) => void;
  readonly #splitter: BlockSplitter = createBlockSplitter(concat, EVENT_LIMIT_BYTES);
  #ended = false;
  #status = 0;
  #headers: RawHeaders = [];
  #refusal: Buffer[] = [];

  /** `heard` hears of every event before it is sent. */
  constructor(sink: FrameSink, heard: (event: SseEvent) => void = () => {}) {
    this.#sink = sink;
    this.#heard = heard;
  }

  get closed(): boolean {
    return this.#ended || this.#sink.closed;
  }

  head(status: number, headers: RawHeaders): void {
    if (this.closed || this.started) return;
    this.started = true;
    this.#status = status;
    this.#headers = headers;
  }

  write(chunk: Uint8Array | string): boolean {
    if (this.closed) return true;
    const bytes =
      typeof chunk === 'string'
        ? Buffer.from(chunk)
        : Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length);
    if (this.#status < 200 || this.#status > 299) {
      this.#refusal.push(bytes);
      return true;
    }
    const block = this.#splitter.push(bytes);
    if (this.#splitter.overflowed) this.cut();
    return block === undefined || this.#sendEvents(block);
  }

  end(chunk?: Uint8Array | string): void {
    if (chunk !== undefined) this.write(chunk);
    if (this.closed) return;
    if (this.#status < 200 || this.#status > 299) {
      this.#sink.send(errorFrame(this.#status, this.#headers, Buffer.concat(this.#refusal).toString()));
    } else {
      const rest = this.#splitter.rest();
      // An event that ends with its stream needs no blank line here.
      if (rest !== undefined && rest.length > 0) this.#sendEvents(concat([rest, Buffer.from('\n\n')]));
    }
    this.#ended = true;
  }

  cut(): void {
    if (this.closed) return;
    this.#ended = true;
    this.#sink.cut();
  }

  onDrain(listener: () => void): void {
    this.#sink.onDrain(listener);
  }

  onGone(listener: () => void): void {
    this.#sink.onGone(() => {
      if (!this.#ended) listener();
    });
  }

  #sendEvents(block: Bytes): boolean {
    let open = true;
    readEvents(block, (event) => {
      if (event.data === '' || event.data === '[DONE]') return;
      this.#heard(event);
      open = this.#sink.send(event.data);
    });
    return open;
  }
}

/**
 * An error as OpenAI sends it over a WebSocket: `{type: "error", status, error, headers}`. Codex makes of it what it makes
 * of an HTTP answer with that status, those headers and this frame as its body; without a status it would pass it over.
 */
function errorFrame(status: number, headers: RawHeaders, body: string): string {
  const told: Record<string, string> = {};
  for (let at = 0; at + 1 < headers.length; at += 2) {
    const name = (headers[at] ?? '').toLowerCase();
    if (!FRAMING_HEADERS.has(name)) told[name] = headers[at + 1] ?? '';
  }
  return JSON.stringify({ type: 'error', status, error: errorOf(body), headers: told });
}

function errorOf(body: string): JsonObject {
  const json = parseJson(body);
  const error = isObject(json) ? (json['error'] ?? json) : undefined;
  if (isObject(error)) return error;
  return { message: textOf(error) ?? body.slice(0, SHOWN_LENGTH), type: null, param: null, code: null };
}
