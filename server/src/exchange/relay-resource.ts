// One pass-through answer: head and bytes as they come, with backpressure; only an upload URL that would lead the client
// past the gateway is rewritten, and the ids of what was made are remembered with the account that made it.

import type { Upstream } from '../config/settings.ts';
import type { DialectId } from '../core/model/dialect-id.ts';
import { type SluiceError, sluiceError } from '../core/model/error.ts';
import { headerOf } from '../core/model/header-list.ts';
import { answerHeaders } from './headers.ts';
import type { Memory } from './memory.ts';
import type {
  BodySink,
  Call,
  Deadline,
  Inbound,
  OutboundRequest,
  Ports,
  RawConnection,
  RawHeaders,
  TransportFailure,
  UpgradeSink,
} from './ports.ts';
import type { ExchangeRecord } from './record.ts';
import { upstreamRequestId } from './request-ids.ts';
import { idsIn } from './resource-ids.ts';
import type { Interruptible } from './running.ts';
import { MaskedPieces, secretsOf } from './secrecy.ts';
import { uploadId, withUploadUrls } from './upload-url.ts';

/** Where a resource request goes: an upstream, one of its keys, and the dialect whose base URL and credential apply. */
export interface ResourceTarget {
  readonly upstream: Upstream;
  readonly key: Upstream['keys'][number];
  readonly dialect: DialectId;
}

/**
 * How one pass-through attempt ended. `next`: nothing was sent to the client and another account may be asked.
 * `switched`: the upstream opened the WebSocket that the client asked for, and the client waits to hear of it.
 */
export type ResourceOutcome =
  | { readonly kind: 'answered'; readonly status: number; readonly error?: undefined }
  | { readonly kind: 'left'; readonly error?: undefined }
  | {
      readonly kind: 'switched';
      readonly headers: RawHeaders;
      readonly connection: RawConnection;
      readonly error?: undefined;
    }
  | { readonly kind: 'next'; readonly error: SluiceError | undefined }
  | { readonly kind: 'failed'; readonly error: SluiceError };

/** Everything one attempt needs. */
export interface ResourceRelay {
  readonly ports: Ports;
  readonly inbound: Inbound;
  readonly record: ExchangeRecord;
  readonly target: ResourceTarget;
  readonly memory: Memory;
  readonly request: OutboundRequest;
  mayAskNext(status: number): boolean;
}

/** The most of a JSON answer that is looked through for ids, in bytes. */
const READ_LIMIT_BYTES = 64 * 1024;

/** Runs one pass-through attempt to its end. */
export function relayResource(relay: ResourceRelay): Promise<ResourceOutcome> {
  return new Promise((resolve) => new Relay(relay, resolve).start());
}

class Relay implements UpgradeSink, Interruptible {
  place = -1;
  private readonly relay: ResourceRelay;
  private readonly resolve: (outcome: ResourceOutcome) => void;
  private readonly deadline: Deadline;
  private call: Call | undefined;
  private status = 0;
  private readable: Buffer[] | undefined;
  private readableBytes = 0;
  private masked: MaskedPieces | undefined;
  private done = false;

  constructor(relay: ResourceRelay, resolve: (outcome: ResourceOutcome) => void) {
    this.relay = relay;
    this.resolve = resolve;
    this.deadline = { dueMs: Number.POSITIVE_INFINITY, place: -1, expired: () => this.expired() };
  }

  start(): void {
    const { ports, inbound, request, target } = this.relay;
    const { body } = request;
    const { headersMs, answerMs } = target.upstream.timeouts;
    this.relay.record.upstreamRequestId = undefined;
    inbound.reply.onGone(() => this.settle({ kind: 'left' }));
    ports.deadlines.add(this.deadline);
    this.relay.memory.running.add(this);
    // While a body is on its way up, its own pace is watched where it is read; the wait for the answer starts after it.
    if (body.kind !== 'stream') this.arm(inbound.upgrade === undefined ? answerMs : headersMs);
    const watched: OutboundRequest =
      body.kind !== 'stream'
        ? request
        : { ...request, body: { ...body, pipe: (sink) => body.pipe(this.watchedUpload(sink)) } };
    this.call =
      inbound.upgrade === undefined ? ports.transport.send(watched, this) : ports.tunnels.open(watched, this);
    if (this.done) this.call.abort();
  }

  /** The way up with a clock on it: an upstream that takes nothing for too long, or does not answer afterwards, has failed. */
  private watchedUpload(sink: BodySink): BodySink {
    const { timeouts } = this.relay.target.upstream;
    const wait = (waitMs: number): void => {
      if (this.status === 0) this.arm(waitMs);
    };
    return {
      write: (chunk) => {
        const open = sink.write(chunk);
        if (!open) wait(timeouts.idleMs);
        return open;
      },
      end: () => {
        wait(timeouts.answerMs);
        sink.end();
      },
      fail: (error) => {
        sink.fail(error);
        this.settle(error.code === 'client_closed' ? { kind: 'left' } : { kind: 'failed', error });
      },
      onDrain: (listener) =>
        sink.onDrain(() => {
          wait(Number.POSITIVE_INFINITY);
          listener();
        }),
    };
  }

