// Tokens and money of one exchange or attempt.

import { z } from 'zod';

/** Tokens in buckets that do not overlap; see core/model/usage.ts. */
export interface UsageView {
  readonly input: {
    readonly uncached: number;
    readonly cacheRead: number;
    readonly cacheWrite5m: number;
    readonly cacheWrite1h: number;
    readonly cacheWriteOther: number;
    readonly audio: number;
  };
  readonly output: { readonly text: number; readonly reasoning: number; readonly audio: number };
  readonly extras?:
    | {
        readonly serviceTier?: string | undefined;
        readonly webSearches?: number | undefined;
        readonly outputImageTokens?: number | undefined;
      }
    | undefined;
  /** The provider's numbers were impossible and had to be clamped. */
  readonly clamped: boolean;
}

/** Schema of UsageView. */
export const usageSchema: z.ZodType<UsageView> = z.object({
  input: z.object({
    uncached: z.number(),
    cacheRead: z.number(),
    cacheWrite5m: z.number(),
    cacheWrite1h: z.number(),
    cacheWriteOther: z.number(),
    audio: z.number(),
  }),
  output: z.object({
    text: z.number().describe('Neither reasoning nor sound.'),
    reasoning: z.number(),
    audio: z.number(),
  }),
  extras: z
    .object({
      serviceTier: z.string().optional(),
      webSearches: z.number().optional(),
      outputImageTokens: z.number().optional(),
    })
    .optional(),
  clamped: z.boolean().describe("The provider's numbers were impossible and had to be clamped."),
});

/** Money in nano-US-dollars; the parts sum to the total. */
export interface CostView {
  readonly state: 'exact' | 'estimated' | 'unpriced';
  readonly totalNanoUsd: number;
  readonly parts: {
    readonly inputUncached: number;
    readonly cacheRead: number;
    readonly cacheWrite: number;
    readonly inputAudio: number;
    readonly outputText: number;
    readonly outputReasoning: number;
    readonly outputAudio: number;
    readonly other: number;
  };
  readonly priceRow: string;
}

/** Schema of CostView. */
export const costSchema: z.ZodType<CostView> = z.object({
  state: z.enum(['exact', 'estimated', 'unpriced']),
  totalNanoUsd: z.number(),
  parts: z.object({
    inputUncached: z.number(),
    cacheRead: z.number(),
    cacheWrite: z.number(),
    inputAudio: z.number(),
    outputText: z.number(),
    outputReasoning: z.number(),
    outputAudio: z.number(),
    other: z.number().describe('Pictures, searches and fees.'),
  }),
  priceRow: z.string().describe('Which price was taken; empty when unpriced.'),
});
