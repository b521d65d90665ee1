// The tokens of an answer that two requests made.

import type { Usage, UsageExtras } from '../../model/usage.ts';

/** Both together, bucket by bucket. */
export function addUsage(first: Usage | undefined, second: Usage): Usage {
  if (first === undefined) return second;
  const [a, b] = [first, second];
  const extras = addExtras(a.extras, b.extras);
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
    ...(extras === undefined ? {} : { extras }),
    clamped: a.clamped || b.clamped,
  };
}

/** Two tiers that differ are a third one, whose price nobody knows: better an estimate than one of them for all. */
function addExtras(a: UsageExtras | undefined, b: UsageExtras | undefined): UsageExtras | undefined {
  if (a === undefined && b === undefined) return undefined;
  const searches = (a?.webSearches ?? 0) + (b?.webSearches ?? 0);
  const pictures = (a?.outputImageTokens ?? 0) + (b?.outputImageTokens ?? 0);
  const [one, other] = [a?.serviceTier, b?.serviceTier];
  const tier = one === other ? one : `${one ?? 'default'}, then ${other ?? 'default'}`;
  return {
    ...(tier === undefined ? {} : { serviceTier: tier }),
    ...(searches === 0 ? {} : { webSearches: searches }),
    ...(pictures === 0 ? {} : { outputImageTokens: pictures }),
  };
}
