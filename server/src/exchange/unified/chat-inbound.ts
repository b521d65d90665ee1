// The request of Chat Completions that a unified one stands for. What it is shows only when its body is read.

import type { Client } from '../../config/settings.ts';
import type { SluiceError } from '../../core/model/error.ts';
import type { BodySink, Inbound, RawHeaders } from '../ports.ts';
import type { UnifiedReply } from './reply.ts';

/** What makes it one. */
interface ChatFacts {
  /** The query that goes on. */
  readonly query: string;
  readonly reply: UnifiedReply;
  /** Turns the client's body into one of Chat Completions. */
  read(body: Buffer): Buffer | SluiceError;
}

/** Seen by the exchange in place of the client's own request. */
export class ChatInbound implements Inbound {
  readonly id: string;
  readonly method = 'POST';
  readonly path = '/v1/chat/completions';
  readonly query: string;
  readonly client: Client | undefined;
  readonly origin: string;
  readonly bodyLength: undefined = undefined;
  readonly reply: UnifiedReply;
  readonly receivedMs: number;
  readonly receivedAtMs: number;
  readonly #outer: Inbound;
  readonly #read: ChatFacts['read'];

  constructor(outer: Inbound, { query, reply, read }: ChatFacts) {
    this.id = outer.id;
    this.query = query;
    this.client = outer.client;
    this.origin = outer.origin;
    this.reply = reply;
    this.receivedMs = outer.receivedMs;
    this.receivedAtMs = outer.receivedAtMs;
    this.#outer = outer;
    this.#read = read;
  }

  get headers(): RawHeaders {
    const { headers } = this.#outer;
    const kept: string[] = ['content-type', 'application/json'];
    kept.push('accept', this.reply.stream ? 'text/event-stream' : 'application/json');
    for (let at = 0; at + 1 < headers.length; at += 2) {
      const name = headers[at] ?? '';
      if (!/^(?:content-.*|accept)$/i.test(name)) kept.push(name, headers[at + 1] ?? '');
    }
    return kept;
  }

  header(name: string): string | undefined {
    return this.#outer.header(name);
  }

  async readBody(): Promise<Buffer | SluiceError> {
    const body = await this.#outer.readBody();
    return Buffer.isBuffer(body) ? this.#read(body) : body;
  }

  pipeBody(sink: BodySink): void {
    this.#outer.pipeBody(sink);
  }
}
