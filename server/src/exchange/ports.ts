// Everything an exchange needs from the outside, as interfaces. Adapters live in http/, upstream/, stores/, observe/;
// tests put fakes here and nowhere else.

import type { Client, Settings, Upstream } from '../config/settings.ts';
import type { DialectId, Use } from '../core/model/dialect-id.ts';
import type { SluiceError } from '../core/model/error.ts';
import type { Usage } from '../core/model/usage.ts';
import type { Cost } from '../core/pricing/cost.ts';
import type { Price } from '../core/pricing/price.ts';
import type { Rostered } from './roster.ts';

/** Headers as they stood on the wire: name, value, name, value, … with the sender's letter case and order. */
export type RawHeaders = readonly string[];

/** Time. `monotonicMs` for durations and deadlines (never jumps), `epochMs` for the ledger. */
export interface Clock {
  monotonicMs(): number;
  epochMs(): number;
}

/** A deadline that its owner moves by assignment; checked by one shared ticker, so that no timer is made per chunk. */
export interface Deadline extends Rostered {
  /** Monotonic milliseconds; Infinity = none. */
  dueMs: number;
  /** Called once per expiry, at most a tick late. Set dueMs again to be called again. */
  expired(): void;
}

/** The shared ticker. */
export interface Deadlines {
  add(deadline: Deadline): void;
  remove(deadline: Deadline): void;
}

// ---------------------------------------------------------------------------------------------- inbound

/** Where the answer to one client request goes. Calls after the end, or after the client left, do nothing. */
export interface Reply {
  /** Sends status and headers. Hop-by-hop headers must not be in the list. */
  head(status: number, headers: RawHeaders): void;
  /** False when the client reads too slowly: hold back until onDrain fires. */
  write(chunk: Uint8Array | string): boolean;
  /** Ends the answer; a chunk given here leaves in the same write. */
  end(chunk?: Uint8Array | string): void;
  /** Cuts the connection: the only honest end of an answer that promised more bytes. */
  cut(): void;
  /** True once head() was called. */
  readonly started: boolean;
  /** True once the client has left or the answer has ended. */
  readonly closed: boolean;
  /** One listener each; a later call replaces the earlier one. */
  onDrain(listener: () => void): void;
  /** The client left before end(). */
  onGone(listener: () => void): void;
}

/** Receives a request body that is streamed on (pass-through routes). */
export interface BodySink {
  /** False when the receiver is full: hold back until onDrain fires. */
  write(chunk: Uint8Array): boolean;
  end(): void;
  fail(error: SluiceError): void;
  onDrain(listener: () => void): void;
}

/** A connection that carries raw bytes, such as a net.Socket; paused until the first resume(). An error ends in `close`. */
export interface RawConnection {
  on(event: 'data', listener: (chunk: Buffer) => void): unknown;
  /** `end`: the other side closed its half in good order. `close`: nothing is left, one way or the other; comes once. */
  on(event: 'drain' | 'end' | 'close', listener: () => void): unknown;
  readonly destroyed: boolean;
  readonly writable: boolean;
  /** False when the other side takes no more for now: hold back until `drain`. */
  write(chunk: Uint8Array): boolean;
  /** Closes our half when everything written is out. */
  end(): unknown;
  pause(): unknown;
  resume(): unknown;
  destroy(): unknown;
}

/** A client's wish to turn its connection into a WebSocket. The reply answers it when it is refused. */
export interface Upgrade {
  /** The Sec-WebSocket-* headers of the client, without credentials. */
  readonly headers: RawHeaders;
  /** Answers 101 with these headers and gives the connection away; undefined when the client has left or was answered. */
  accept(headers: RawHeaders): RawConnection | undefined;
}

