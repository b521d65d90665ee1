// Errors as Google's APIs word them: a google.rpc.Status in JSON. https://google.aip.dev/193

import { errorText, type SluiceError } from '../../model/error.ts';
import type { JsonObject } from '../../model/json.ts';
import type { EncodedError, Framing } from '../dialect.ts';

/** The error body. */
export function encodeError(error: SluiceError, requestId: string): EncodedError {
  return { status: error.status, body: JSON.stringify({ error: worded(error, requestId) }) };
}

/** An error chunk, as an event with Google's line ends or as the last element of the array. */
export function encodeStreamError(
  error: SluiceError,
  requestId: string,
  framing: Framing,
  elementSent: boolean = true,
): string {
  const chunk = JSON.stringify({ error: worded(error, requestId) });
  if (framing === 'sse') return `data: ${chunk}\r\n\r\n`;
  return elementSent ? `\n,${chunk}]` : `[${chunk}]`;
}

function worded(error: SluiceError, requestId: string): JsonObject {
  const info = {
    '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
    reason: error.code.toUpperCase(),
    domain: 'sluice',
    metadata: { requestId },
  };
  const details: JsonObject[] = [info];
  if (error.retryAfterMs !== undefined) {
    // Nine decimal places at most may stand in a google.protobuf.Duration.
    const retryDelay = `${Math.ceil(error.retryAfterMs) / 1000}s`;
    details.push({ '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay });
  }
  return { code: error.status, message: errorText(error), status: statusName(error.status), details };
}

const STATUS_NAMES: Readonly<Record<number, string>> = {
  401: 'UNAUTHENTICATED',
  402: 'RESOURCE_EXHAUSTED',
  403: 'PERMISSION_DENIED',
  404: 'NOT_FOUND',
  408: 'DEADLINE_EXCEEDED',
  409: 'ABORTED',
  429: 'RESOURCE_EXHAUSTED',
  499: 'CANCELLED',
  500: 'INTERNAL',
  501: 'UNIMPLEMENTED',
  504: 'DEADLINE_EXCEEDED',
};

function statusName(status: number): string {
  return STATUS_NAMES[status] ?? (status >= 500 ? 'UNAVAILABLE' : 'INVALID_ARGUMENT');
}
