// The response cache: how it does, and throwing answers away.

import type { AdminApp } from '../app.ts';
import { notAvailable, told } from '../app.ts';
import { cacheSchema, purgedSchema, purgeRequestSchema } from '../contract/control.ts';
import type { AdminParts } from '../parts.ts';

const ABSENT = ['The response cache', 'Switch it on with "cache" in the configuration.'] as const;

/** Registers the endpoints. */
export function registerCache(app: AdminApp, { cache }: AdminParts): void {
  app.route({
    method: 'GET',
    path: '/cache',
    name: 'cache.get',
    summary: 'How many answers are kept, and how often one was used',
    answer: cacheSchema,
    run: async () => (cache === undefined ? notAvailable(...ABSENT) : told({ ...cache.stats() })),
  });
  app.route({
    method: 'POST',
    path: '/cache/purge',
    name: 'cache.purge',
    summary: 'Throw answers away: all, or those of a model or client',
    body: purgeRequestSchema,
    answer: purgedSchema,
    run: async ({ body, note }) => {
      if (cache === undefined) return notAvailable(...ABSENT);
      const { model, client, key } = body;
      const purged = await cache.purge(
        model !== undefined
          ? { model }
          : client !== undefined
            ? { client }
            : key !== undefined
              ? { key }
              : { all: true },
      );
      note(`${purged} answers`);
      return told({ purged });
    },
  });
}
