// Turns an error into an answer in the caller's own format. Used wherever a request fails before its first output.

import { dialects } from '../core/dialects/index.ts';
import type { DialectId } from '../core/model/dialect-id.ts';
import type { SluiceError } from '../core/model/error.ts';
import type { RawHeaders, Reply } from '../exchange/ports.ts';

/** An error, ready to be sent. */
export interface Failure {
  readonly status: number;
  readonly headers: RawHeaders;
  readonly body: string;
}

/**
 * Words an error for a caller of a dialect. `more` are further headers (Allow, CORS). The retry headers are those that
 * the vendors' libraries read: retry-after in seconds, rounded up, and retry-after-ms.
 */
export function encodeFailure(
  error: SluiceError,
  dialect: DialectId,
  requestId: string,
  more: RawHeaders = [],
): Failure {
  const { status, body } = dialects[dialect].encodeError(error, requestId);
  const headers = ['content-type', 'application/json', 'x-sluice-request-id', requestId];
  // A wrong key stays wrong: without the second header Claude Code says nothing and retries for minutes.
  if (status === 401) headers.push('www-authenticate', 'Bearer realm="sluice"', 'x-should-retry', 'false');
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

/** Answers a request with an error. The reply must not have been started. */
export function failWith(
  reply: Reply,
  error: SluiceError,
  dialect: DialectId,
  requestId: string,
  more: RawHeaders = [],
): void {
  const failure = encodeFailure(error, dialect, requestId, more);
  reply.head(failure.status, failure.headers);
  reply.end(failure.body);
}