  head(status: number, headers: RawHeaders, length: number | undefined): void {
    const { inbound, record, ports, mayAskNext } = this.relay;
    if (this.done) return;
    record.upstreamRequestId = upstreamRequestId(headers, secretsOf(this.relay.target));
    if (mayAskNext(status)) {
      this.settle({ kind: 'next', error: undefined });
      return;
    }
    this.status = status;
    record.headersAtMs = ports.clock.epochMs();
    this.arm(this.relay.target.upstream.timeouts.idleMs);
    const json = (headerOf(headers, 'content-type') ?? '').includes('json');
    if (json && status < 300) this.readable = [];
    if (status >= 400) this.masked = new MaskedPieces(secretsOf(this.relay.target));
    inbound.reply.head(status, this.clientHeaders(headers, length));
  }

  switched(headers: RawHeaders, connection: RawConnection): void {
    const { ports, record, target } = this.relay;
    record.headersAtMs = ports.clock.epochMs();
    record.upstreamRequestId = upstreamRequestId(headers, secretsOf(target));
    this.settle({ kind: 'switched', headers, connection });
  }

  data(chunk: Buffer): boolean {
    if (this.done) return true;
    const { inbound, record, ports } = this.relay;
    record.firstByteAtMs ??= ports.clock.epochMs();
    record.bytesOut += chunk.length;
    this.keepReadable(chunk);
    this.arm(this.relay.target.upstream.timeouts.idleMs);
    const told = this.masked === undefined ? chunk : this.masked.next(chunk);
    if (told.length === 0 || inbound.reply.write(told)) return true;
    this.deadline.dueMs = Number.POSITIVE_INFINITY;
    inbound.reply.onDrain(() => {
      if (this.done) return;
      this.arm(this.relay.target.upstream.timeouts.idleMs);
      this.call?.resume();
    });
    return false;
  }

  end(): void {
    if (this.done) return;
    this.rememberIds();
    const rest = this.masked?.rest();
    if (rest !== undefined && rest.length > 0) this.relay.inbound.reply.write(rest);
    this.relay.inbound.reply.end();
    this.settle({ kind: 'answered', status: this.status });
  }

  fail(failure: TransportFailure): void {
    this.failWith(failure.error);
  }

  interrupt(error: SluiceError): void {
    this.failWith(error);
  }

  private failWith(error: SluiceError): void {
    if (this.done) return;
    // A promised length or an unknown format: cutting the connection is the only way to say that more was to come.
    const { started } = this.relay.inbound.reply;
    if (started) this.relay.inbound.reply.cut();
    const again = !started && error.source === 'upstream' && this.relay.mayAskNext(error.status);
    this.settle(again ? { kind: 'next', error } : { kind: 'failed', error });
  }

  private settle(outcome: ResourceOutcome): void {
    if (this.done) return;
    this.done = true;
    this.relay.ports.deadlines.remove(this.deadline);
    this.relay.memory.running.remove(this);
    this.call?.abort();
    this.resolve(outcome);
  }

  private arm(waitMs: number): void {
    this.deadline.dueMs = this.relay.ports.clock.monotonicMs() + waitMs;
  }

  private expired(): void {
    this.failWith(
      sluiceError(
        'upstream_timeout',
        `The upstream ${this.relay.target.upstream.id} did not answer or continue in time.`,
      ),
    );
  }

  /** What the client gets to see: framing of its own, and upload URLs that lead back here without the key. */
  private clientHeaders(headers: RawHeaders, length: number | undefined): string[] {
    const { inbound, memory, target, request, record } = this.relay;
    const out = answerHeaders(withUploadUrls(headers, request, inbound), secretsOf(target));
    memory.owners.remember(uploadId(headerOf(out, 'x-goog-upload-url')), target, inbound.client?.id);
    const encoding = headerOf(headers, 'content-encoding');
    if (encoding !== undefined) out.push('content-encoding', encoding);
    const bytes = declaredLength(inbound.method, this.status, headers, length);
    if (bytes !== undefined) out.push('content-length', bytes);
    if (headerOf(out, 'x-request-id') === undefined) out.push('x-request-id', inbound.id);
    out.push('x-sluice-request-id', inbound.id, 'x-sluice-upstream', target.upstream.id);
    out.push('x-sluice-attempts', String(record.attempts));
    return out;
  }

  private keepReadable(chunk: Buffer): void {
    if (this.readable === undefined) return;
    this.readableBytes += chunk.length;
    if (this.readableBytes > READ_LIMIT_BYTES) this.readable = undefined;
    else this.readable.push(chunk);
  }

  private rememberIds(): void {
    if (this.readable === undefined || this.relay.inbound.method === 'DELETE') return;
    const { inbound, memory, target } = this.relay;
    // What a list shows was made by others, too.
    const clientId = inbound.method === 'POST' ? inbound.client?.id : undefined;
    for (const id of idsIn(Buffer.concat(this.readable).toString('utf8')))
      memory.owners.remember(id, target, clientId);
  }
}

/** The length that the client is told; an answer to HEAD tells that of the body which it does not have. */
function declaredLength(
  method: string,
  status: number,
  headers: RawHeaders,
  length: number | undefined,
): string | undefined {
  if (status === 204) return undefined;
  if (method === 'HEAD' || status === 304) return headerOf(headers, 'content-length');
  return length === undefined ? undefined : String(length);
}
