// The client's request with another reply in front of its own.

import type { Client } from '../../config/settings.ts';
import type { SluiceError } from '../../core/model/error.ts';
import type { BodySink, Inbound, RawHeaders, Reply, Upgrade } from '../ports.ts';

/** The same request, answered through `reply`. */
export class InboundWithReply implements Inbound {
  readonly id: string;
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly client: Client | undefined;
  readonly origin: string;
  readonly bodyLength: number | undefined;
  readonly reply: Reply;
  readonly keepsResponses?: true;
  readonly upgrade: Upgrade | undefined;
  readonly receivedMs: number;
  readonly receivedAtMs: number;
  readonly #outer: Inbound;

  constructor(outer: Inbound, reply: Reply) {
    this.id = outer.id;
    this.method = outer.method;
    this.path = outer.path;
    this.query = outer.query;
    this.client = outer.client;
    this.origin = outer.origin;
    this.bodyLength = outer.bodyLength;
    this.reply = reply;
    if (outer.keepsResponses !== undefined) this.keepsResponses = outer.keepsResponses;
    this.upgrade = outer.upgrade;
    this.receivedMs = outer.receivedMs;
    this.receivedAtMs = outer.receivedAtMs;
    this.#outer = outer;
  }

  get headers(): RawHeaders {
    return this.#outer.headers;
  }

  header(name: string): string | undefined {
    return this.#outer.header(name);
  }

  readBody(): Promise<Buffer | SluiceError> {
    return this.#outer.readBody();
  }

  pipeBody(sink: BodySink): void {
    this.#outer.pipeBody(sink);
  }
}
