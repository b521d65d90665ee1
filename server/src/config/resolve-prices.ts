// Prices as the operator writes them → prices that can be multiplied.

import { picoPerCall, picoPerToken } from '../core/pricing/from-usd.ts';
import type { Price, Rates } from '../core/pricing/price.ts';
import { findProvider } from '../core/providers/index.ts';
import { isExactName } from '../core/routing/glob.ts';
import type { Findings } from './findings.ts';
import type { LoadedConfig } from './load.ts';
import { pathText } from './problem.ts';
import type { PriceConfig, PricesConfig, RatesConfig } from './schema/prices.ts';
import type { ModelPrice, PlacedPrice, Settings } from './settings.ts';

/** Resolves `upstreams[].prices`. */
export function upstreamPrices(config: PricesConfig, upstreamId: string): readonly ModelPrice[] {
  return Object.entries(config).map(([model, price]) => ({
    models: [model],
    ...priceOf(price, `config:upstreams.${upstreamId}.prices.${model}`),
  }));
}

/** Resolves the section `prices` together with the price file, whose problems are reported here. */
export function resolvePrices(loaded: LoadedConfig, findings: Findings): Settings['prices'] {
  const { config, priceFile } = loaded;
  const { models } = config.prices;
  const ids = new Set(config.upstreams.map(({ id }) => id));
  for (const name of homelessPrices(models, ids))
    findings.add(['prices', 'models', name], HOMELESS, { severity: 'warning', part: 'name' });
  if (priceFile === undefined) {
    if (config.prices.file !== undefined)
      findings.add(['prices', 'file'], 'Is only read beside a configuration file.', { severity: 'warning' });
    return { file: undefined, models: placedPrices(models, 'config:prices.models.') };
  }
  findings.problems.push(...priceFile.problems);
  for (const name of homelessPrices(priceFile.prices, ids)) {
    const path = pathText([name]);
    const place = { file: priceFile.path, line: undefined, column: undefined };
    findings.problems.push({ severity: 'warning', ...place, path, message: HOMELESS });
  }
  return {
    file: priceFile.path,
    models: [...placedPrices(models, 'config:prices.models.'), ...placedPrices(priceFile.prices, 'file:')],
  };
}

const HOMELESS = 'There is neither a provider nor an upstream of this name, so that the price never counts.';

function placedPrices(config: PricesConfig, origin: string): readonly PlacedPrice[] {
  return Object.entries(config).map(([name, price]) => {
    const slash = name.indexOf('/');
    return {
      place: name.slice(0, slash),
      model: name.slice(slash + 1),
      ...priceOf(price, `${origin}${name}`),
    };
  });
}

/** The entries whose provider or upstream does not exist, so that they can never count. */
function homelessPrices(config: PricesConfig, upstreamIds: ReadonlySet<string>): readonly string[] {
  return Object.keys(config).filter((name) => {
    const place = name.slice(0, name.indexOf('/'));
    return isExactName(place) && findProvider(place) === undefined && !upstreamIds.has(place);
  });
}

function priceOf(config: PriceConfig, id: string): Pick<ModelPrice, 'price' | 'as'> {
  return config.as === undefined ? { price: ratesPrice(config, id) } : { price: undefined, as: config.as };
}

function ratesPrice(config: PriceConfig, id: string): Price {
  const rates = ratesOf(config, undefined);
  const tiers = config.tiers
    .map(({ aboveInputTokens, whole, ...own }) => ({ aboveInputTokens, whole, rates: ratesOf(own, rates) }))
    .sort((a, b) => a.aboveInputTokens - b.aboveInputTokens);
  const serviceTiers = Object.fromEntries(
    Object.entries(config.serviceTiers).map(([tier, own]) => [tier, ratesOf(own, rates)]),
  );
  return { id, rates, tiers, serviceTiers };
}

const TOKEN_KINDS = [
  'cacheRead',
  'cacheWrite5m',
  'cacheWrite1h',
  'reasoning',
  'inputAudio',
  'outputAudio',
  'outputImage',
] as const;

/** What is not said is as in `base`. */
function ratesOf(config: RatesConfig, base: Rates | undefined): Rates {
  const rates: { -readonly [kind in keyof Rates]: number } = {
    ...base,
    input: picoPerToken(config.input) ?? base?.input ?? 0,
    output: picoPerToken(config.output) ?? base?.output ?? 0,
  };
  for (const kind of TOKEN_KINDS) {
    const pico = picoPerToken(config[kind]);
    if (pico !== undefined) rates[kind] = pico;
  }
  for (const kind of ['webSearch', 'request'] as const) {
    const pico = picoPerCall(config[kind]);
    if (pico !== undefined) rates[kind] = pico;
  }
  return rates;
}