/** One client request, authenticated and routed, as http/ hands it over. */
export interface Inbound {
  /** Unique id of this exchange, also sent back as x-sluice-request-id. */
  readonly id: string;
  readonly method: string;
  /** Path without query, with doubled and drop-in prefixes already removed. */
  readonly path: string;
  /** Query with its question mark and without credentials, or ''. */
  readonly query: string;
  /** Headers without credentials, hop-by-hop headers, Host, Content-Length, Expect and cookies. */
  readonly headers: RawHeaders;
  /** First value of a header (lower-case name). */
  header(name: string): string | undefined;
  /** The caller, or undefined when the gateway is open. */
  readonly client: Client | undefined;
  /** The origin under which the caller reached the gateway ("http://127.0.0.1:9208"), for rewritten upload URLs. */
  readonly origin: string;
  /** Declared body length: 0 when there is no body, undefined when chunked. */
  readonly bodyLength: number | undefined;
  /** Reads the whole body within the limit; the promise never rejects. */
  readBody(): Promise<Buffer | SluiceError>;
  /** Streams the body instead (call one of the two, once). */
  pipeBody(sink: BodySink): void;
  readonly reply: Reply;
  /** The conversation that this request belongs to keeps its responses itself. */
  readonly keepsResponses?: true;
  /** The client asks for a WebSocket, on a route that has them. */
  readonly upgrade?: Upgrade | undefined;
  /** Monotonic and epoch milliseconds at which the request head was complete. */
  readonly receivedMs: number;
  readonly receivedAtMs: number;
}

// ---------------------------------------------------------------------------------------------- outbound

/** Where a request goes. */
export interface Destination {
  /** "https://api.openai.com" or "http://127.0.0.1:11434": scheme, host and port, no path. */
  readonly origin: string;
  /** Proxy URL, or undefined for a direct connection. */
  readonly proxy: string | undefined;
}

/** One HTTP request to an upstream. */
export interface OutboundRequest {
  readonly destination: Destination;
  readonly method: string;
  /** Path and query. */
  readonly target: string;
  /** Everything but Host, Content-Length, Transfer-Encoding and Connection, which the transport writes itself. */
  readonly headers: RawHeaders;
  /** Buffered parts; or a stream of known or unknown length, which is never sent twice; or nothing. */
  readonly body:
    | { readonly kind: 'bytes'; readonly parts: readonly Uint8Array[]; readonly length: number }
    | { readonly kind: 'stream'; readonly length: number | undefined; pipe(sink: BodySink): void }
    | { readonly kind: 'none' };
  /** Undo the answer's content encoding (and drop its header); otherwise the bytes come as they are. */
  readonly decode: boolean;
  readonly connectMs: number;
}

/** Why a request failed below HTTP. */
export interface TransportFailure {
  readonly error: SluiceError;
  /** True when the upstream may have seen the complete request, so that a repeat may be a second execution. */
  readonly sent: boolean;
}

/** Receives the answer of one request: head, data…, then end or fail, once. 1xx answers are not reported. */
export interface AnswerSink {
  /** `length` is the declared body length in bytes, undefined when chunked, decoded or until close. */
  head(status: number, headers: RawHeaders, length: number | undefined): void;
  /** The chunk is the sink's to keep. False pauses the upstream until Call.resume(). All data of one socket read comes as one chunk. */
  data(chunk: Buffer): boolean;
  end(): void;
  fail(failure: TransportFailure): void;
}

/** A request on its way. */
export interface Call {
  resume(): void;
  /** Destroys the upstream connection at once; the sink hears nothing more. */
  abort(): void;
}

/** Sends requests to upstreams over pooled connections. */
export interface Transport {
  send(request: OutboundRequest, sink: AnswerSink): Call;
  /** Closes idle connections now and the others when they end. */
  close(): void;
}

/** Receives the answer to a wish for a WebSocket: `switched`, or a refusal as any other answer, or a failure. */
export interface UpgradeSink extends AnswerSink {
  /** The upstream answered 101 with these headers. The connection is the sink's from here on. */
  switched(headers: RawHeaders, connection: RawConnection): void;
}

/** Opens WebSocket connections to upstreams, each on a connection of its own. */
export interface Tunnels {
  /** The headers of the request hold those of the handshake (Sec-WebSocket-*). Call.abort() does nothing once switched. */
  open(request: OutboundRequest, sink: UpgradeSink): Call;
}

// ---------------------------------------------------------------------------------------------- records

