// The answer to one client request, over Node's ServerResponse. Head and first bytes leave in one write, a client that
// has left is noticed in the same tick, and one that reads nothing is cut.

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { RawHeaders, Reply } from '../exchange/ports.ts';
import type { RequestBody } from './body.ts';
import type { Bereaved, Connection } from './connections.ts';

/** What a reply needs of the edge. */
export interface ReplyContext {
  readonly deadReaderMs: number;
  /** True while the server is closing: connections are not kept. */
  closing(): boolean;
  /** The head has promised that the connection is kept, and the server is closing. */
  closeKept(): void;
  /** The connection cannot be used after this answer although bytes of the request are still under way. */
  closeGently(): void;
}

/** Whole answers up to this leave as one string with their head; for longer ones the copy costs more than it saves. */
const JOINED_BYTES = 16_384;

function noop(): void {}

function hasHeader(headers: RawHeaders, name: string): boolean {
  for (let at = 0; at < headers.length; at += 2) if (headers[at]?.toLowerCase() === name) return true;
  return false;
}

/** A reply as the checks of the edge use it. */
export interface EdgeAnswer extends Reply {
  /** Sets headers that go with every answer of this request. */
  addHeaders(headers: RawHeaders): void;
  /** Closes the connection after this answer. */
  closeAfter(): void;
}

/** One reply. Calls after the end, or after the client left, do nothing. */
export class EdgeReply implements EdgeAnswer, Bereaved {
  started = false;
  closed = false;
  readonly #request: IncomingMessage;
  readonly #response: ServerResponse;
  readonly #body: RequestBody;
  readonly #connection: Connection;
  readonly #context: ReplyContext;
  /** Headers that the edge adds to whatever is answered (CORS). */
  #more: RawHeaders = [];
  #head: { readonly status: number; readonly headers: RawHeaders } | undefined;
  #gone: () => void = noop;
  #drain: () => void = noop;
  #drainHeard = false;
  /** Waiting for the client to read. */
  #waiting = false;
  #lastAnswer = false;

  constructor(
    request: IncomingMessage,
    response: ServerResponse,
    body: RequestBody,
    connection: Connection,
    context: ReplyContext,
  ) {
    this.#request = request;
    this.#response = response;
    this.#body = body;
    this.#connection = connection;
    this.#context = context;
    if (request.socket.destroyed) this.closed = true;
    else connection.answers.push(this);
  }

  addHeaders(headers: RawHeaders): void {
    this.#more = headers;
  }

  closeAfter(): void {
    this.#lastAnswer = true;
  }

  head(status: number, headers: RawHeaders): void {
    if (this.closed || this.started) return;
    this.started = true;
    this.#head = { status, headers };
    // Waits for the first bytes of this tick, so that they leave together.
    process.nextTick(() => {
      if (this.#head === undefined || this.closed) return;
      this.#sendHead(undefined);
      if (!this.closed) this.#response.flushHeaders();
    });
  }

  #sendHead(bodyLength: number | undefined): void {
    const head = this.#head;
    if (head === undefined) return;
    this.#head = undefined;
    const headers = this.#more.length === 0 ? [...head.headers] : [...head.headers, ...this.#more];
    if (
      bodyLength !== undefined &&
      head.status !== 204 &&
      head.status !== 304 &&
      !hasHeader(headers, 'content-length')
    ) {
      headers.push('content-length', String(bodyLength));
    }
    const unread = this.#body.settle();
    if (unread) this.#context.closeGently();
    if (unread || this.#lastAnswer || this.#context.closing()) headers.push('connection', 'close');
    try {
      this.#response.writeHead(head.status, headers);
    } catch {
      // A header that HTTP does not allow: nothing true can be sent any more.
      this.cut();
    }
  }

  write(chunk: Uint8Array | string): boolean {
    if (this.closed) return true;
    this.#sendHead(undefined);
    if (this.closed) return true;
    const ready = this.#response.write(chunk);
    if (!ready) this.#awaitReader();
    return ready;
  }

  end(chunk?: Uint8Array | string): void {
    if (this.closed) return;
    const isFirst = this.#head !== undefined;
    if (isFirst) this.#sendHead(chunk === undefined ? 0 : Buffer.byteLength(chunk));
    if (this.closed) return;
    this.closed = true;
    this.#forget();
    if (chunk === undefined) this.#response.end();
    else if (isFirst && chunk instanceof Buffer && chunk.length <= JOINED_BYTES) {
      // As latin1 one byte stays one byte, and Node joins the text with its head into a single write.
      this.#response.end(chunk.toString('latin1'), 'latin1');
    } else this.#response.end(chunk);
    const { socket } = this.#response;
    // Node would keep this connection for its next request.
    if (this.#context.closing()) this.#response.once('finish', () => this.#context.closeKept());
    // Node sets the socket's timeout anew when the answer is out.
    if (!this.#waiting && socket !== null && socket.writableLength > 0)
      socket.setTimeout(this.#context.deadReaderMs);
  }

  cut(): void {
    if (this.closed) return;
    this.closed = true;
    this.#forget();
    this.#request.socket.destroy();
  }

  /**
   * Lets somebody else answer over Node's own response; nothing may be called here any more. The function gives the
   * headers that must stand in that answer, and is to be called once, when its head is about to leave.
   */
  lend(): () => RawHeaders {
    // Whatever is sent on this connection from outside of the answer would stand in the middle of it.
    this.started = true;
    this.#response.once('close', () => {
      this.closed = true;
      this.#forget();
    });
    return () => {
      const unread = this.#body.settle();
      const closing = this.#context.closing();
      if (unread) this.#context.closeGently();
      if (closing) this.#response.once('finish', () => this.#context.closeKept());
      return unread || closing ? [...this.#more, 'connection', 'close'] : this.#more;
    };
  }

  onDrain(listener: () => void): void {
    this.#drain = listener;
  }

  onGone(listener: () => void): void {
    this.#gone = listener;
  }

  #forget(): void {
    const { answers } = this.#connection;
    const at = answers.indexOf(this);
    if (at >= 0) answers.splice(at, 1);
  }

  connectionLost(): void {
    if (this.closed) return;
    this.closed = true;
    this.#gone();
  }

  /**
   * The socket's own timeout is used here, not a deadline: only it can tell a slow reader from a dead one while one large
   * chunk is being sent.
   */
  #awaitReader(): void {
    // Set once per wait: more writes meanwhile (keep-alive comments) must not put it off.
    if (this.#waiting) return;
    this.#waiting = true;
    this.#response.socket?.setTimeout(this.#context.deadReaderMs);
    if (this.#drainHeard) return;
    this.#drainHeard = true;
    this.#response.on('drain', () => {
      this.#waiting = false;
      if (this.closed) return;
      this.#response.socket?.setTimeout(0);
      this.#drain();
    });
  }
}
