// The tokens of an answer that two requests made.

import type { Usage } from '../../model/usage.ts';

/** Both together, bucket by bucket. */
export function addUsage(first: Usage | undefined, second: Usage): Usage {
  if (first === undefined) return second;
  const [a, b] = [first, second];
  return {
    input: {
      uncached: a.input.uncached + b.input.uncached,
      cacheRead: a.input.cacheRead + b.input.cacheRead,
      cacheWrite5m: a.input.cacheWrite5m + b.input.cacheWrite5m,
      cacheWrite1h: a.input.cacheWrite1h + b.input.cacheWrite1h,
      cacheWriteOther: a.input.cacheWriteOther + b.input.cacheWriteOther,
      audio: a.input.audio + b.input.audio,
    },
    output: {
      text: a.output.text + b.output.text,
      reasoning: a.output.reasoning + b.output.reasoning,
      audio: a.output.audio + b.output.audio,
    },
    clamped: a.clamped || b.clamped,
  };
}
