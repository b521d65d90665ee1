// Upstreams: added, changed, switched, drained, put into another order, and removed.

import { jsonOf } from '../../config/document.ts';
import type { Edit } from '../../config/edit/change-text.ts';
import type { Members } from '../../config/edit/compare.ts';
import { appending, entriesIn, indexIn, patched } from '../../config/edit/entries.ts';
import { findProvider } from '../../core/providers/index.ts';
import type { AdminApp } from '../app.ts';
import { refused, told } from '../app.ts';
import { configOutcomeSchema } from '../contract/config.ts';
import {
  type EntryBody,
  entryBodySchema,
  entryOutcomeSchema,
  idPathSchema,
  priorityBodySchema,
  upstreamListSchema,
} from '../contract/entries.ts';
import type { AdminParts } from '../parts.ts';
import { alreadyThere, change, hasEditor, NO_EDITOR, noEntry, otherId, toldOutcome } from './configured.ts';
import { changed, idOf, type Method, membersOf } from './entry-edits.ts';
import { sealable } from './new-keys.ts';
import { inFlightOf, upstreamView } from './upstream-view.ts';

const WHAT = 'upstream';

/** Registers the endpoints. */
export function registerUpstreams(app: AdminApp, parts: AdminParts): void {
  list(app, parts);
  create(app, parts);
  alter(app, parts);
  switches(app, parts);
  priorities(app, parts);
  remove(app, parts);
}

function list(app: AdminApp, parts: AdminParts): void {
  app.route({
    method: 'GET',
    path: '/upstreams',
    name: 'upstreams.list',
    summary: 'Where requests go',
    answer: upstreamListSchema,
    run: async () => {
      const written = await parts.config?.written();
      const entries = written === undefined ? [] : entriesIn(written.value, 'upstreams');
      const upstreams = parts.settings().upstreams.map((upstream) => {
        const entry = entries.find((one) => one['id'] === upstream.id);
        return upstreamView(parts, upstream, entry);
      });
      return told({ upstreams }, { headers: written === undefined ? {} : { etag: written.etag } });
    },
  });
}

function create(app: AdminApp, parts: AdminParts): void {
  app.route({
    method: 'POST',
    path: '/upstreams',
    name: 'upstreams.create',
    summary: 'Add an upstream',
    description: 'Keys that are sent are sealed; the file gets references only.',
    status: 201,
    body: entryBodySchema,
    answer: entryOutcomeSchema,
    run: async (call) => {
      if (!hasEditor(parts)) return NO_EDITOR;
      const id = idOf(call.body);
      const written = await parts.config.written();
      if (written !== undefined && indexIn(written.value, 'upstreams', id) >= 0) return alreadyThere(WHAT);
      const { body, newKeys } = sealable(parts, id, call.body, 'POST');
      const entry = jsonOf(body);
      const done = await change(parts.config, call, (value) => appending(value, 'upstreams', entry), {
        newKeys,
      });
      return toldOutcome(done, (outcome) => ({ id, change: outcome, sealedKeys: newKeys.length }));
    },
  });
}

function alter(app: AdminApp, parts: AdminParts): void {
  for (const method of ['PUT', 'PATCH'] as const)
    app.route({
      method,
      path: '/upstreams/{id}',
      name: method === 'PUT' ? 'upstreams.replace' : 'upstreams.change',
      summary:
        method === 'PUT'
          ? 'Make an upstream what is sent'
          : 'Change some members of an upstream; null takes one out',
      description:
        'Keys belong to the address that they were given for: where that changes, stored ones are forgotten and those in the file have to be sent again.',
      params: idPathSchema,
      body: entryBodySchema,
      answer: entryOutcomeSchema,
      run: async (call) => {
        if (!hasEditor(parts)) return NO_EDITOR;
        const { id } = call.params;
        const known = parts.settings().upstreams.some((one) => one.id === id);
        const written = await parts.config.written();
        const inFile = written !== undefined && indexIn(written.value, 'upstreams', id) >= 0;
        if (!known && !inFile) return noEntry(WHAT);
        const named = call.body['id'];
        if (named !== undefined && named !== id) return otherId();
        const { body, newKeys } = sealable(parts, id, call.body, method);
        const done = await change(
          parts.config,
          call,
          (value) =>
            indexIn(value, 'upstreams', id) >= 0
              ? changed(value, 'upstreams', id, body, method)
              : appending(value, 'upstreams', firstEntry(id, body, method)),
          { newKeys },
        );
        return toldOutcome(done, (outcome) => ({
          id,
          change: outcome,
          sealedKeys: newKeys.length,
          inFlight: inFlightOf(parts, id),
        }));
      },
    });
}

