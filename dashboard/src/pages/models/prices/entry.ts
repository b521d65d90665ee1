// The price of a model as it stands in the fields of the editor, and as an entry of the configuration. Pure.

import type { RatesView, ShownPriceView } from '../../../../../server/src/admin/contract.ts';
import { picoOf, type TypedRates } from './sum.ts';

/** Kinds of rates that an entry can name. */
export const RATE_KINDS = [
  'input',
  'output',
  'cacheRead',
  'cacheWrite5m',
  'cacheWrite1h',
  'reasoning',
  'inputAudio',
  'outputAudio',
  'outputImage',
  'webSearch',
  'request',
] as const;
export type RateKind = (typeof RATE_KINDS)[number];

/** What stands in the fields, as text. */
export type RateFields = Readonly<Record<RateKind, string>>;

/** An entry of `prices`. */
export type PriceEntry = Readonly<Record<string, unknown>>;

/** A number as people write it: no exponent, no more digits than it has. */
export function plain(value: number): string {
  const text = String(value);
  return text.includes('e') ? value.toFixed(12).replace(/\.?0+$/, '') : text;
}

/** The fields of a price; empty ones where it names nothing. */
export function fieldsOf(rates: RatesView | undefined): RateFields {
  const pairs = RATE_KINDS.map((kind) => {
    const rate = rates?.[kind];
    return [kind, rate === undefined ? '' : plain(rate)] as const;
  });
  // fromEntries forgets which names there are; they are those of RATE_KINDS.
  return Object.fromEntries(pairs) as Record<RateKind, string>;
}

/** What is wrong with a field before anything is sent. */
export type RateFault = 'notPrice' | 'needed';

/** What is wrong with the fields: input and output are needed, and every text must be a price. */
export function faultsIn(fields: RateFields): Partial<Record<RateKind, RateFault>> {
  const faults: Partial<Record<RateKind, RateFault>> = {};
  for (const kind of RATE_KINDS) {
    const text = fields[kind].trim();
    if (text === '' && (kind === 'input' || kind === 'output')) faults[kind] = 'needed';
    else if (text !== '' && picoOf(text) === undefined) faults[kind] = 'notPrice';
  }
  return faults;
}

/** The parts of a price that the editor shows and does not change. */
export type OtherRates = Pick<ShownPriceView, 'tiers' | 'serviceTiers'>;

/** Rates without those that an entry cannot name. */
function named(rates: RatesView): PriceEntry {
  return Object.fromEntries(
    RATE_KINDS.flatMap((kind) => (rates[kind] === undefined ? [] : [[kind, rates[kind]]])),
  );
}

/** The entry that the fields stand for. `kept`: rates for long requests and service tiers go along. */
export function entryOf(fields: RateFields, kept: OtherRates | undefined): PriceEntry {
  const rates = RATE_KINDS.flatMap((kind) => {
    const text = fields[kind].trim();
    return text === '' ? [] : [[kind, Number(text)] as const];
  });
  const tiers = (kept?.tiers ?? []).map(({ rates: own, ...tier }) => ({ ...tier, ...named(own) }));
  const service = Object.entries(kept?.serviceTiers ?? {}).map(([name, own]) => [name, named(own)] as const);
  return {
    ...Object.fromEntries(rates),
    ...(tiers.length === 0 ? {} : { tiers }),
    ...(service.length === 0 ? {} : { serviceTiers: Object.fromEntries(service) }),
  };
}

/** The rates of long requests as text, for reckoning with them: those that change all tokens of a request. */
export function longRates(
  kept: OtherRates | undefined,
): readonly (TypedRates & { aboveInputTokens: number })[] {
  return (kept?.tiers ?? []).flatMap(({ aboveInputTokens, whole, rates }) => {
    if (!whole) return [];
    const { input, output, cacheRead } = fieldsOf(rates);
    return [{ aboveInputTokens, input, output, cacheRead }];
  });
}
