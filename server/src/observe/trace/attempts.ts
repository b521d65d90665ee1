// The requests that one exchange sends to upstreams: a span for each, whose context travels in its headers. What the
// ledger knows of an attempt is known only at the end, so spans are finished then, with the times of their own.

import { type Context, type Span, SpanKind, SpanStatusCode, type Tracer } from '@opentelemetry/api';
import type {
  AnswerSink,
  Call,
  OutboundRequest,
  RawHeaders,
  Transport,
  TransportFailure,
} from '../../exchange/ports.ts';
import { HTTP } from './names.ts';
import { withTraceContext } from './traceparent.ts';

/** One request that was sent. */
export interface SentAttempt {
  readonly span: Span;
  /** Number of the attempt in its exchange; undefined where it is none. */
  readonly ordinal: number | undefined;
  status: number | undefined;
  /** Code of the failure below HTTP. */
  errorCode: string | undefined;
  /** Epoch milliseconds; undefined while it runs. */
  endedAtMs: number | undefined;
}

/** A transport that looks on, and what it has seen. */
export interface TracedTransport extends Transport {
  readonly sent: readonly SentAttempt[];
}

/** Puts itself in front of a transport. `within` holds the span of the exchange. */
export function tracedTransport(transport: Transport, tracer: Tracer, within: Context): TracedTransport {
  const sent: SentAttempt[] = [];
  return {
    sent,
    send(request, sink) {
      const span = tracer.startSpan(
        `${request.method} upstream`,
        {
          kind: SpanKind.CLIENT,
          startTime: Date.now(),
          attributes: { ...placeOf(request.destination.origin), [HTTP.method]: request.method },
        },
        within,
      );
      const attempt: SentAttempt = {
        span,
        ordinal: sink.ordinal,
        status: undefined,
        errorCode: undefined,
        endedAtMs: undefined,
      };
      sent.push(attempt);
      const headers = withTraceContext(request.headers, span.spanContext());
      return new TracedCall(transport, { ...request, headers }, sink, attempt);
    },
    close: () => transport.close(),
  };
}

/** Sits between the upstream and the one who waits for its answer, and lets everything through as it comes. */
class TracedCall implements Call, AnswerSink {
  readonly ordinal: number | undefined;
  readonly #sink: AnswerSink;
  readonly #attempt: SentAttempt;
  readonly #call: Call;

  constructor(transport: Transport, request: OutboundRequest, sink: AnswerSink, attempt: SentAttempt) {
    this.#sink = sink;
    this.#attempt = attempt;
    this.ordinal = sink.ordinal;
    this.#call = transport.send(request, this);
  }

  head(status: number, headers: RawHeaders, length: number | undefined): void {
    this.#attempt.status = status;
    this.#sink.head(status, headers, length);
  }

  data(chunk: Buffer): boolean {
    return this.#sink.data(chunk);
  }

  end(): void {
    this.#over();
    this.#sink.end();
  }

  fail(failure: TransportFailure): void {
    this.#attempt.errorCode = failure.error.code;
    this.#over();
    this.#sink.fail(failure);
  }

  resume(): void {
    this.#call.resume();
  }

  abort(): void {
    this.#over();
    this.#call.abort();
  }

  #over(): void {
    this.#attempt.endedAtMs ??= Date.now();
  }
}

function placeOf(origin: string): Record<string, string | number> {
  const url = URL.canParse(origin) ? new URL(origin) : undefined;
  if (url === undefined) return {};
  const port = url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port);
  return { [HTTP.server]: url.hostname, [HTTP.port]: port };
}

/** Says on a span that it failed, in a word. */
export function failed(span: Span, code: string): void {
  span.setStatus({ code: SpanStatusCode.ERROR, message: code });
  span.setAttribute(HTTP.error, code);
}