/** What an upstream that is made of stored keys alone is called when it is written for the first time. */
function firstEntry(id: string, body: EntryBody, method: Method): Members {
  const preset: Members = findProvider(id) === undefined ? { id } : { id, provider: id };
  const sent = membersOf(jsonOf(body));
  return method === 'PUT' ? { ...preset, ...sent } : membersOf(patched(preset, sent));
}

function switches(app: AdminApp, parts: AdminParts): void {
  const words = {
    enable: 'Put an upstream back into use',
    disable: 'Take an upstream out of use; what it serves at this moment ends well',
    drain: 'Take an upstream out of use and wait until it serves nothing any more, for 30 s at most',
  } as const;
  for (const action of ['enable', 'disable', 'drain'] as const)
    app.route({
      method: 'POST',
      path: `/upstreams/{id}/${action}`,
      name: `upstreams.${action}`,
      summary: words[action],
      params: idPathSchema,
      answer: entryOutcomeSchema,
      run: async (call) => {
        if (!hasEditor(parts)) return NO_EDITOR;
        const { id } = call.params;
        const written = await parts.config.written();
        const known = parts.settings().upstreams.some((one) => one.id === id);
        const inFile = written !== undefined && indexIn(written.value, 'upstreams', id) >= 0;
        if (!known && !inFile) return noEntry(WHAT);
        const enabled = action === 'enable';
        const done = await change(parts.config, call, (value) => {
          const index = indexIn(value, 'upstreams', id);
          if (index < 0) return appending(value, 'upstreams', firstEntry(id, { enabled }, 'PATCH'));
          // In use is how an upstream begins: saying so is not needed.
          return [{ path: ['upstreams', index, 'enabled'], value: enabled ? undefined : false }];
        });
        if (!('ok' in done) && action === 'drain') await drained(parts, id);
        return toldOutcome(done, (outcome) => ({ id, change: outcome, inFlight: inFlightOf(parts, id) }));
      },
    });
}

const DRAIN_MS = 30_000;
const LOOK_EVERY_MS = 100;

/** Resolves when nothing is left, or after a while. */
async function drained(parts: AdminParts, id: string): Promise<void> {
  const endAtMs = parts.clock.monotonicMs() + DRAIN_MS;
  while (inFlightOf(parts, id) > 0 && parts.clock.monotonicMs() < endAtMs)
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS).unref());
}

function priorities(app: AdminApp, parts: AdminParts): void {
  app.route({
    method: 'POST',
    path: '/upstream-order',
    name: 'upstreams.order',
    summary: 'Try the upstreams in another order',
    description: 'Writes their priorities: 10 apart, the last is 0.',
    body: priorityBodySchema,
    answer: configOutcomeSchema,
    run: async (call) => {
      if (!hasEditor(parts)) return NO_EDITOR;
      const groups = call.body.ids.map((one) => (typeof one === 'string' ? [one] : one));
      const ids = groups.flat();
      const written = await parts.config.written();
      const there = written === undefined ? [] : entriesIn(written.value, 'upstreams');
      const all = there.map((entry) => String(entry['id']));
      const complete =
        ids.length === all.length && new Set(ids).size === ids.length && all.every((id) => ids.includes(id));
      if (!complete) {
        const message = `Name every upstream of the file once: ${all.join(', ')}.`;
        return refused({ status: 400, code: 'invalid', message });
      }
      const done = await change(parts.config, call, (value) =>
        groups.flatMap((group, place) =>
          group.map((id): Edit => {
            const path = ['upstreams', indexIn(value, 'upstreams', id), 'priority'];
            return { path, value: (groups.length - 1 - place) * 10 };
          }),
        ),
      );
      return toldOutcome(done, (outcome) => outcome);
    },
  });
}

function remove(app: AdminApp, parts: AdminParts): void {
  app.route({
    method: 'DELETE',
    path: '/upstreams/{id}',
    name: 'upstreams.remove',
    summary: 'Remove an upstream and the keys that are stored for it',
    description: 'What it serves at this moment ends well.',
    params: idPathSchema,
    answer: entryOutcomeSchema,
    run: async (call) => {
      if (!hasEditor(parts)) return NO_EDITOR;
      const { id } = call.params;
      const written = await parts.config.written();
      const inFile = written !== undefined && indexIn(written.value, 'upstreams', id) >= 0;
      if (!inFile)
        return noEntry(WHAT, 'One that is made of stored keys goes with the last of them: "sluice keys rm".');
      const done = await change(
        parts.config,
        call,
        (value) => {
          const index = indexIn(value, 'upstreams', id);
          return index < 0 ? [] : [{ path: ['upstreams', index], value: undefined }];
        },
        { withoutKeysOf: [id] },
      );
      return toldOutcome(done, (outcome) => ({ id, change: outcome, inFlight: inFlightOf(parts, id) }));
    },
  });
}
