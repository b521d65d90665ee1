// Clients: made with a key that is shown once, changed, given another key, and removed. The file holds the hash alone.

import { makeClientKey } from '../../config/client-key.ts';
import { jsonOf } from '../../config/document.ts';
import { appending, entriesIn, indexIn } from '../../config/edit/entries.ts';
import { HIDDEN, hideLiterals } from '../../config/references.ts';
import { hashKey } from '../../config/resolve-clients.ts';
import type { AdminApp, Told } from '../app.ts';
import { refused, told } from '../app.ts';
import {
  type ClientView,
  clientListSchema,
  type EntryBody,
  entryBodySchema,
  entryOutcomeSchema,
  idPathSchema,
  madeClientSchema,
} from '../contract/entries.ts';
import type { AdminParts } from '../parts.ts';
import { alreadyThere, change, NO_EDITOR, noEntry, toldOutcome } from './configured.ts';
import { idOf, membersOf, removal, replacement } from './entry-edits.ts';

const WHAT = 'client';

/** Registers the endpoints. */
export function registerClients(app: AdminApp, parts: AdminParts): void {
  list(app, parts);
  make(app, parts);
  alter(app, parts);
}

function list(app: AdminApp, { config, settings }: AdminParts): void {
  app.route({
    method: 'GET',
    path: '/clients',
    name: 'clients.list',
    summary: 'Who may call the gateway',
    answer: clientListSchema,
    run: async () => {
      const written = await config?.written();
      const entries = written === undefined ? [] : entriesIn(written.value, 'clients');
      const clients = settings().clients.map((client): ClientView => {
        const entry = entries.find((one) => one['id'] === client.id);
        const name = entry?.['name'];
        return {
          id: client.id,
          inFile: entry !== undefined,
          enabled: client.enabled,
          keyHash: client.keyHash,
          ...(typeof name === 'string' ? { name } : {}),
          ...(entry === undefined ? {} : { written: entry }),
        };
      });
      const headers = written === undefined ? {} : { etag: written.etag };
      return told({ clients }, { headers });
    },
  });
}

function make(app: AdminApp, { config }: AdminParts): void {
  app.route({
    method: 'POST',
    path: '/clients',
    name: 'clients.create',
    summary: 'Add a client; its key is made and shown this once',
    status: 201,
    body: entryBodySchema,
    answer: madeClientSchema,
    run: async (call) => {
      if (config === undefined) return NO_EDITOR;
      if ('key' in call.body || 'keyHash' in call.body) return keyIsMade();
      const id = idOf(call.body);
      const written = await config.written();
      if (written !== undefined && indexIn(written.value, 'clients', id) >= 0) return alreadyThere(WHAT);
      const key = makeClientKey();
      const entry = { ...membersOf(jsonOf(call.body)), keyHash: hashOf(key) };
      const done = await change(config, call, (value) => appending(value, 'clients', entry));
      return toldOutcome(done, (outcome) => ({ id, key, change: outcome }));
    },
  });
  app.route({
    method: 'POST',
    path: '/clients/{id}/regenerate',
    name: 'clients.regenerate',
    summary: 'Give a client another key; the old one is not accepted any more',
    params: idPathSchema,
    answer: madeClientSchema,
    run: async (call) => {
      if (config === undefined) return NO_EDITOR;
      const { id } = call.params;
      const written = await config.written();
      if (written === undefined || indexIn(written.value, 'clients', id) < 0) return noEntry(WHAT);
      const key = makeClientKey();
      const done = await change(config, call, (value) => {
        const path = ['clients', indexIn(value, 'clients', id)];
        return [
          { path: [...path, 'key'], value: undefined },
          { path: [...path, 'keyHash'], value: hashOf(key) },
        ];
      });
      return toldOutcome(done, (outcome) => ({ id, key, change: outcome }));
    },
  });
}

function alter(app: AdminApp, { config }: AdminParts): void {
  for (const method of ['PUT', 'PATCH'] as const)
    app.route({
      method,
      path: '/clients/{id}',
      name: method === 'PUT' ? 'clients.replace' : 'clients.change',
      summary:
        method === 'PUT'
          ? 'Make a client what is sent; its key stays'
          : 'Change some members of a client; null takes one out',
      params: idPathSchema,
      body: entryBodySchema,
      answer: entryOutcomeSchema,
      run: async (call) => {
        if (config === undefined) return NO_EDITOR;
        const { id } = call.params;
        if (holdsKey(call.body)) return keyIsMade();
        const body = method === 'PUT' ? await withItsKey(config, id, call.body) : call.body;
        const edits = await replacement(config, 'clients', id, body, method);
        if ('error' in edits) return edits;
        const done = await change(config, call, edits.edits);
        return toldOutcome(done, (outcome) => ({ id, change: outcome }));
      },
    });
  app.route({
    method: 'DELETE',
    path: '/clients/{id}',
    name: 'clients.remove',
    summary: 'Remove a client',
    description: 'Its requests in flight end; its rows in the ledger stay.',
    params: idPathSchema,
    answer: entryOutcomeSchema,
    run: async (call) => {
      if (config === undefined) return NO_EDITOR;
      const edits = await removal(config, 'clients', call.params.id);
      if (edits === undefined) return noEntry(WHAT);
      const done = await change(config, call, edits);
      return toldOutcome(done, (outcome) => ({ id: call.params.id, change: outcome }));
    },
  });
}

function hashOf(key: string): string {
  return `sha256:${hashKey(key)}`;
}

/** True where a key is sent that would stand in the file. */
function holdsKey(body: EntryBody): boolean {
  const key = body['key'];
  return typeof key === 'string' && hideLiterals(key) !== key && !key.startsWith(HIDDEN);
}

function keyIsMade(): Told<never> {
  return refused({
    status: 400,
    code: 'invalid',
    message: 'The gateway makes the keys of clients; the file holds their hashes alone.',
    suggestion: 'Leave "key" and "keyHash" out; POST …/regenerate gives a client another key.',
  });
}

/** What is sent, with the key that the client has. */
async function withItsKey(
  config: NonNullable<AdminParts['config']>,
  id: string,
  body: EntryBody,
): Promise<EntryBody> {
  if ('key' in body || 'keyHash' in body) return body;
  const written = await config.written();
  const entry = written && entriesIn(written.value, 'clients').find((one) => one['id'] === id);
  const { key, keyHash } = (entry ?? {}) as { readonly key?: unknown; readonly keyHash?: unknown };
  return {
    ...body,
    ...(key === undefined ? {} : { key }),
    ...(keyHash === undefined ? {} : { keyHash }),
  };
}
