// Prices that are those of another model (`as`): a name that the built-in price list does not have is told. It is a
// warning as with all prices, since they decide about bills and not about answers.

import { matchesGlob } from '../core/routing/glob.ts';
import type { Findings } from './findings.ts';
import type { LoadedConfig } from './load.ts';
import { pathText } from './problem.ts';
import type { PricesConfig } from './schema/prices.ts';
import type { Upstream } from './settings.ts';

/** True where the built-in price list has a model by this name, seen from an upstream. */
export type KnowsPrice = (upstream: Upstream, name: string) => boolean;

/** Reports the names of models, in the configuration and in the price file, that nothing is known of. */
export function checkPriceNames(
  { config, priceFile }: LoadedConfig,
  upstreams: readonly Upstream[],
  knows: KnowsPrice,
  findings: Findings,
): void {
  for (const [index, { id, prices }] of config.upstreams.entries()) {
    const places = upstreams.filter((upstream) => upstream.id === id);
    for (const [model, name] of unknown(prices, () => places, knows))
      findings.add(['upstreams', index, 'prices', model, 'as'], wordsFor(name), DETAILS);
  }
  const placesOf = (entry: string): readonly Upstream[] => {
    const place = entry.slice(0, entry.indexOf('/'));
    return upstreams.filter(({ id, provider }) => matchesGlob(place, provider.id) || matchesGlob(place, id));
  };
  for (const [model, name] of unknown(config.prices.models, placesOf, knows))
    findings.add(['prices', 'models', model, 'as'], wordsFor(name), DETAILS);
  if (priceFile === undefined) return;
  const place = { file: priceFile.path, line: undefined, column: undefined };
  for (const [model, name] of unknown(priceFile.prices, placesOf, knows))
    findings.problems.push({ ...DETAILS, ...place, path: pathText([model, 'as']), message: wordsFor(name) });
}

const DETAILS = {
  severity: 'warning',
  suggestion:
    'Write a name that "sluice prices" shows, with its provider before it ("openai/gpt-4o"), or what it costs ("input", "output").',
} as const;

function wordsFor(name: string): string {
  return `The built-in price list has no model "${name}", so that this has no price.`;
}

/** Entry → the name that none of its upstreams knows. An entry without upstreams never counts, and nothing is said. */
function unknown(
  prices: PricesConfig,
  placesOf: (entry: string) => readonly Upstream[],
  knows: KnowsPrice,
): readonly (readonly [entry: string, name: string])[] {
  return Object.entries(prices).flatMap(([entry, { as: name }]) => {
    if (name === undefined) return [];
    const places = placesOf(entry);
    return places.length > 0 && !places.some((upstream) => knows(upstream, name)) ? [[entry, name]] : [];
  });
}
