// What a model costs, in a form that can be multiplied without losing anything: integers of a millionth of a millionth of
// a US dollar (pico-US-dollars) per token or call. $3 for a million tokens is 3,000,000.

/** Pico-US-dollars per token; `webSearch` and `request` per call. What is absent costs what `rateOf` in rates.ts says. */
export interface Rates {
  readonly input: number;
  readonly output: number;
  readonly cacheRead?: number;
  readonly cacheWrite5m?: number;
  readonly cacheWrite1h?: number;
  readonly inputAudio?: number;
  readonly cacheReadAudio?: number;
  readonly reasoning?: number;
  readonly outputAudio?: number;
  readonly outputImage?: number;
  readonly webSearch?: number;
  /** For each request, whatever its tokens. */
  readonly request?: number;
}

/** Other rates for requests with more input than so many tokens (cached ones included). */
export interface PriceTier {
  readonly aboveInputTokens: number;
  readonly rates: Rates;
  /** True: for all tokens of such a request (the way of Anthropic and Google). False: for those above only. */
  readonly whole: boolean;
}

/** The price of a model. */
export interface Price {
  /** Names it for ever: "catalogue:openai/gpt-5", "config:upstreams.one.prices.gpt-*", "file:gpt-*", "free:ollama". */
  readonly id: string;
  readonly rates: Rates;
  /** By rising threshold. */
  readonly tiers: readonly PriceTier[];
  /** Service tier, in the provider's words → the rates in its place. */
  readonly serviceTiers: Readonly<Record<string, Rates>>;
  /**
   * What the provider bills and nobody knows the price or the number of, so that costs are estimates. output: the rate of
   * output tokens is not known. fees: there are charges besides those for tokens.
   */
  readonly lacks?: 'output' | 'fees';
}
