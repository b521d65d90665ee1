// Writes usage in this format's arithmetic: wholes that include their parts.

import type { JsonObject } from '../../model/json.ts';
import type { Usage } from '../../model/usage.ts';

/** The `usage` object. */
export function encodeUsage({ input, output, extras }: Usage): JsonObject {
  const written = input.cacheWrite5m + input.cacheWrite1h + input.cacheWriteOther;
  const inputTokens = input.uncached + input.cacheRead + written + input.audio;
  const outputTokens = output.text + output.reasoning + output.audio + (extras?.outputImageTokens ?? 0);
  return {
    input_tokens: inputTokens,
    input_tokens_details: {
      cached_tokens: input.cacheRead,
      cache_write_tokens: written,
      ...(input.audio === 0 ? {} : { audio_tokens: input.audio }),
    },
    output_tokens: outputTokens,
    output_tokens_details: {
      reasoning_tokens: output.reasoning,
      ...(output.audio === 0 ? {} : { audio_tokens: output.audio }),
    },
    total_tokens: inputTokens + outputTokens,
  };
}
