// The client's side of a captured exchange: everything goes through as it is, and is noted on its way.

import type { Client } from '../../config/settings.ts';
import type { SluiceError } from '../../core/model/error.ts';
import type { BodySink, Inbound, RawHeaders, Reply, Upgrade } from '../../exchange/ports.ts';
import type { BodyTape } from './body-tape.ts';

/** Notes what passes on the client's side. */
export interface InboundNotes {
  readonly request: BodyTape;
  readonly reply: BodyTape;
  nowMs(): number;
}

/** A reply that notes what is sent. */
class WatchedReply implements Reply {
  status = 0;
  headers: RawHeaders = [];
  headAtMs: number | undefined;
  finished: 'ended' | 'cut' | undefined;
  readonly #inner: Reply;
  readonly #notes: InboundNotes;

  constructor(inner: Reply, notes: InboundNotes) {
    this.#inner = inner;
    this.#notes = notes;
  }

  get started(): boolean {
    return this.#inner.started;
  }

  get closed(): boolean {
    return this.#inner.closed;
  }

  head(status: number, headers: RawHeaders): void {
    if (!this.#inner.closed && !this.#inner.started) {
      this.status = status;
      this.headers = headers;
      this.headAtMs = this.#notes.nowMs();
    }
    this.#inner.head(status, headers);
  }

  write(chunk: Uint8Array | string): boolean {
    if (!this.#inner.closed) this.#notes.reply.add(chunk, this.#notes.nowMs());
    return this.#inner.write(chunk);
  }

  end(chunk?: Uint8Array | string): void {
    if (!this.#inner.closed) {
      this.finished ??= 'ended';
      if (chunk !== undefined) this.#notes.reply.add(chunk, this.#notes.nowMs());
    }
    this.#inner.end(chunk);
  }

  cut(): void {
    if (!this.#inner.closed) this.finished ??= 'cut';
    this.#inner.cut();
  }

  onDrain(listener: () => void): void {
    this.#inner.onDrain(listener);
  }

  onGone(listener: () => void): void {
    this.#inner.onGone(listener);
  }
}

/** A request that notes what it is. */
export class WatchedInbound implements Inbound {
  readonly reply: WatchedReply;
  readonly keepsResponses?: true;
  readonly #inner: Inbound;
  readonly #notes: InboundNotes;

  constructor(inner: Inbound, notes: InboundNotes) {
    this.#inner = inner;
    this.#notes = notes;
    this.reply = new WatchedReply(inner.reply, notes);
    if (inner.keepsResponses === true) this.keepsResponses = true;
  }

  get id(): string {
    return this.#inner.id;
  }
  get method(): string {
    return this.#inner.method;
  }
  get path(): string {
    return this.#inner.path;
  }
  get query(): string {
    return this.#inner.query;
  }
  get headers(): RawHeaders {
    return this.#inner.headers;
  }
  get client(): Client | undefined {
    return this.#inner.client;
  }
  get origin(): string {
    return this.#inner.origin;
  }
  get bodyLength(): number | undefined {
    return this.#inner.bodyLength;
  }
  get upgrade(): Upgrade | undefined {
    return this.#inner.upgrade;
  }
  get receivedMs(): number {
    return this.#inner.receivedMs;
  }
  get receivedAtMs(): number {
    return this.#inner.receivedAtMs;
  }

  header(name: string): string | undefined {
    return this.#inner.header(name);
  }

  async readBody(): Promise<Buffer | SluiceError> {
    const body = await this.#inner.readBody();
    if (Buffer.isBuffer(body)) this.#notes.request.add(body, this.#notes.nowMs());
    return body;
  }

  pipeBody(sink: BodySink): void {
    this.#inner.pipeBody(watchedSink(sink, this.#notes.request, this.#notes));
  }
}

/** A receiver of a body whose pieces are noted before they go on. */
export function watchedSink(
  sink: BodySink,
  tape: BodyTape,
  { nowMs }: Pick<InboundNotes, 'nowMs'>,
): BodySink {
  return {
    write: (chunk) => {
      tape.add(chunk, nowMs());
      return sink.write(chunk);
    },
    end: () => sink.end(),
    fail: (error) => sink.fail(error),
    onDrain: (listener) => sink.onDrain(listener),
  };
}
