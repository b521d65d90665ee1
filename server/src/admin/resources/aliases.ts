// Other names for models, for all upstreams together.

import type { Edit } from '../../config/edit/change-text.ts';
import { isMembers } from '../../config/edit/compare.ts';
import type { AdminApp } from '../app.ts';
import { told } from '../app.ts';
import { configOutcomeSchema } from '../contract/config.ts';
import { aliasesPatchSchema, aliasesViewSchema } from '../contract/entries.ts';
import type { AdminParts } from '../parts.ts';
import { change, NO_EDITOR, toldOutcome } from './configured.ts';

/** Registers the endpoints. */
export function registerAliases(app: AdminApp, { config, settings }: AdminParts): void {
  app.route({
    method: 'GET',
    path: '/aliases',
    name: 'aliases.list',
    summary: 'Other names for models: name → model',
    answer: aliasesViewSchema,
    run: async () => {
      const written = await config?.written();
      const headers = written === undefined ? {} : { etag: written.etag };
      return told({ aliases: { ...settings().aliases } }, { headers });
    },
  });
  app.route({
    method: 'PATCH',
    path: '/aliases',
    name: 'aliases.change',
    summary: 'Set aliases; null takes one out',
    body: aliasesPatchSchema,
    answer: configOutcomeSchema,
    run: async (call) => {
      if (config === undefined) return NO_EDITOR;
      const done = await change(config, call, (value) => {
        const present = isMembers(value) && isMembers(value['aliases'] ?? {});
        if (!present) return '"aliases" is not an object.';
        return Object.entries(call.body).map(([name, model]): Edit => {
          return { path: ['aliases', name], value: model ?? undefined };
        });
      });
      return toldOutcome(done, (outcome) => outcome);
    },
  });
}
