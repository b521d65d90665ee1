// Errors as Chat Completions words them.

import type { SluiceError } from '../../model/error.ts';
import { formatEvent } from '../../sse/write.ts';
import type { EncodedError } from '../dialect.ts';
import { openaiError } from '../kit/openai-error.ts';

/** The error body; the format has no member for the request id, which travels in a header. */
export function encodeError(error: SluiceError): EncodedError {
  return { status: error.status, body: JSON.stringify({ error: openaiError(error) }) };
}

/** An error chunk. No [DONE] follows it: that would tell the client that the answer is complete. */
export function encodeStreamError(error: SluiceError): string {
  return formatEvent(JSON.stringify({ error: openaiError(error) }));
}
