// What so many tokens would cost, in integers: rates are read from the text that people typed, not from a number that has
// been rounded already. Each part is rounded once, halves up, as the gateway itself does.

/** Pico-US-dollars in a nano-US-dollar. */
const PICO_PER_NANO = 1_000n;
/** US dollars for a million tokens are a million pico-US-dollars for one. */
const PLACES = 6;
/** The gateway takes no higher price. */
const MOST_PICO = 1_000_000_000_000n;

const PRICE = /^(\d+)?(?:\.(\d+)?)?$/;

/** "0.075" (US dollars for a million tokens) in pico-US-dollars for one; undefined where the text is no price. */
export function picoOf(text: string): bigint | undefined {
  const read = PRICE.exec(text.trim());
  const [, whole = '', part = ''] = read ?? [];
  if (read === null || (whole === '' && part === '')) return undefined;
  const exact = BigInt(`${whole || '0'}${part.slice(0, PLACES).padEnd(PLACES, '0')}`);
  const pico = exact + (Number(part[PLACES] ?? '0') >= 5 ? 1n : 0n);
  return pico > MOST_PICO ? undefined : pico;
}

/** Rates as text; what is empty costs what the gateway takes in its place. */
export interface TypedRates {
  readonly input: string;
  readonly output: string;
  readonly cacheRead: string;
}

/** Tokens of an example. `cached` is the part of `input` that is read from the cache. */
export interface ExampleTokens {
  readonly input: number;
  readonly cached: number;
  readonly output: number;
}

/** Other rates for long requests. */
export interface LongRates extends TypedRates {
  readonly aboveInputTokens: number;
}

/** Nano-US-dollars of an example; the parts are the total. */
export interface ExampleSum {
  readonly inputNanoUsd: number;
  readonly cachedNanoUsd: number;
  readonly outputNanoUsd: number;
  readonly totalNanoUsd: number;
}

/** What an example costs; undefined where a rate that it needs is missing or no price. `long`: whole tiers alone. */
export function sumOf(
  rates: TypedRates,
  tokens: ExampleTokens,
  long: readonly LongRates[] = [],
): ExampleSum | undefined {
  const tier = long
    .filter(({ aboveInputTokens }) => tokens.input > aboveInputTokens)
    .sort((one, other) => other.aboveInputTokens - one.aboveInputTokens)[0];
  const used = tier ?? rates;
  const input = picoOf(used.input);
  const output = picoOf(used.output);
  const cached = used.cacheRead.trim() === '' ? input : picoOf(used.cacheRead);
  if (input === undefined || output === undefined || cached === undefined) return undefined;
  const read = Math.min(tokens.cached, tokens.input);
  const parts = {
    inputNanoUsd: rounded(tokens.input - read, input),
    cachedNanoUsd: rounded(read, cached),
    outputNanoUsd: rounded(tokens.output, output),
  };
  const total = parts.inputNanoUsd + parts.cachedNanoUsd + parts.outputNanoUsd;
  return {
    inputNanoUsd: Number(parts.inputNanoUsd),
    cachedNanoUsd: Number(parts.cachedNanoUsd),
    outputNanoUsd: Number(parts.outputNanoUsd),
    totalNanoUsd: Number(total),
  };
}

function rounded(count: number, pico: bigint): bigint {
  return (BigInt(count) * pico + PICO_PER_NANO / 2n) / PICO_PER_NANO;
}
