// One request from send() to its end: on a resting connection or a new one, once more on a new one when the resting one
// turned out to be dead, with the answer decoded where that was asked for.

import { type SluiceError, sluiceError } from '../../core/model/error.ts';
import type {
  AnswerSink,
  Call,
  OutboundRequest,
  RawHeaders,
  TransportFailure,
} from '../../exchange/ports.ts';
import { openSocket } from '../connect.ts';
import type { Connection } from './connection.ts';
import { ContentDecoder, type DecodedEvents, readCodings, withoutEncoding } from './content-decoding.ts';
import { answerError } from './failure.ts';
import type { Pool } from './pool.ts';
import type { AnswerFault } from './response-head.ts';

/** Limits and trust that hold for every call. */
export interface CallSettings {
  readonly decodedLimitBytes: number;
  readonly ca: string | undefined;
}

/**
 * A reused connection that dies within this time of the request, without a byte of answer, was closed by the server before
 * it saw the request. Later, the server may have been at work on it, and a repeat would be a second execution.
 */
const STALE_MS = 1000;

export class OutboundCall implements Call, AnswerSink, DecodedEvents {
  private readonly pool: Pool;
  private readonly request: OutboundRequest;
  private readonly requestHead: string;
  private readonly settings: CallSettings;
  /** Undefined once the call is over. */
  private sink: AnswerSink | undefined;
  private connection: Connection | undefined = undefined;
  private cancelConnect: (() => void) | undefined = undefined;
  private decoder: ContentDecoder | undefined = undefined;
  /** The failure that follows when the decoder has given out what came before it. */
  private failure: TransportFailure | undefined = undefined;
  private startedMs = 0;

  constructor(
    pool: Pool,
    request: OutboundRequest,
    requestHead: string,
    sink: AnswerSink,
    settings: CallSettings,
  ) {
    this.pool = pool;
    this.request = request;
    this.requestHead = requestHead;
    this.sink = sink;
    this.settings = settings;
  }

  /** Sends the request over a connection that rested. */
  startOn(connection: Connection, nowMs: number): void {
    this.connection = connection;
    this.startedMs = nowMs;
    connection.begin(this.request, this.requestHead, this);
  }

  /** Sends the request over a new connection. */
  startNew(): void {
    const { pool } = this;
    const connection = pool.connection();
    this.cancelConnect = openSocket(
      pool.destination,
      this.request.connectMs,
      (result) => {
        this.cancelConnect = undefined;
        if (!result.ok) {
          this.finish()?.fail({ error: result.error, sent: false });
          return;
        }
        connection.attach(result.socket, result.usesOnread);
        this.startOn(connection, performance.now());
      },
      {
        onread: connection.onread,
        ca: this.settings.ca,
        session: pool.session,
        onSession: (session) => {
          pool.session = session;
        },
      },
    );
  }

  resume(): void {
    if (this.decoder === undefined) this.connection?.resume();
    else this.decoder.resume();
  }

  abort(): void {
    this.finish();
  }

  head(status: number, headers: RawHeaders, length: number | undefined): void {
    // An answer without a body may name an encoding: that of the body which a GET would have.
    if (!this.request.decode || length === 0) {
      this.sink?.head(status, headers, length);
      return;
    }
    const codings = readCodings(headers);
    if ('what' in codings) {
      this.decodedFault(codings);
    } else if (codings.length === 0) {
      this.sink?.head(status, headers, length);
    } else {
      this.decoder = new ContentDecoder(codings, this.settings.decodedLimitBytes, this);
      this.sink?.head(status, withoutEncoding(headers), undefined);
    }
  }

  data(chunk: Buffer): boolean {
    if (this.decoder !== undefined) return this.decoder.write(chunk);
    return this.sink?.data(chunk) ?? true;
  }

  end(): void {
    // The connection may serve others from here on.
    this.connection = undefined;
    if (this.decoder === undefined) this.finish()?.end();
    else this.decoder.end();
  }

  fail(failure: TransportFailure): void {
    const { connection, decoder } = this;
    this.connection = undefined;
    if (connection !== undefined && this.isStale(connection)) {
      this.startNew();
    } else if (decoder === undefined) {
      this.finish()?.fail(failure);
    } else {
      this.failure = failure;
      decoder.end();
    }
  }

  decodedData(chunk: Buffer): boolean {
    return this.sink?.data(chunk) ?? true;
  }

  decodedEnd(): void {
    const { failure } = this;
    if (failure === undefined) this.finish()?.end();
    else this.finish()?.fail(failure);
  }

  decodedFault(fault: AnswerFault): void {
    const failure = this.failure ?? { error: answerError(this.pool.endpoint.label, fault), sent: true };
    this.finish()?.fail(failure);
  }

  decoderDrained(): void {
    this.connection?.resume();
  }

  /** True for a connection that the server had closed before the request reached it. Happens once: the next one is new. */
  private isStale(connection: Connection): boolean {
    return (
      connection.reused &&
      !connection.answerStarted &&
      this.request.body.kind !== 'stream' &&
      performance.now() - this.startedMs < STALE_MS
    );
  }

  /** Lets go of everything; answers the sink, once, for the last word. */
  private finish(): AnswerSink | undefined {
    const { sink, connection, decoder } = this;
    this.sink = undefined;
    this.connection = undefined;
    this.decoder = undefined;
    this.cancelConnect?.();
    this.cancelConnect = undefined;
    decoder?.destroy();
    connection?.destroy();
    return sink;
  }
}

/** A call that cannot be made. Its sink hears so after send() returned, as with every other failure. */
export function refuseCall(error: SluiceError, sink: AnswerSink): Call {
  let open = true;
  process.nextTick(() => {
    if (open) sink.fail({ error, sent: false });
  });
  return {
    resume: () => {},
    abort: () => {
      open = false;
    },
  };
}

/** The error for a destination that is no address. */
export function noAddressError(): SluiceError {
  return sluiceError('upstream_connect', 'The base URL of the upstream is not an http or https URL.');
}
