// Routes, in the order in which they are tried.

import { jsonOf } from '../../config/document.ts';
import { appending, entriesIn, indexIn, reordering } from '../../config/edit/entries.ts';
import type { AdminApp } from '../app.ts';
import { refused, told } from '../app.ts';
import { configOutcomeSchema } from '../contract/config.ts';
import {
  entryBodySchema,
  entryOutcomeSchema,
  idPathSchema,
  orderBodySchema,
  routeListSchema,
} from '../contract/entries.ts';
import type { AdminParts } from '../parts.ts';
import { alreadyThere, change, NO_EDITOR, noEntry, toldOutcome } from './configured.ts';
import { idOf, removal, replacement } from './entry-edits.ts';

const WHAT = 'route';

/** Registers the endpoints. */
export function registerRoutes(app: AdminApp, parts: AdminParts): void {
  const { config } = parts;
  app.route({
    method: 'GET',
    path: '/routes',
    name: 'routes.list',
    summary: 'The routes, in the order in which they are tried',
    description: 'What no route says comes from `routing`, and so does what fits none of them.',
    answer: routeListSchema,
    run: async () => {
      const written = await config?.written();
      if (written === undefined) return NO_EDITOR;
      const routes = entriesIn(written.value, 'routes').map((entry) => {
        return { id: String(entry['id'] ?? ''), inFile: true, written: entry };
      });
      return told({ routes }, { headers: { etag: written.etag } });
    },
  });
  app.route({
    method: 'POST',
    path: '/routes',
    name: 'routes.create',
    summary: 'Add a route after the others',
    status: 201,
    body: entryBodySchema,
    answer: entryOutcomeSchema,
    run: async (call) => {
      if (config === undefined) return NO_EDITOR;
      const id = idOf(call.body);
      const written = await config.written();
      if (written !== undefined && indexIn(written.value, 'routes', id) >= 0) return alreadyThere(WHAT);
      const done = await change(config, call, (value) => appending(value, 'routes', jsonOf(call.body)));
      return toldOutcome(done, (outcome) => ({ id, change: outcome }));
    },
  });
  for (const method of ['PUT', 'PATCH'] as const)
    app.route({
      method,
      path: '/routes/{id}',
      name: method === 'PUT' ? 'routes.replace' : 'routes.change',
      summary:
        method === 'PUT' ? 'Make a route what is sent' : 'Change some members of a route; null takes one out',
      params: idPathSchema,
      body: entryBodySchema,
      answer: entryOutcomeSchema,
      run: async (call) => {
        if (config === undefined) return NO_EDITOR;
        const edits = await replacement(config, 'routes', call.params.id, call.body, method);
        if ('error' in edits) return edits;
        const done = await change(config, call, edits.edits);
        return toldOutcome(done, (outcome) => ({ id: call.params.id, change: outcome }));
      },
    });
  app.route({
    method: 'DELETE',
    path: '/routes/{id}',
    name: 'routes.remove',
    summary: 'Remove a route',
    params: idPathSchema,
    answer: entryOutcomeSchema,
    run: async (call) => {
      if (config === undefined) return NO_EDITOR;
      const edits = await removal(config, 'routes', call.params.id);
      if (edits === undefined) return noEntry(WHAT);
      const done = await change(config, call, edits);
      return toldOutcome(done, (outcome) => ({ id: call.params.id, change: outcome }));
    },
  });
  app.route({
    method: 'POST',
    path: '/route-order',
    name: 'routes.order',
    summary: 'Try the routes in another order',
    description: 'Those that are not named stay behind the others.',
    body: orderBodySchema,
    answer: configOutcomeSchema,
    run: async (call) => {
      if (config === undefined) return NO_EDITOR;
      const written = await config.written();
      const wrong = written === undefined ? [] : reordering(written.value, 'routes', call.body.ids);
      if (typeof wrong === 'string') return refused({ status: 400, code: 'invalid', message: wrong });
      const done = await change(config, call, (value) => reordering(value, 'routes', call.body.ids));
      return toldOutcome(done, (outcome) => outcome);
    },
  });
}
