// Tells the client that its request failed, in its own wire format and with the right status; inside the stream when the
// answer has already been opened.

import type { Dialect, Framing } from '../core/dialects/dialect.ts';
import type { SluiceError } from '../core/model/error.ts';
import type { Exchange, Failure, Target } from './context.ts';
import { answerHeaders, ownHeaders } from './headers.ts';
import type { RawHeaders, Reply } from './ports.ts';
import { maskedBytes, maskedText } from './secrecy.ts';

/** An error, ready to be sent. */
export interface Refusal {
  readonly status: number;
  readonly headers: RawHeaders;
  readonly body: string;
}

/**
 * Words an error for a caller of a dialect. `more` are further headers. The retry headers are those that the vendors'
 * libraries read: retry-after in seconds, rounded up, and retry-after-ms.
 */
export function encodeRefusal(
  dialect: Dialect,
  error: SluiceError,
  requestId: string,
  more: RawHeaders = [],
): Refusal {
  const { status, body } = dialect.encodeError(error, requestId);
  const headers = ['content-type', 'application/json', 'content-length', String(Buffer.byteLength(body))];
  headers.push('x-sluice-request-id', requestId, 'x-sluice-error', error.code);
  // A wrong key stays wrong: without the second header Claude Code says nothing and retries for minutes.
  if (error.code === 'unauthenticated' && status === 401) {
    headers.push('www-authenticate', 'Bearer realm="sluice"', 'x-should-retry', 'false');
  }
  if (error.retryAfterMs !== undefined) {
    const delayMs = Math.max(0, Math.ceil(error.retryAfterMs));
    headers.push(
      'retry-after',
      String(Math.max(1, Math.ceil(delayMs / 1000))),
      'retry-after-ms',
      String(delayMs),
    );
  }
  return { status, headers: [...headers, ...more], body };
}

/** Sends an error in a dialect. Returns the status that the client sees. */
export function refuse(
  reply: Reply,
  dialect: Dialect,
  error: SluiceError,
  requestId: string,
  more: RawHeaders = [],
  framing: Framing = 'sse',
  outputSent = false,
): number {
  if (reply.started) {
    reply.end(dialect.encodeStreamError(error, requestId, framing, outputSent));
    return 200;
  }
  const { status, headers, body } = encodeRefusal(dialect, error, requestId, more);
  reply.head(status, headers);
  reply.end(body);
  return status;
}

/** Ends an exchange whose attempts have all failed: the provider's own words where it spoke the client's language, ours otherwise. */
export function refuseFailed(exchange: Exchange, failure: Failure, target: Target): number {
  const { inbound, dialect, record } = exchange;
  const { answer, error } = failure;
  const { secret } = target.key;
  if (
    answer !== undefined &&
    target.native &&
    answer.status >= 400 &&
    !inbound.reply.started &&
    dialect.isErrorBody(answer.body)
  ) {
    const headers = [
      ...answerHeaders(answer.headers, secret),
      ...ownHeaders(exchange, target),
      'content-length',
      String(answer.body.length),
    ];
    inbound.reply.head(answer.status, headers);
    inbound.reply.end(maskedBytes(answer.body, secret));
    record.bytesOut += answer.body.length;
    return answer.status;
  }
  // The provider's request id, limits and waiting time mean something in every format.
  const theirs = answer === undefined ? [] : answerHeaders(answer.headers, secret, true);
  return refuse(
    inbound.reply,
    dialect,
    { ...error, message: maskedText(error.message, secret) },
    inbound.id,
    [...ownHeaders(exchange, target).slice(2), ...theirs],
    exchange.framing,
    record.firstOutputAtMs !== undefined,
  );
}
