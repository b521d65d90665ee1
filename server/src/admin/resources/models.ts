// What clients can ask for, where it goes, what the models take, and what they cost.

import type { Upstream } from '../../config/settings.ts';
import { toldContext, toldOutput } from '../../core/catalogue/told-limits.ts';
import { DIALECT_IDS } from '../../core/model/dialect-id.ts';
import { listOf, objectOf, textOf } from '../../core/model/json.ts';
import type { ModelTraits } from '../../core/model/traits.ts';
import type { Price } from '../../core/pricing/price.ts';
import { traitsFor } from '../../core/providers/traits/index.ts';
import { knownOutput } from '../../core/providers/traits/known-output.ts';
import type { AdminApp } from '../app.ts';
import { notAvailable, told } from '../app.ts';
import {
  type ModelView,
  modelsQuery,
  modelsSchema,
  type PriceView,
  pricesSchema,
  unpricedSchema,
} from '../contract/operation.ts';
import { overviewQuery } from '../contract/totals.ts';
import type { AdminParts, OfferedModel } from '../parts.ts';
import { askLedger, periodOf } from './period.ts';

const MOST = 200;

/** Registers the endpoints. */
export function registerModels(app: AdminApp, parts: AdminParts): void {
  app.route({
    method: 'GET',
    path: '/models',
    name: 'models.list',
    summary: 'Models that clients can ask for, who would serve them now, their traits and prices',
    query: modelsQuery,
    answer: modelsSchema,
    run: async ({ query }) => {
      if (parts.models === undefined) return notAvailable('The list of models');
      const { client = '', search = '', limit = MOST } = query;
      const wanted = search.toLowerCase();
      const offered = await parts.models(client);
      const found = offered.filter(({ id }) => id.toLowerCase().includes(wanted)).slice(0, limit);
      const models: ModelView[] = [];
      // One after the other: the first look at each takes a moment, and clients are served meanwhile.
      for (const model of found) models.push(await modelView(parts, model, client));
      return told({ models });
    },
  });
  app.route({
    method: 'GET',
    path: '/prices',
    name: 'prices.list',
    summary: 'Prices in force, in US dollars for a million tokens',
    answer: pricesSchema,
    run: async () => {
      const { prices } = parts;
      if (prices?.list === undefined) return notAvailable('The price book');
      const listed = prices.list(parts.clock.epochMs()).map(({ upstreamId, provider, model, price }) => {
        return { upstream: upstreamId, provider, model, price: price ?? null };
      });
      return told({ prices: listed });
    },
  });
  app.route({
    method: 'GET',
    path: '/prices/unpriced',
    name: 'prices.unpriced',
    summary: 'Models that were used and have no price, by requests',
    query: overviewQuery,
    answer: unpricedSchema,
    run: async ({ query }) => {
      const period = periodOf(query, parts.clock.epochMs());
      const answer = await askLedger(parts, 'unpriced', { period });
      return answer.ok ? told({ models: answer.body }) : answer;
    },
  });
}

function priceView({ id, rates, tiers, serviceTiers }: Price): PriceView {
  return {
    id,
    rates: { ...rates },
    tiers: tiers.map((tier) => ({ ...tier })),
    serviceTiers: { ...serviceTiers },
  };
}

async function modelView(parts: AdminParts, { id, owner }: OfferedModel, client: string): Promise<ModelView> {
  const question = { model: id, ...(client === '' ? {} : { client }) };
  const answer = await parts.operator.answer({
    what: 'explain',
    body: Buffer.from(JSON.stringify(question)),
  });
  const explained = answer.ok ? objectOf(answer.body) : undefined;
  const candidates = listOf(explained?.['candidates']).flatMap((candidate) => {
    const { upstreamId, model, dialect, native } = objectOf(candidate) ?? {};
    const upstream = textOf(upstreamId);
    if (upstream === undefined) return [];
    return [
      {
        upstreamId: upstream,
        model: textOf(model) ?? id,
        dialect: textOf(dialect) ?? '',
        native: native === true,
      },
    ];
  });
  const [first] = candidates;
  const upstream = parts.settings().upstreams.find((one) => one.id === first?.upstreamId);
  const dialect = DIALECT_IDS.find((one) => one === first?.dialect);
  if (first === undefined || upstream === undefined || dialect === undefined)
    return { id, owner, candidates };
  const price = parts.prices?.of(upstream, first.model, parts.clock.epochMs());
  const traits = traitsFor(upstream.provider.id, dialect, first.model, upstream.traits);
  const { contextWindow, maxOutputTokens } = await limitsOf(parts, upstream, first.model, traits);
  return {
    id,
    owner,
    candidates,
    traits: { ...traits },
    ...(price === undefined ? {} : { price: priceView(price) }),
    ...(contextWindow === 0 ? {} : { contextWindow }),
    ...(maxOutputTokens === 0 ? {} : { maxOutputTokens }),
  };
}

/** How much a model takes and writes, by the word of its upstream, else by what is known of it; 0: nobody knows. */
async function limitsOf(
  parts: AdminParts,
  upstream: Upstream,
  model: string,
  traits: ModelTraits,
): Promise<{ readonly contextWindow: number; readonly maxOutputTokens: number }> {
  const told = parts.discovery?.last(upstream)?.find(({ id }) => id === model)?.native?.members ?? {};
  return {
    contextWindow: toldContext(told) || ((await parts.contextWindow?.(model)) ?? 0),
    maxOutputTokens: toldOutput(told) || (knownOutput(traits, model) ?? 0),
  };
}