/** What is known when an exchange is admitted. */
export interface LedgerOpening {
  readonly id: string;
  readonly receivedAtMs: number;
  /** Route name of http/routes.ts, e.g. "chat.completions". */
  readonly route: string;
  readonly clientId: string | undefined;
  /** Ids that clients send to tie requests together; undefined where absent. */
  readonly conversationId: string | undefined;
  readonly agentId: string | undefined;
  readonly dialectIn: DialectId | undefined;
  readonly use: Use | 'resource';
}

/** What is known when it ends. Times are epoch milliseconds; undefined where the stage was never reached. */
export interface LedgerClosing {
  readonly id: string;
  readonly dialectOut: DialectId | undefined;
  readonly modelAsked: string | undefined;
  readonly modelServed: string | undefined;
  readonly upstreamId: string | undefined;
  readonly keyId: string | undefined;
  readonly attempts: number;
  /** HTTP status that the client saw (499 when it left first). */
  readonly status: number;
  readonly errorCode: string | undefined;
  readonly headersAtMs: number | undefined;
  readonly firstByteAtMs: number | undefined;
  readonly firstOutputAtMs: number | undefined;
  readonly endedAtMs: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
  /** undefined: the upstream reported none. */
  readonly usage: Usage | undefined;
  /** What a conversion lost, as `x-sluice-loss` told the client. */
  readonly losses: string | undefined;
  readonly streamed: boolean;
  readonly aborted: boolean;
  /** Every attempt, where there was more than one; usage and times above are those of the one that counts. */
  readonly tries?: readonly LedgerAttempt[] | undefined;
  /** Id of the route whose policy served it; undefined for what has no route. */
  readonly policy?: string | undefined;
  /** What all attempts together cost; undefined where there is nothing to pay for: a refusal, a count, a cached answer. */
  readonly cost?: Cost | undefined;
  /** True when `usage` is an estimate of ours, because the upstream told none. */
  readonly usageEstimated?: boolean;
  /** What the response cache had to do with it; undefined where it was not asked. */
  readonly cache?: CacheUse | undefined;
  /** What a cached answer would have cost, in nano-US-dollars. */
  readonly savedNanoUsd?: number | undefined;
  /** Why less of the prompt was read from the provider's cache than before; see core/guardian. */
  readonly promptCache?: string | undefined;
  /** The error as the client was told, without secrets. */
  readonly errorMessage?: string | undefined;
}

/** hit: answered from the cache. stale: so, although it was too old. miss: asked in vain. bypass: not to be asked. */
export type CacheUse = 'hit' | 'miss' | 'stale' | 'bypass';

/** Why an attempt was made. */
export type AttemptCause = 'first' | 'retry' | 'again' | 'hedge' | 'race' | 'resume';

/** How it ended. lost: another one was faster. left: the client was gone. cut: it failed after output had been sent. */
export type AttemptEnd = 'answered' | 'failed' | 'cut' | 'lost' | 'left';

/** One of several attempts of an exchange. Times are epoch milliseconds; undefined where a stage was never reached. */
export interface LedgerAttempt {
  /** From 1, in the order of their beginning. */
  readonly ordinal: number;
  readonly cause: AttemptCause;
  readonly upstreamId: string;
  readonly keyId: string;
  readonly model: string;
  readonly dialect: DialectId;
  readonly startedAtMs: number;
  readonly headersAtMs: number | undefined;
  readonly firstByteAtMs: number | undefined;
  readonly firstOutputAtMs: number | undefined;
  readonly endedAtMs: number;
  readonly end: AttemptEnd;
  /** HTTP status of the upstream, where it answered. */
  readonly status: number | undefined;
  /** Reason of the verdict, where it failed. */
  readonly reason: string | undefined;
  readonly errorCode: string | undefined;
  readonly usage: Usage | undefined;
  /** What it cost; undefined where it never got as far as a model. */
  readonly cost?: Cost | undefined;
}

/** The row of one exchange that is on its way. */
export interface LedgerEntry {
  /** Completes the row; to be called once. */
  close(closing: LedgerClosing): void;
}

