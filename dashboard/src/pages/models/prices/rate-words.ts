// Prices as people read them. A rate keeps all of its digits: 0.125 is not 0.13.

import type { PriceView, RatesView } from '../../../../../server/src/admin/contract.ts';
import { UNKNOWN } from '../../../language/format.ts';
import type { Tone } from '../../../ui/badge.tsx';
import type { PriceText } from './messages.ts';

/** US dollars for a million tokens are so many pico-US-dollars for one. */
const PICO_PER_USD = 1_000_000;
/** The same for a thousand calls. */
const PICO_PER_USD_CALLS = 1_000_000_000;

const NANO_PER_USD = 1_000_000_000;
const MOST_DIGITS_OF_RATE = 6;
const MOST_DIGITS_OF_SUM = 9;

const formats = new Map<string, Intl.NumberFormat>();

function moneyFormat(region: string, maximumFractionDigits: number): Intl.NumberFormat {
  const name = `${region} ${maximumFractionDigits}`;
  let format = formats.get(name);
  if (format === undefined) {
    format = new Intl.NumberFormat(region, {
      style: 'currency',
      currency: 'USD',
      currencyDisplay: 'narrowSymbol',
      minimumFractionDigits: 2,
      maximumFractionDigits,
    });
    formats.set(name, format);
  }
  return format;
}

/** "$0.125" */
export function rateWords(usd: number | undefined, region: string = navigator.language): string {
  return usd === undefined ? UNKNOWN : moneyFormat(region, MOST_DIGITS_OF_RATE).format(usd);
}

/** A sum with all of its digits: thousand-millionths of a dollar are not rounded away. */
export function exactMoney(nanoUsd: number, region: string = navigator.language): string {
  return moneyFormat(region, MOST_DIGITS_OF_SUM).format(nanoUsd / NANO_PER_USD);
}

/** Who says what something costs. */
export type Origin = 'config' | 'file' | 'catalogue' | 'free' | 'unknown';

/** The colour of each: ours, somebody's, nobody's. */
export const ORIGIN_TONES: Readonly<Record<Origin, Tone>> = {
  config: 'water',
  file: 'water',
  catalogue: 'calm',
  free: 'calm',
  unknown: 'caution',
};

const ORIGINS: readonly Origin[] = ['config', 'file', 'catalogue', 'free'];

/** The origin of a price by its id: ids begin with it. */
export function originOf(priceId: string | undefined): Origin {
  if (priceId === undefined) return 'unknown';
  const [begin] = priceId.split(':', 1);
  return ORIGINS.find((one) => one === begin) ?? 'catalogue';
}

/** The words for an origin, and what it means. */
export function originWords(origin: Origin, text: PriceText): readonly [word: string, hint: string] {
  return [text[origin], text[`${origin}Hint`]];
}

/** Rates as `/models` tells them, in US dollars. */
export function usdRates({ rates }: PriceView): RatesView {
  const entries = Object.entries(rates).map(([kind, pico]) => {
    const per = kind === 'webSearch' || kind === 'request' ? PICO_PER_USD_CALLS : PICO_PER_USD;
    return [kind, pico / per] as const;
  });
  return { input: 0, output: 0, ...Object.fromEntries(entries) };
}
