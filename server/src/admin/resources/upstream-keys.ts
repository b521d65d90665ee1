// Keys of one upstream: sealed when they come, and removed. None is ever shown again.

import { keyFault } from '../../config/key-fault.ts';
import { findProvider } from '../../core/providers/index.ts';
import type { AdminApp, Told } from '../app.ts';
import { notAvailable, refused, told } from '../app.ts';
import {
  idPathSchema,
  newKeyBodySchema,
  removedKeySchema,
  storedKeyPathSchema,
  storedKeyViewSchema,
} from '../contract/entries.ts';
import type { AdminParts } from '../parts.ts';
import { noEntry } from './configured.ts';

const NO_STORE = notAvailable('The store of keys', 'Write references into the configuration instead.');

/** Registers the endpoints. */
export function registerUpstreamKeys(app: AdminApp, parts: AdminParts): void {
  const known = (id: string): boolean => parts.settings().upstreams.some((one) => one.id === id);
  app.route({
    method: 'POST',
    path: '/upstreams/{id}/keys',
    name: 'upstreams.add-key',
    summary: 'Store a key, sealed; it is used at once and never shown again',
    description: 'The id may also be that of a provider: its first key makes an upstream of its preset.',
    status: 201,
    params: idPathSchema,
    body: newKeyBodySchema,
    answer: storedKeyViewSchema,
    run: async (call) => {
      const { keyStore } = parts;
      if (keyStore === undefined) return NO_STORE;
      const { id } = call.params;
      const preset = findProvider(id);
      if (!known(id) && (preset === undefined || Object.keys(preset.bases).length === 0))
        return noEntry('upstream', 'Add it first; a provider with an address of its own needs no entry.');
      const { key, env, name } = call.body;
      const fault = key === undefined ? undefined : keyFault(key.trim());
      if (fault !== undefined) return wrongKey(fault.join(' '));
      const value = key === undefined ? { env: env ?? '' } : { secret: key.trim() };
      const kept = await keyStore.add(id, value, name);
      if (!kept.ok) return refused({ status: 409, code: 'conflict', ...kept });
      call.note(`${id}/${kept.id} ${kept.what}`);
      return told({ upstream: id, id: kept.id, last4: kept.last4, what: kept.what });
    },
  });
  app.route({
    method: 'DELETE',
    path: '/upstreams/{id}/keys/{key}',
    name: 'upstreams.remove-key',
    summary: 'Remove a stored key',
    params: storedKeyPathSchema,
    answer: removedKeySchema,
    run: async (call) => {
      const { keyStore } = parts;
      if (keyStore === undefined) return NO_STORE;
      const { id, key } = call.params;
      const gone = await keyStore.remove(id, key);
      if (!gone.ok) return refused({ status: 409, code: 'conflict', ...gone });
      call.note(`${id}/${key}`);
      if (gone.removed) return told({ upstream: id, id: key });
      const upstream = parts.settings().upstreams.find((one) => one.id === id);
      if (upstream?.keys.some((one) => one.id === key) !== true) return noEntry('key');
      return refused({
        status: 409,
        code: 'conflict',
        message: 'The key is not a stored one: it stands in the configuration or the environment.',
        suggestion: 'Take it out there, or disable it.',
      });
    },
  });
}

function wrongKey(message: string): Told<never> {
  const issues = [{ path: 'key', message }];
  return refused({ status: 400, code: 'invalid', message: 'This is no key.', issues });
}
