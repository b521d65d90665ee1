// Writes token usage in the arithmetic of Chat Completions: the wholes include what the details list.

import type { JsonObject } from '../../model/json.ts';
import type { Usage } from '../../model/usage.ts';

/** The `usage` object. Cache writes are only mentioned where there were any: older clients do not know them. */
export function writeUsage({ input, output, extras }: Usage): JsonObject {
  const written = input.cacheWrite5m + input.cacheWrite1h + input.cacheWriteOther;
  const prompt = input.uncached + input.cacheRead + written + input.audio;
  const pictures = extras?.outputImageTokens ?? 0;
  const completion = output.text + output.reasoning + output.audio + pictures;
  return {
    prompt_tokens: prompt,
    completion_tokens: completion,
    total_tokens: prompt + completion,
    prompt_tokens_details: {
      cached_tokens: input.cacheRead,
      audio_tokens: input.audio,
      ...(written === 0 ? {} : { cache_write_tokens: written }),
    },
    completion_tokens_details: {
      reasoning_tokens: output.reasoning,
      audio_tokens: output.audio,
      ...(pictures === 0 ? {} : { image_tokens: pictures }),
      accepted_prediction_tokens: 0,
      rejected_prediction_tokens: 0,
    },
  };
}
