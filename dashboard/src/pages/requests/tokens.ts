// Tokens of a request as rows show them: what was sent, how much of that a cache knew, and what came back.

import type { UsageView } from '../../../../server/src/admin/contract.ts';

/** Sums of the parts that the ledger tells apart. */
export interface TokenFigures {
  readonly input: number;
  /** Part of the input. */
  readonly cached: number;
  /** Part of the input. */
  readonly written: number;
  readonly output: number;
  /** Part of the output. */
  readonly reasoning: number;
}

/** The sums; undefined where nothing was told. */
export function tokensOf(usage: UsageView | undefined): TokenFigures | undefined {
  if (usage === undefined) return undefined;
  const { input, output, extras } = usage;
  const written = input.cacheWrite5m + input.cacheWrite1h + input.cacheWriteOther;
  return {
    input: input.uncached + input.audio + input.cacheRead + written,
    cached: input.cacheRead,
    written,
    output: output.text + output.audio + output.reasoning + (extras?.outputImageTokens ?? 0),
    reasoning: output.reasoning,
  };
}
