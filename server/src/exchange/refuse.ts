// Tells the client that its request failed, in its own wire format and with the right status; inside the stream when the
// answer has already been opened.

import type { Dialect, Framing } from '../core/dialects/dialect.ts';
import type { SluiceError } from '../core/model/error.ts';
import type { Exchange, Failure, Target } from './context.ts';
import { answerHeaders, ownHeaders } from './headers.ts';
import type { RawHeaders, Reply } from './ports.ts';
import { maskedBytes, maskedText } from './secrecy.ts';

/** Headers that go with an error of the gateway itself. */
export function errorHeaders(error: SluiceError, requestId: string, bodyBytes: number): string[] {
  const headers = [
    'content-type',
    'application/json',
    'content-length',
    String(bodyBytes),
    'x-sluice-request-id',
    requestId,
    'x-sluice-error',
    error.code,
  ];
  if (error.retryAfterMs !== undefined) {
    headers.push('retry-after', String(Math.max(1, Math.ceil(error.retryAfterMs / 1000))));
    headers.push('retry-after-ms', String(Math.ceil(error.retryAfterMs)));
  }
  return headers;
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
  const { status, body } = dialect.encodeError(error, requestId);
  reply.head(status, [...errorHeaders(error, requestId, Buffer.byteLength(body)), ...more]);
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
  return refuse(
    inbound.reply,
    dialect,
    { ...error, message: maskedText(error.message, secret) },
    inbound.id,
    ownHeaders(exchange, target).slice(2),
    exchange.framing,
    record.firstOutputAtMs !== undefined,
  );
}
