// Asks one upstream anew which models it offers.

import type { AdminApp } from '../app.ts';
import { notAvailable, told } from '../app.ts';
import { idPathSchema } from '../contract/entries.ts';
import { discoveredModelsSchema } from '../contract/surroundings.ts';
import type { AdminParts } from '../parts.ts';
import { noEntry } from './configured.ts';

/** Registers the endpoint. */
export function registerDiscovery(app: AdminApp, { settings, discovery }: AdminParts): void {
  app.route({
    method: 'POST',
    path: '/upstreams/{id}/discover',
    name: 'upstreams.discover',
    summary: 'Ask an upstream which models it offers, also where it said so not long ago',
    changes: false,
    params: idPathSchema,
    answer: discoveredModelsSchema,
    run: async ({ params: { id } }) => {
      if (discovery === undefined) return notAvailable('The discovery of models');
      const upstream = settings().upstreams.find((one) => one.id === id);
      if (upstream === undefined) return noEntry('upstream');
      const { entries, failure } = await discovery.refresh(upstream);
      const models = entries.map((entry) => entry.id);
      return told({ id, models, ...(failure === undefined ? {} : { failure }) });
    },
  });
}
