// Prices and clients with money for tests: one dollar for a million tokens in, two for a million out.

import type { Client } from '../../src/config/settings.ts';
import type { Budget } from '../../src/core/budgets/budget.ts';
import type { Cost } from '../../src/core/pricing/cost.ts';
import type { Price } from '../../src/core/pricing/price.ts';
import type { Prices } from '../../src/exchange/ports.ts';
import { clientWithKey } from './gateway.ts';

const PRICE: Price = {
  id: 'config:test',
  rates: { input: 1_000_000, output: 2_000_000 },
  tiers: [],
  serviceTiers: {},
};

/** Every model but those that begin with "unpriced". */
export const PRICES: Prices = { of: (_, model) => (model.startsWith('unpriced') ? undefined : PRICE) };

/** Nano-US-dollars of tokens in and out. */
export function nano(input: number, output: number): number {
  return input * 1_000 + output * 2_000;
}

/** What a healthy answer of the test provider costs: 11 tokens in, 7 out. */
export const ONE_ANSWER: number = nano(11, 7);

/** Key of the client below. */
export const ALICE = 'key-of-alice-1234567';

/** A client with one budget, for a day. */
export function alice(nanoUsd: number, more: Partial<Client> & Partial<Budget> = {}): Client {
  const { period = 'day', warnAt = 0.8, status = 429, ...rest } = more;
  return { ...clientWithKey('alice', ALICE), budgets: [{ period, nanoUsd, warnAt, status }], ...rest };
}

/** The sum of costs, where there are any. */
export function sumOf(costs: readonly (Cost | undefined)[]): number {
  return costs.reduce((sum, cost) => sum + (cost?.totalNanoUsd ?? 0), 0);
}
