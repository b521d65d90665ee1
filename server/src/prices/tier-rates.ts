// Service tiers whose price is a fixed share of the list price. The catalogue does not know them; tiers that have prices
// of their own for each model (priority, …) have to be written into the configuration.

import type { Rates } from '../core/pricing/price.ts';
import { RATE_KINDS } from '../core/pricing/rates.ts';

const SHARES: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  // https://platform.openai.com/docs/guides/flex-processing: the rates of the Batch API, which are half.
  openai: { flex: 0.5, batch: 0.5 },
  // https://platform.claude.com/docs/en/about-claude/pricing: batches half; inference in the US only 1.1 times.
  anthropic: { batch: 0.5, us: 1.1 },
};

const OF_TOKENS: ReadonlySet<string> = new Set([...RATE_KINDS, 'cacheReadAudio']);

/** The rates of the service tiers that are known of a provider of the catalogue. */
export function serviceTiersOf(provider: string, rates: Rates): Readonly<Record<string, Rates>> {
  const tiers: Record<string, Rates> = {};
  for (const [tier, share] of Object.entries(SHARES[provider] ?? {})) {
    const shared = Object.entries(rates).map(([kind, pico]: [string, number]) => {
      return [kind, OF_TOKENS.has(kind) ? Math.round(pico * share) : pico] as const;
    });
    tiers[tier] = { ...rates, ...Object.fromEntries(shared) };
  }
  return tiers;
}
