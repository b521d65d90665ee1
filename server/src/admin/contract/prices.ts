// Prices and traits of models as people read them.

import { z } from 'zod';

/** US dollars for a million tokens; `webSearch` and `request` for a thousand. */
export interface RatesView {
  readonly input: number;
  readonly output: number;
  readonly cacheRead?: number | undefined;
  readonly cacheWrite5m?: number | undefined;
  readonly cacheWrite1h?: number | undefined;
  readonly reasoning?: number | undefined;
  readonly inputAudio?: number | undefined;
  readonly cacheReadAudio?: number | undefined;
  readonly outputAudio?: number | undefined;
  readonly outputImage?: number | undefined;
  readonly webSearch?: number | undefined;
  readonly request?: number | undefined;
}

const rates = z.object({
  input: z.number(),
  output: z.number(),
  cacheRead: z.number().optional(),
  cacheWrite5m: z.number().optional(),
  cacheWrite1h: z.number().optional(),
  reasoning: z.number().optional(),
  inputAudio: z.number().optional(),
  cacheReadAudio: z.number().optional(),
  outputAudio: z.number().optional(),
  outputImage: z.number().optional(),
  webSearch: z.number().optional().describe('For a thousand searches.'),
  request: z.number().optional().describe('For a thousand requests.'),
});

/** A price in US dollars for a million tokens. */
export interface ShownPriceView {
  /** Names it for ever: "catalogue:openai/gpt-5", "config:prices.models.openai/gpt-*". */
  readonly id: string;
  /** Who says so. */
  readonly origin: 'config' | 'file' | 'catalogue' | 'free';
  readonly rates: RatesView;
  /** Other rates for requests with more input tokens than so many. */
  readonly tiers: readonly {
    readonly aboveInputTokens: number;
    /** True: for all tokens of such a request. */
    readonly whole: boolean;
    readonly rates: RatesView;
  }[];
  /** Other rates by service tier. */
  readonly serviceTiers: Readonly<Record<string, RatesView>>;
  /** Not everything is known that the provider bills: costs are estimates. */
  readonly incomplete: boolean;
}

/** Schema of ShownPriceView. */
export const shownPriceSchema: z.ZodType<ShownPriceView> = z.object({
  id: z.string().describe('Which price it is, as in "catalogue:openai/gpt-5".'),
  origin: z.enum(['config', 'file', 'catalogue', 'free']).describe('Who says so.'),
  rates: rates.describe('US dollars for a million tokens.'),
  tiers: z.array(z.object({ aboveInputTokens: z.number(), whole: z.boolean(), rates })),
  serviceTiers: z.record(z.string(), rates),
  incomplete: z.boolean().describe('Not everything is known that the provider bills: costs are estimates.'),
});

/** What a model takes, as far as people want to know it; there is more in it. */
export interface TraitsView {
  readonly maxOutputTokens: number;
  readonly reasoning: {
    readonly by: 'none' | 'effort' | 'budget' | 'adaptive' | 'level';
    readonly efforts: readonly string[];
    readonly canBeOff: boolean;
  };
  readonly images: boolean;
  readonly documents: boolean;
  readonly audio: boolean;
  readonly video: boolean;
  readonly customTools: boolean;
  readonly strictTools: boolean;
  readonly hostedTools: readonly string[];
  readonly outputSchema: 'openai' | 'anthropic' | 'gemini' | 'none';
  readonly jsonOutput: boolean;
  readonly sampling: boolean;
  readonly stopSequences: number;
  readonly prefill: boolean;
  readonly cacheMarks: 'cache_control' | 'prompt_cache_breakpoint' | 'none';
  readonly promptCacheKey: boolean;
}

/** Schema of TraitsView. */
export const traitsSchema: z.ZodType<TraitsView> = z.looseObject({
  maxOutputTokens: z.number(),
  reasoning: z.looseObject({
    by: z.enum(['none', 'effort', 'budget', 'adaptive', 'level']),
    efforts: z.array(z.string()),
    canBeOff: z.boolean(),
  }),
  images: z.boolean(),
  documents: z.boolean(),
  audio: z.boolean(),
  video: z.boolean(),
  customTools: z.boolean(),
  strictTools: z.boolean(),
  hostedTools: z.array(z.string()),
  outputSchema: z.enum(['openai', 'anthropic', 'gemini', 'none']),
  jsonOutput: z.boolean(),
  sampling: z.boolean().describe('Temperature and the like may be sent.'),
  stopSequences: z.number().describe('Most that it takes; 0: the gateway cuts the answer itself.'),
  prefill: z.boolean().describe('The last turn may be the beginning of the answer.'),
  cacheMarks: z.enum(['cache_control', 'prompt_cache_breakpoint', 'none']),
  promptCacheKey: z.boolean(),
});
