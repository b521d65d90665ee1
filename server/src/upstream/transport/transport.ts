// Sluice's HTTP/1.1 client: pooled connections over plain TCP or TLS, straight or through a proxy. It never follows
// redirects: an answer of status 3xx is an answer like any other.

import type { AnswerSink, Call, OutboundRequest, Transport } from '../../exchange/ports.ts';
import { type CallSettings, noAddressError, OutboundCall, refuseCall } from './outbound-call.ts';
import { Pools } from './pool.ts';
import { writeRequestHead } from './request-head.ts';

/** All have defaults. */
export interface TransportOptions {
  /** Certificate authorities in PEM that are trusted instead of the built-in ones. */
  readonly ca?: string;
  /** Largest decoded body of an answer with a content encoding. Default 256 MiB. */
  readonly decodedLimitBytes?: number;
  /** Silence after an answer before its connection is used again, in milliseconds. Default 10. */
  readonly quarantineMs?: number;
  /** How long an idle connection is kept, in milliseconds. Default 4000, below the 5 seconds of many servers. */
  readonly idleMs?: number;
}

const DECODED_LIMIT_BYTES = 268_435_456;
/** Bytes that nobody asked for come 1 ms after an answer, or 6 ms after it when the machine is busy. */
const QUARANTINE_MS = 10;
const IDLE_MS = 4000;

/**
 * Makes a transport. Failures are values (TransportFailure) with the codes upstream_connect, upstream_timeout (connecting
 * only), upstream_closed, upstream_protocol, upstream_too_large, and invalid_request for headers that cannot be sent.
 * Time limits on the answer are the caller's: it calls abort().
 */
export function createTransport(options: TransportOptions = {}): Transport {
  const pools = new Pools({
    quarantineMs: options.quarantineMs ?? QUARANTINE_MS,
    idleMs: options.idleMs ?? IDLE_MS,
  });
  const settings: CallSettings = {
    decodedLimitBytes: options.decodedLimitBytes ?? DECODED_LIMIT_BYTES,
    ca: options.ca,
  };
  return {
    send(request: OutboundRequest, sink: AnswerSink): Call {
      const pool = pools.at(request.destination);
      if (pool === undefined) return refuseCall(noAddressError(), sink);
      const head = writeRequestHead(request, pool.endpoint.authority);
      if (typeof head !== 'string') return refuseCall(head, sink);
      const call = new OutboundCall(pool, request, head, sink, settings);
      const nowMs = performance.now();
      // A streamed body cannot be sent twice, so it never goes over a connection that may have died unnoticed.
      const idle = request.body.kind === 'stream' ? undefined : pools.take(pool, nowMs);
      if (idle === undefined) call.startNew();
      else call.startOn(idle, nowMs);
      return call;
    },
    close(): void {
      pools.close();
    },
  };
}
