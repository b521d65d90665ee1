// The upstreams' side of a captured exchange: every request that is sent and every answer that comes, noted on their way.

import type { AnswerSink, OutboundRequest, RawHeaders, Transport } from '../../exchange/ports.ts';
import type { BodyTape } from './body-tape.ts';
import { watchedSink } from './watched-inbound.ts';

/** What was noted of one request. Times are epoch milliseconds. */
export interface SentRequest {
  /** That of the attempt; undefined for what is no attempt of the exchange, such as a question for the models there are. */
  readonly ordinal: number | undefined;
  readonly request: OutboundRequest;
  readonly sent: BodyTape;
  readonly received: BodyTape;
  readonly startedAtMs: number;
  status: number | undefined;
  headers: RawHeaders;
  headAtMs: number | undefined;
  endedAtMs: number | undefined;
  outcome: 'ended' | 'failed' | 'aborted' | undefined;
  failure: { readonly code: string; readonly message: string } | undefined;
}

/** What the transport notes with. */
export interface TransportNotes {
  newTape(): BodyTape;
  nowMs(): number;
  readonly sent: SentRequest[];
}

/** A transport that notes what it is asked to send. */
export function watchedTransport(inner: Transport, notes: TransportNotes): Transport {
  return {
    send: (request, sink) => {
      const noted: SentRequest = {
        ordinal: sink.ordinal,
        request,
        sent: notes.newTape(),
        received: notes.newTape(),
        startedAtMs: notes.nowMs(),
        status: undefined,
        headers: [],
        headAtMs: undefined,
        endedAtMs: undefined,
        outcome: undefined,
        failure: undefined,
      };
      notes.sent.push(noted);
      const call = inner.send(watchedRequest(noted, notes), watchedAnswer(noted, sink, notes));
      return {
        resume: () => call.resume(),
        abort: () => {
          finish(noted, 'aborted', notes);
          call.abort();
        },
      };
    },
    close: () => inner.close(),
  };
}

function finish(
  noted: SentRequest,
  outcome: NonNullable<SentRequest['outcome']>,
  notes: TransportNotes,
): void {
  if (noted.outcome !== undefined) return;
  noted.outcome = outcome;
  noted.endedAtMs = notes.nowMs();
}

/** The same request; of one that is streamed, the pieces are noted as they leave. */
function watchedRequest({ request, sent }: SentRequest, notes: TransportNotes): OutboundRequest {
  const { body } = request;
  if (body.kind === 'bytes') for (const part of body.parts) sent.add(part, notes.nowMs());
  if (body.kind !== 'stream') return request;
  return { ...request, body: { ...body, pipe: (sink) => body.pipe(watchedSink(sink, sent, notes)) } };
}

function watchedAnswer(noted: SentRequest, sink: AnswerSink, notes: TransportNotes): AnswerSink {
  return {
    ordinal: sink.ordinal,
    head: (status, headers, length) => {
      noted.status = status;
      noted.headers = headers;
      noted.headAtMs = notes.nowMs();
      sink.head(status, headers, length);
    },
    data: (chunk) => {
      noted.received.add(chunk, notes.nowMs());
      return sink.data(chunk);
    },
    end: () => {
      finish(noted, 'ended', notes);
      sink.end();
    },
    fail: (failure) => {
      finish(noted, 'failed', notes);
      noted.failure = failure.error;
      sink.fail(failure);
    },
  };
}
