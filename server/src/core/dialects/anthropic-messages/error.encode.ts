// Errors as the Messages API words them. https://docs.anthropic.com/en/api/errors

import { errorText, type SluiceError } from '../../model/error.ts';
import { formatEvent } from '../../sse/write.ts';
import type { EncodedError } from '../dialect.ts';

/** The error body. */
export function encodeError(error: SluiceError, requestId: string): EncodedError {
  return { status: error.status, body: JSON.stringify(worded(error, requestId)) };
}

/** The error event; nothing may follow it. */
export function encodeStreamError(error: SluiceError, requestId: string): string {
  return formatEvent(JSON.stringify(worded(error, requestId)), 'error');
}

interface WordedError {
  readonly type: 'error';
  readonly error: { readonly type: string; readonly message: string };
  readonly request_id: string;
}

function worded(error: SluiceError, requestId: string): WordedError {
  return {
    type: 'error',
    error: { type: TYPES[error.status] ?? fallbackType(error.status), message: messageOf(error) },
    request_id: requestId,
  };
}

/** Claude Code shortens its conversation when it reads these words. */
const TOO_LONG = 'prompt is too long';

function messageOf(error: SluiceError): string {
  const text = errorText(error);
  return error.kind === 'context-length' && !text.includes(TOO_LONG) ? `${TOO_LONG}: ${text}` : text;
}

const TYPES: Readonly<Record<number, string>> = {
  401: 'authentication_error',
  402: 'billing_error',
  403: 'permission_error',
  404: 'not_found_error',
  413: 'request_too_large',
  429: 'rate_limit_error',
  503: 'overloaded_error',
  504: 'timeout_error',
  529: 'overloaded_error',
};

function fallbackType(status: number): string {
  return status >= 500 ? 'api_error' : 'invalid_request_error';
}
