// Tells the client that its request failed, in its own wire format and with the right status; inside the stream when the
// answer has already been opened.

import type { Dialect, Framing } from '../core/dialects/dialect.ts';
import type { SluiceError } from '../core/model/error.ts';
import { headerOf } from '../core/model/header-list.ts';
import type { AttemptRecord } from './attempt-record.ts';
import type { Exchange, Failure } from './context.ts';
import { answerHeaders, ownHeaders, replyHeaders } from './headers.ts';
import type { RawHeaders, Reply } from './ports.ts';
import { maskedBytes, maskedText, secretsOf } from './secrecy.ts';
import { triedHeader } from './tried-header.ts';

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
  if (headerOf(more, 'x-request-id') === undefined) headers.push('x-request-id', requestId);
  // A wrong key stays wrong: without the second header Claude Code says nothing and retries for minutes.
  if (error.code === 'unauthenticated' && status === 401) {
    headers.push('www-authenticate', 'Bearer realm="sluice"', 'x-should-retry', 'false');
  }
  // Money does not come back within the seconds after which libraries try again by themselves.
  if (error.code === 'budget_exceeded' && error.kind === 'quota') headers.push('x-should-retry', 'false');
  // The caller wanted no other answer than a kept one.
  if (error.code === 'not_cached') headers.push('x-should-retry', 'false');
  if (headerOf(more, 'retry-after') === undefined) headers.push(...retryHeaders(error.retryAfterMs));
  return { status, headers: [...headers, ...more], body };
}

function retryHeaders(waitMs: number | undefined): string[] {
  if (waitMs === undefined) return [];
  const delayMs = Math.max(0, Math.ceil(waitMs));
  return ['retry-after', String(Math.max(1, Math.ceil(delayMs / 1000))), 'retry-after-ms', String(delayMs)];
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

/** Statuses that a client may be told when to come back after. */
const PASSING: readonly number[] = [429, 503, 529];

/**
 * Ends an exchange whose attempts have all failed: the provider's own words where it spoke the client's language, ours
 * otherwise. `freeInMs`: when a candidate is free again, where that is known; for answers that do not say it.
 */
export function refuseFailed(
  exchange: Exchange,
  failure: Failure,
  attempt: AttemptRecord,
  freeInMs: number | undefined,
): number {
  const { inbound, dialect, record } = exchange;
  const { answer, error } = failure;
  const { target } = attempt;
  const secrets = secretsOf(target);
  const waitMs = PASSING.includes(answer?.status ?? error.status) ? freeInMs : undefined;
  if (
    answer !== undefined &&
    target.native &&
    answer.status >= 400 &&
    !inbound.reply.started &&
    dialect.isErrorBody(answer.body)
  ) {
    const headers = [
      ...replyHeaders(exchange, attempt, answer.headers, false),
      'x-sluice-error',
      error.code,
      ...triedHeader(record.tries),
      ...(headerOf(answer.headers, 'retry-after') === undefined ? retryHeaders(waitMs) : []),
      'content-length',
      String(answer.body.length),
    ];
    inbound.reply.head(answer.status, headers);
    inbound.reply.end(maskedBytes(answer.body, secrets));
    record.bytesOut += answer.body.length;
    return answer.status;
  }
  // The provider's request id, limits and waiting time mean something in every format.
  const theirs = answer === undefined ? [] : answerHeaders(answer.headers, secrets, true);
  const retryAfterMs = error.retryAfterMs ?? waitMs;
  return refuse(
    inbound.reply,
    dialect,
    {
      ...error,
      message: maskedText(error.message, secrets),
      ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    },
    inbound.id,
    [...ownHeaders(exchange, attempt).slice(2), ...triedHeader(record.tries), ...theirs],
    exchange.framing,
    record.firstOutputAtMs !== undefined,
  );
}