/** The record of what was asked, served and used: exactly one row per exchange. Never blocks, never throws. */
export interface Ledger {
  open(opening: LedgerOpening): LedgerEntry;
  /** Resolves when everything handed over so far is on disk. */
  flush(): Promise<void>;
}

/** What a kept text is for; one key may stand in both. */
export type KeepKind = 'reasoning' | 'response';

/**
 * Texts that are worth having again and can be done without: bounded by age and size, and kept across restarts. Neither
 * method throws or rejects; whatever goes wrong, the text is simply not there.
 */
export interface Keep {
  /** Takes a text, in place of an earlier one of the same key. Never blocks. The key holds whose it is. */
  put(kind: KeepKind, key: string, text: string): void;
  /** Those of the keys that are there. Answers within a quarter of a second, with less if need be. */
  get(kind: KeepKind, keys: readonly string[]): Promise<ReadonlyMap<string, string>>;
}

/** One thing that is to be known again after a restart. Text undefined: forget it. */
export interface SavedState {
  readonly kind: 'standing' | 'use';
  readonly key: string;
  readonly text: string | undefined;
}

/** What the pool knows of keys, across restarts. Neither method throws or rejects. */
export interface StateStore {
  /** All that was saved, once, at the start; empty when it cannot be read. */
  load(): Promise<readonly SavedState[]>;
  /** Takes what has changed. Never blocks; on disk within a second or two. */
  save(states: readonly SavedState[]): void;
}

/** The log as an exchange sees it. Field values are redacted by the adapter. */
export interface Log {
  exchange(opening: LedgerOpening, closing: LedgerClosing): void;
  warn(message: string, fields?: Readonly<Record<string, unknown>>): void;
  error(message: string, fields?: Readonly<Record<string, unknown>>): void;
}

/** Hears of every exchange that is over: metrics, the live feed. Must not throw, and must be quick. */
export interface Observer {
  closed(opening: LedgerOpening, closing: LedgerClosing): void;
}

/** Looks at exchanges while they run (captures, traces). Asked once for each, at its beginning. */
export interface Lens {
  /** undefined: this exchange is not looked at, and costs nothing more. */
  look(opening: LedgerOpening, seen: Seen): Look | undefined;
}

/** Both sides of an exchange. A lens may put itself in between. */
export interface Seen {
  readonly inbound: Inbound;
  readonly transport: Transport;
}

/** One exchange that is looked at. */
export interface Look extends Seen {
  /** It is over; called once, after the last byte was handed over. */
  closed(closing: LedgerClosing): void;
}

/** What was kept of one exchange to be looked at later, as JSON without secrets. */
export interface StoredDetail {
  /** Id of the exchange. */
  readonly id: string;
  readonly atMs: number;
  /** error: kept of its own accord. capture: the operator asked for it. */
  readonly kind: 'error' | 'capture';
  readonly text: string;
}

/** Details of exchanges, bounded by age and size. Neither method throws or rejects. */
export interface Details {
  /** Never blocks. */
  put(detail: StoredDetail): void;
  get(id: string): Promise<StoredDetail | undefined>;
}

/** What models cost. */
export interface Prices {
  /** What a model costs at an upstream at a moment (epoch milliseconds); undefined: nobody knows. Answers are remembered. */
  of(upstream: Upstream, model: string, atMs: number): Price | undefined;
}

/** Counts tokens with a public vocabulary, off the thread that relays. */
export interface Tokenizer {
  /** Tokens of the texts, each counted for itself; undefined when that failed or took too long. Never rejects. */
  count(texts: readonly string[]): Promise<number | undefined>;
  close(): void;
}

/** Everything together, made once by app.ts. `settings()` answers the configuration of this moment. */
export interface Ports {
  settings(): Settings;
  readonly clock: Clock;
  readonly deadlines: Deadlines;
  readonly transport: Transport;
  readonly tunnels: Tunnels;
  readonly tokenizer: Tokenizer;
  readonly ledger: Ledger;
  readonly keep: Keep;
  readonly state: StateStore;
  readonly log: Log;
  /** What models cost. */
  readonly prices: Prices;
  readonly observers: readonly Observer[];
  readonly lenses: readonly Lens[];
}
