// The keys of the upstreams: how they stand, and what is done with one of them.

import type { KeyAction } from '../../exchange/operator/operator.ts';
import type { AdminApp } from '../app.ts';
import { refused, told } from '../app.ts';
import { keyDoneSchema, keyListSchema, keyPath } from '../contract/operation.ts';
import type { AdminParts } from '../parts.ts';

const SUMMARIES: Readonly<Record<KeyAction, string>> = {
  enable: 'Put a key back into use',
  disable: 'Take a key out of use',
  reset: 'Forget what stands against a key',
  test: 'Ask the provider whether it accepts a key',
};

/** Registers the endpoints. */
export function registerKeys(app: AdminApp, { operator }: AdminParts): void {
  app.route({
    method: 'GET',
    path: '/keys',
    name: 'keys.list',
    summary: 'All keys: standing with its reason, limits, load; of the secret the last four characters',
    answer: keyListSchema,
    run: async () => {
      const answer = await operator.answer({ what: 'keys' });
      if (!answer.ok) return refused(answer.error);
      return told({ keys: 'keys' in answer.body && Array.isArray(answer.body.keys) ? answer.body.keys : [] });
    },
  });
  for (const action of ['enable', 'disable', 'reset', 'test'] as const)
    app.route({
      method: 'POST',
      path: `/keys/{upstream}/{key}/${action}`,
      name: `keys.${action}`,
      summary: SUMMARIES[action],
      params: keyPath,
      answer: keyDoneSchema,
      run: async ({ params, note }) => {
        const { upstream, key } = params;
        note(`${upstream}/${key}`);
        const answer = await operator.answer({ what: 'key', action, upstreamId: upstream, keyId: key });
        return answer.ok ? told({ upstream, key, ...answer.body }) : refused(answer.error);
      },
    });
}
