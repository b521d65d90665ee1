// A request that the gateway sends to itself, and the reply that gathers its answer.

import { headerOf } from '../../core/model/header-list.ts';
import type { BodySink, Inbound, RawHeaders, Reply } from '../ports.ts';
import type { RepeatedRequest } from './captured-request.ts';

/** The most of an answer that is gathered, in bytes. */
const ANSWER_BYTES: number = 64 * 1024 * 1024;

/** Gathers an answer. Its reader is never slow and never leaves. */
export class GatheredReply implements Reply {
  started = false;
  closed = false;
  status = 0;
  headers: RawHeaders = [];
  /** It ended in good order, and all of it is here. */
  whole = false;
  readonly #parts: Buffer[] = [];
  #bytes = 0;

  head(status: number, headers: RawHeaders): void {
    if (this.started || this.closed) return;
    this.started = true;
    this.status = status;
    this.headers = headers;
  }

  write(chunk: Uint8Array | string): boolean {
    if (this.closed) return true;
    const bytes = Buffer.from(chunk);
    this.#bytes += bytes.length;
    if (this.#bytes <= ANSWER_BYTES) this.#parts.push(bytes);
    return true;
  }

  end(chunk?: Uint8Array | string): void {
    if (this.closed) return;
    if (chunk !== undefined) this.write(chunk);
    this.closed = true;
    this.whole = this.#bytes <= ANSWER_BYTES;
  }

  cut(): void {
    this.closed = true;
  }

  onDrain(): void {}

  onGone(): void {}

  body(): Buffer {
    return Buffer.concat(this.#parts);
  }
}

/**
 * The request as the edge would hand it over. It comes from the operator and from no client: no client's limits, budgets
 * or permissions count for it, and routes that are for some clients only do not take it.
 */
export function replayInbound(
  request: RepeatedRequest,
  facts: Pick<Inbound, 'id' | 'receivedMs' | 'receivedAtMs'>,
): { readonly inbound: Inbound; readonly reply: GatheredReply } {
  const { method, path, query, headers, body } = request;
  const reply = new GatheredReply();
  const inbound: Inbound = {
    ...facts,
    method,
    path,
    query,
    headers,
    // An answer out of a cache would be compared with itself.
    header: (name) => (name === 'cache-control' ? 'no-store' : headerOf(headers, name)),
    client: undefined,
    origin: 'http://localhost',
    bodyLength: body.length,
    readBody: () => Promise.resolve(body),
    pipeBody: (sink: BodySink) => {
      sink.write(body);
      sink.end();
    },
    reply,
  };
  return { inbound, reply };
}
