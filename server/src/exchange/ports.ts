// Everything an exchange needs from the outside, as interfaces. Adapters live in http/, upstream/, stores/, observe/;
// tests put fakes here and nowhere else.

import type { Client, Settings, Upstream, UpstreamKey } from '../config/settings.ts';
import type { SluiceError } from '../core/model/error.ts';
import type { Price } from '../core/pricing/price.ts';
import type { CapturedChoices } from './detail/capture-record.ts';
import type {
  AnswerCache,
  Details,
  Keep,
  Ledger,
  LedgerClosing,
  LedgerOpening,
  StateStore,
} from './records.ts';
import type { Rostered } from './roster.ts';
import type { SharedLimits } from './shared/limits-port.ts';
import type { SharedNotes } from './shared/notes-port.ts';

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

/** Whose login a request is to be sent with, in the place of a key. */
export interface AccountUse {
  readonly upstream: Upstream;
  /** Its `account` says which. */
  readonly key: UpstreamKey;
}

/** One HTTP request to an upstream. */
export interface OutboundRequest {
  /** The transport adds what proves this account, and renews that where it must; absent: the headers are complete. */
  readonly account?: AccountUse;
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
  /** Number of the attempt in its exchange, from 1, for those who look on; absent where it is none. */
  readonly ordinal?: number | undefined;
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

export type * from './records.ts';
export type * from './shared/limit-store.ts';
export { DEAD_AFTER_MS } from './shared/limit-store.ts';
export type * from './shared/limits-port.ts';
export type * from './shared/notes-port.ts';

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
  /** It wants to know of every exchange why who was asked. */
  readonly asksWhy?: true;
  /** It is over; called once, after the last byte was handed over. `choices`: why who was asked. */
  closed(closing: LedgerClosing, choices: () => CapturedChoices | undefined): void;
}

/** What models cost. */
export interface Prices {
  /** What a model costs at an upstream at a moment (epoch milliseconds); undefined: nobody knows. Answers are remembered. */
  of(upstream: Upstream, model: string, atMs: number): Price | undefined;
}

/** What clients have spent, as the ledger knows it. */
export interface Spending {
  /** Nano-US-dollars since each of the moments (ms since 1970); undefined: it cannot say. Never rejects. */
  since(clientId: string, sinceMs: readonly number[]): Promise<readonly number[] | undefined>;
}

/** Counts tokens with a public vocabulary, off the thread that relays. */
export interface Tokenizer {
  /** Tokens of the texts, each counted for itself; undefined when that failed or took too long. Never rejects. */
  count(texts: readonly string[]): Promise<number | undefined>;
  close(): void;
}

/** The exchanges on their way. */
export interface Ongoing {
  add(record: Rostered): void;
  remove(record: Rostered): void;
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
  /** Absent: budgets know only what was counted and saved. */
  readonly spending?: Spending | undefined;
  /** Answers that may be given again, on routes that want it. */
  readonly answers: AnswerCache;
  /** What other gateways know of conversations and resources; absent: there are no others. */
  readonly sharedNotes?: SharedNotes | undefined;
  /** Limits that several gateways share; absent: there are no others. */
  readonly sharedLimits?: SharedLimits | undefined;
  /** SHA-256 of a text, hex. */
  hash(text: string): string;
  readonly observers: readonly Observer[];
  readonly lenses: readonly Lens[];
  /** The book of what is on its way, for those who look at it; kept where it is given. */
  readonly ongoing?: Ongoing | undefined;
  /** Where details of errors are kept; nowhere where absent. */
  readonly details?: Details | undefined;
}
