// What one exchange carries from its admission to its ledger row.

import type { Settings } from '../config/settings.ts';
import type { Dialect, Framing, Peeked } from '../core/dialects/dialect.ts';
import type { Use } from '../core/model/dialect-id.ts';
import type { SluiceError } from '../core/model/error.ts';
import type { ChatRequest } from '../core/model/request.ts';
import type { RoutingRoute } from '../core/routing/policy.ts';
import type { AttemptRecord } from './attempt-record.ts';
import type { ContinuationKeeper } from './continuation.ts';
import type { Recollection } from './convert/recollection.ts';
import type { Heartbeat } from './heartbeat.ts';
import type { Memory } from './memory.ts';
import type { Broken, Failure, Outcome, Target, UpstreamAnswer } from './outcome.ts';
import type { Inbound, Ports } from './ports.ts';
import type { ExchangeRecord } from './record.ts';

export type { Broken, Failure, Outcome, Target, UpstreamAnswer };

/** A dialect route, matched: what is asked in which format. */
export interface DialectCall {
  readonly name: string;
  readonly dialect: Dialect;
  readonly use: Use;
  /** Model and stream flag where the path carries them (gemini). */
  readonly model: string | undefined;
  readonly stream: boolean;
  readonly framing: Framing;
  /** Ids of the upstreams that may serve it, where the client has named them; undefined: any. Asked when the body is read. */
  only?(): readonly string[] | undefined;
  /** Is given the record of the exchange when it opens; once the exchange is over, it tells usage and upstream. */
  opened?(record: ExchangeRecord): void;
}

/** One client request on its way through the gateway, on the configuration it began with. */
export interface Exchange {
  readonly ports: Ports;
  readonly settings: Settings;
  readonly inbound: Inbound;
  readonly dialect: Dialect;
  readonly use: Use;
  readonly peeked: Peeked;
  readonly body: Buffer;
  /** How the client wants a stream framed (json-array: Gemini without alt=sse). */
  readonly framing: Framing;
  readonly record: ExchangeRecord;
  /** Keeps a silent streaming client informed; undefined for JSON answers. */
  readonly heartbeat: Heartbeat | undefined;
  /** The request in no format's words; read once, when the first target needs it. */
  readonly decoded: () => ChatRequest | SluiceError;
  /** Whether the body has tokens in it that this gateway has wrapped. */
  readonly carriesTokens: () => boolean;
  /** Reasoning that the client was given and did not send back. */
  readonly recollection: Recollection;
  /** Keeps a converted answer that the client may continue by its id. */
  readonly continuation: ContinuationKeeper | undefined;
  /** The id of the response whose conversation was put in its place. */
  readonly continues?: string | undefined;
  readonly memory: Memory;
  readonly timing: Timing;
  readonly route: RoutingRoute;
  /** The model name that the client is to see; undefined: whatever the upstream calls it. */
  readonly shownModel: string | undefined;
}

/** Where the gateway's own time went, in milliseconds. */
export interface Timing {
  /** From the request's head to the first attempt, without the choosing. */
  queueMs: number;
  routingMs: number;
}

/** Receives the body of one upstream answer and settles the attempt. */
export interface Receiver {
  /** False holds the upstream back until the attempt resumes it. */
  data(chunk: Buffer): boolean;
  end(): void;
  /** The upstream died, went silent or broke a limit before its end. */
  fail(error: SluiceError): void;
  /** The client left: note what is known of the unfinished answer. */
  abandon(): void;
}

/** What a receiver may ask of its attempt. */
export interface AttemptControl {
  readonly record: AttemptRecord;
  settle(outcome: Outcome): void;
  /**
   * What comes now is for the client: this attempt has won, and those that run beside it are ended. To be called before
   * anything is sent.
   */
  claim(): void;
  /** The client reads again: let the upstream go on. */
  resume(): void;
  /** The first output has come: from here on only silence and the total time count. */
  output(): void;
  /**
   * The upstream's connection may stay open although the answer is over: ends it within moments and does not reuse the
   * socket. Where the answer only seems to be over (`complete` false), anything that still comes puts the end off.
   */
  linger(complete: boolean): void;
}
