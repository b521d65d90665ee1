// One authenticated and routed request, as the exchange sees it. Nothing here is computed before it is asked for.

import type { IncomingMessage } from 'node:http';
import type { Client } from '../config/settings.ts';
import type { SluiceError } from '../core/model/error.ts';
import type { BodySink, Inbound, RawHeaders, Reply, Upgrade } from '../exchange/ports.ts';
import type { RequestBody } from './body.ts';
import { forwardedHeaders } from './headers.ts';

/** What the edge has found out before it makes an Inbound. */
export interface InboundFacts {
  readonly id: string;
  /** Canonical path of the route. */
  readonly path: string;
  /** Query without credentials. */
  readonly query: string;
  readonly client: Client | undefined;
  readonly bodyLimitBytes: number;
  readonly receivedMs: number;
  readonly receivedAtMs: number;
  readonly upgrade: Upgrade | undefined;
}

/** The Inbound of node:http. */
export class EdgeInbound implements Inbound {
  readonly id: string;
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly client: Client | undefined;
  readonly bodyLength: number | undefined;
  readonly receivedMs: number;
  readonly receivedAtMs: number;
  readonly reply: Reply;
  readonly upgrade: Upgrade | undefined;
  readonly #request: IncomingMessage;
  readonly #body: RequestBody;
  readonly #bodyLimitBytes: number;
  #headers: RawHeaders | undefined;

  constructor(request: IncomingMessage, body: RequestBody, reply: Reply, facts: InboundFacts) {
    this.id = facts.id;
    this.method = request.method ?? 'GET';
    this.path = facts.path;
    this.query = facts.query;
    this.client = facts.client;
    this.bodyLength = body.present ? body.length : 0;
    this.receivedMs = facts.receivedMs;
    this.receivedAtMs = facts.receivedAtMs;
    this.reply = reply;
    this.upgrade = facts.upgrade;
    this.#request = request;
    this.#body = body;
    this.#bodyLimitBytes = facts.bodyLimitBytes;
  }

  get headers(): RawHeaders {
    this.#headers ??= forwardedHeaders(this.#request.rawHeaders, this.#request.headers.connection);
    return this.#headers;
  }

  header(name: string): string | undefined {
    const value = this.#request.headers[name];
    return typeof value === 'string' ? value : undefined;
  }

  /** A proxy in front that ends TLS says so; the answer goes back to the same caller only, so it may be believed. */
  get origin(): string {
    const scheme = this.#request.headers['x-forwarded-proto'] === 'https' ? 'https' : 'http';
    return `${scheme}://${this.#request.headers.host ?? ''}`;
  }

  readBody(): Promise<Buffer | SluiceError> {
    return this.#body.read(this.#bodyLimitBytes);
  }

  pipeBody(sink: BodySink): void {
    this.#body.pipe(sink);
  }
}
