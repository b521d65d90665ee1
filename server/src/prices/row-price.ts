// A row of the catalogue as a price. A row that says less than what input costs, or anything that is no price, is no price
// at all: better "nobody knows" than a cost of 0.

import type { ModelPrice, TieredPrices } from '@pydantic/genai-prices';
import { picoPerCall, picoPerToken } from '../core/pricing/from-usd.ts';
import type { Price, PriceTier, Rates } from '../core/pricing/price.ts';
import { serviceTiersOf } from './tier-rates.ts';

type Member = Exclude<keyof Rates, 'webSearch' | 'request'>;

/** Members of the catalogue that we have tokens for. */
const PER_MILLION: ReadonlyMap<string, Member> = new Map([
  ['input_mtok', 'input'],
  ['output_mtok', 'output'],
  ['cache_read_mtok', 'cacheRead'],
  ['cache_write_mtok', 'cacheWrite5m'],
  ['cache_write_1h_mtok', 'cacheWrite1h'],
  ['input_audio_mtok', 'inputAudio'],
  ['cache_audio_read_mtok', 'cacheReadAudio'],
  ['output_audio_mtok', 'outputAudio'],
  ['output_reasoning_mtok', 'reasoning'],
  ['output_image_mtok', 'outputImage'],
]);

/** Charges whose number no usage tells, or whose price depends on more than the catalogue says. */
const FEES: readonly string[] = ['requests_kcount', 'output_citation_mtok'];

/** What a row costs; undefined where it cannot be trusted to say so. */
export function rowPrice(provider: string, model: string, row: ModelPrice): Price | undefined {
  const base = ratesAt(row, 0);
  if (base === undefined) return undefined;
  const tiers: PriceTier[] = [];
  for (const start of thresholds(row)) {
    if (!Number.isSafeInteger(start) || start < 0) return undefined;
    // The catalogue compares with "more than".
    const rates = ratesAt(row, start + 1);
    if (rates === undefined) return undefined;
    tiers.push({ aboveInputTokens: start, rates, whole: true });
  }
  const lacks = lackOf(model, row);
  return {
    id: `catalogue:${provider}/${model}`,
    rates: base,
    tiers,
    serviceTiers: serviceTiersOf(provider, base),
    ...(lacks === undefined ? {} : { lacks }),
  };
}

function lackOf(model: string, row: ModelPrice): Price['lacks'] {
  if (FEES.some((fee) => row[fee] !== undefined)) return 'fees';
  // Their searches are billed for each call, which neither the usage nor the catalogue tells.
  if (/-search-(?:preview|api)/.test(model)) return 'fees';
  return row['output_mtok'] === undefined ? 'output' : undefined;
}

function ratesAt(row: ModelPrice, inputTokens: number): Rates | undefined {
  const rates: Partial<Record<keyof Rates, number>> = {};
  for (const [name, member] of PER_MILLION) {
    const value = row[name];
    if (value === undefined) continue;
    const pico = picoPerToken(valueAt(value, inputTokens));
    if (pico === undefined) return undefined;
    rates[member] = pico;
  }
  for (const [name, member] of CALLS) {
    const value = row[name];
    if (value === undefined) continue;
    const pico = picoPerCall(valueAt(value, inputTokens));
    if (pico === undefined) return undefined;
    rates[member] = pico;
  }
  const { input, output = 0 } = rates;
  // Free of charge is said in words; a row of zeros is a row that somebody has not filled in.
  if (input === undefined || (input === 0 && output === 0)) return undefined;
  return { ...rates, input, output };
}

const CALLS: readonly (readonly [string, 'webSearch' | 'request'])[] = [
  ['web_searches_kcount', 'webSearch'],
  ['requests_kcount', 'request'],
];

function valueAt(value: number | TieredPrices, inputTokens: number): unknown {
  if (typeof value !== 'object' || value === null) return value;
  let found: unknown = value.base;
  let reached = -1;
  for (const { start, price } of value.tiers)
    if (inputTokens > start && start > reached) {
      found = price;
      reached = start;
    }
  return found;
}

function thresholds(row: ModelPrice): readonly number[] {
  const starts = new Set<number>();
  for (const name of PER_MILLION.keys()) {
    const value = row[name];
    if (typeof value === 'object' && value !== null) for (const { start } of value.tiers) starts.add(start);
  }
  return [...starts].sort((a, b) => a - b);
}
