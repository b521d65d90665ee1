// What an exchange cost, from its tokens and a price. Nothing here is ever 0 because something is not known: a cost is
// exact, or it says that it is an estimate, or that there is no price.

import { inputTokens, type Usage } from '../model/usage.ts';
import { Amount, PICO_PER_NANO } from './amount.ts';
import type { Cost, CostParts, CostState } from './cost.ts';
import type { Price } from './price.ts';
import { type Billing, billingOf, possibleRates, type RateKind, rateOf } from './rates.ts';

const NOTHING: CostParts = {
  inputUncached: 0,
  cacheRead: 0,
  cacheWrite: 0,
  inputAudio: 0,
  outputText: 0,
  outputReasoning: 0,
  outputAudio: 0,
  other: 0,
};

/**
 * The cost of a usage. `estimated`: the usage is an estimate of ours. Each part is rounded once, to a nanodollar, and the
 * total is the sum of the parts. Without a price the state is `unpriced` and the amounts mean nothing.
 */
export function costOf(usage: Usage, price: Price | undefined, estimated: boolean): Cost {
  if (price === undefined) return { state: 'unpriced', totalNanoUsd: 0, parts: NOTHING, priceRow: '' };
  const billing = billingOf(price, inputTokens(usage), usage.extras?.serviceTier);
  const parts = partsOf(usage, billing);
  const isExact = !estimated && billing.isKnown && isTold(usage, price, billing);
  return { state: isExact ? 'exact' : 'estimated', totalNanoUsd: total(parts), parts, priceRow: price.id };
}

/**
 * The costs of several attempts as one; undefined where there are none. Amounts that are known are kept also where
 * another attempt has no price.
 */
export function sumCosts(costs: readonly Cost[]): Cost | undefined {
  if (costs.length < 2) return costs[0];
  const parts: { -readonly [part in keyof CostParts]: number } = { ...NOTHING };
  let state: CostState = 'exact';
  let priceRow = '';
  for (const cost of costs) {
    for (const part of PARTS) parts[part] += cost.parts[part];
    state = worse(state, cost.state);
    if (cost.priceRow !== '') priceRow = cost.priceRow;
  }
  return { state, totalNanoUsd: total(parts), parts, priceRow };
}

/**
 * The most that a request can cost with so many tokens, in nano-US-dollars: all of them of the dearest kind there is, in
 * the dearest tier. `searches`: how many the provider may run, where it may.
 */
export function worstNanoUsd(
  price: Price,
  inputTokens: number,
  outputTokens: number,
  searches: number = 0,
): number {
  let worst = 0;
  for (const rates of possibleRates(price, inputTokens)) {
    const dearest = (kinds: readonly RateKind[]): number =>
      Math.max(...kinds.map((kind) => rateOf(rates, kind)));
    const input = Math.ceil((inputTokens * dearest(INPUT_KINDS)) / PICO_PER_NANO);
    const output = Math.ceil((outputTokens * dearest(OUTPUT_KINDS)) / PICO_PER_NANO);
    const calls = Math.ceil(((rates.request ?? 0) + searches * (rates.webSearch ?? 0)) / PICO_PER_NANO);
    worst = Math.max(worst, input + output + calls);
  }
  // Every part of the real cost may have been rounded up.
  return worst === 0 ? 0 : Math.min(worst + PARTS.length, Number.MAX_SAFE_INTEGER);
}

const PARTS = Object.keys(NOTHING) as readonly (keyof CostParts)[];
const INPUT_KINDS: readonly RateKind[] = ['input', 'cacheRead', 'cacheWrite5m', 'cacheWrite1h', 'inputAudio'];
const OUTPUT_KINDS: readonly RateKind[] = ['output', 'reasoning', 'outputAudio', 'outputImage'];
const BADNESS: readonly CostState[] = ['exact', 'estimated', 'unpriced'];

function worse(a: CostState, b: CostState): CostState {
  return BADNESS.indexOf(a) > BADNESS.indexOf(b) ? a : b;
}

function total(parts: CostParts): number {
  let sum = 0;
  for (const part of PARTS) sum += parts[part];
  return sum;
}

function partsOf({ input, output, extras }: Usage, billing: Billing): CostParts {
  const [{ rates }] = billing.bands;
  let place = 0;
  /** Tokens of the prompt, in its order: what is cached stands at its beginning. */
  const read = (amount: Amount, kind: RateKind, tokens: number): void => {
    if (tokens === 0) return;
    const end = place + tokens;
    billing.bands.forEach((band, at) => {
      const from = Math.max(place, band.fromTokens);
      const to = Math.min(end, billing.bands[at + 1]?.fromTokens ?? Number.POSITIVE_INFINITY);
      if (to > from) amount.add(to - from, rateOf(band.rates, kind));
    });
    place = end;
  };
  const [cacheRead, cacheWrite, uncached, audio] = [new Amount(), new Amount(), new Amount(), new Amount()];
  read(cacheRead, 'cacheRead', input.cacheRead);
  read(cacheWrite, 'cacheWrite1h', input.cacheWrite1h);
  read(cacheWrite, 'cacheWrite5m', input.cacheWrite5m + input.cacheWriteOther);
  read(uncached, 'input', input.uncached);
  read(audio, 'inputAudio', input.audio);
  const other = new Amount();
  other.add(extras?.outputImageTokens ?? 0, rateOf(rates, 'outputImage'));
  other.add(extras?.webSearches ?? 0, rates.webSearch ?? 0);
  other.add(1, rates.request ?? 0);
  return {
    inputUncached: uncached.nanoUsd,
    cacheRead: cacheRead.nanoUsd,
    cacheWrite: cacheWrite.nanoUsd,
    inputAudio: audio.nanoUsd,
    outputText: amountOf(output.text, rateOf(rates, 'output')),
    outputReasoning: amountOf(output.reasoning, rateOf(rates, 'reasoning')),
    outputAudio: amountOf(output.audio, rateOf(rates, 'outputAudio')),
    other: other.nanoUsd,
  };
}

function amountOf(count: number, picoUsd: number): number {
  const amount = new Amount();
  amount.add(count, picoUsd);
  return amount.nanoUsd;
}

/** True where the price says what everything costs that was used, and the counts were possible. */
function isTold(usage: Usage, price: Price, billing: Billing): boolean {
  const { input, output, extras } = usage;
  const [{ rates }] = billing.bands;
  if (usage.clamped || price.lacks === 'fees') return false;
  // What these cost without a rate of their own is a guess; cached and reasoning tokens without one cost what others do.
  if (input.audio > 0 && rates.inputAudio === undefined) return false;
  if (output.audio > 0 && rates.outputAudio === undefined) return false;
  if ((extras?.outputImageTokens ?? 0) > 0 && rates.outputImage === undefined) return false;
  if ((extras?.webSearches ?? 0) > 0 && rates.webSearch === undefined) return false;
  if (input.cacheWrite1h > 0 && rates.cacheWrite1h === undefined && rates.cacheWrite5m !== undefined)
    return false;
  // The lifetime of these nobody told, and some of the others were long-lived.
  if (input.cacheWriteOther > 0 && input.cacheWrite1h > 0) return false;
  return price.lacks !== 'output' || output.text + output.reasoning + output.audio === 0;
}
