// A key with which the playground sends real requests to the real endpoints: a client that lives in memory for an hour.

import { makeClientKey } from '../../config/client-key.ts';
import { isTaken, PLAYGROUND } from '../../exchange/guests.ts';
import type { AdminApp } from '../app.ts';
import { notAvailable, refused, told } from '../app.ts';
import { digestOf } from '../auth/digest.ts';
import { playgroundKeySchema } from '../contract/surroundings.ts';
import type { AdminParts } from '../parts.ts';

/** Registers the endpoint. */
export function registerPlayground(app: AdminApp, { settings, guests }: AdminParts): void {
  app.route({
    method: 'POST',
    path: '/playground/key',
    name: 'playground.key',
    summary: 'Make a client key for the playground; it is shown this once',
    description:
      'It may use every model, without a budget, for an hour or until the gateway stops. It is kept in memory alone, sixteen at once; the oldest gives way.',
    status: 201,
    answer: playgroundKeySchema,
    run: async (call) => {
      if (guests === undefined) return notAvailable('The playground');
      if (isTaken(settings().clients))
        return refused({
          status: 409,
          code: 'conflict',
          message: `The configuration has a client "${PLAYGROUND}" of its own.`,
          suggestion: 'Send requests with its key, or give it another id.',
        });
      const key = makeClientKey();
      const { id, expiresAtMs } = guests.admit(digestOf(key));
      call.note(`${id}, until ${new Date(expiresAtMs).toISOString()}`);
      return told({ key, client: id, expiresAt: expiresAtMs });
    },
  });
}
