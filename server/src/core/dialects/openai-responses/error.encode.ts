// Errors as the Responses API words them.

import type { SluiceError } from '../../model/error.ts';
import type { JsonObject } from '../../model/json.ts';
import { formatEvent } from '../../sse/write.ts';
import type { EncodedError } from '../dialect.ts';
import { openaiError } from '../kit/openai-error.ts';

/** Events must be numbered, but the byte path does not read the numbers of the events before. */
const SEQUENCE_NUMBER = 0;

/** The error body; the format has no member for the request id, which travels in a header. */
export function encodeError(error: SluiceError): EncodedError {
  return { status: error.status, body: JSON.stringify({ error: openaiError(error) }) };
}

/** The members of an error event: flat, as documented, and nested, as OpenAI sends them. */
export function errorEvent(error: SluiceError): JsonObject {
  const worded = openaiError(error);
  const { message, param, code } = worded;
  return { type: 'error', code, message, param, error: worded };
}

/** The `error` member of a response that failed. */
export function responseError(error: SluiceError): JsonObject {
  const { code, message } = openaiError(error);
  return { code, message };
}

/**
 * The error event; then response.failed, for clients that would otherwise report a stream without an end (Codex reads no
 * error events).
 */
export function encodeStreamError(error: SluiceError, requestId: string): string {
  const event = { ...errorEvent(error), sequence_number: SEQUENCE_NUMBER };
  const failed = {
    type: 'response.failed',
    sequence_number: SEQUENCE_NUMBER + 1,
    response: {
      id: `resp_${requestId}`,
      object: 'response',
      created_at: 0,
      status: 'failed',
      error: responseError(error),
      incomplete_details: null,
      output: [],
      usage: null,
    },
  };
  return formatEvent(JSON.stringify(event), 'error') + formatEvent(JSON.stringify(failed), 'response.failed');
}
