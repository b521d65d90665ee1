// POST /admin/keys: adds a key to an upstream. Other gateways take this from anybody; here it needs the admin key.

import { keyFault } from '../../config/key-fault.ts';
import type { AdminApp } from '../app.ts';
import { notAvailable, refused, told } from '../app.ts';
import { compatibleKeyDoneSchema, compatibleKeySchema } from '../contract/compatible.ts';
import type { AdminParts } from '../parts.ts';

/** Registers the endpoint. */
export function registerCompatibleKeys(app: AdminApp, parts: AdminParts): void {
  app.route({
    method: 'POST',
    path: '/admin/keys',
    absolute: true,
    name: 'compatible.add-key',
    summary: 'Store a key for an upstream, in the shape of other gateways',
    status: 201,
    body: compatibleKeySchema,
    answer: compatibleKeyDoneSchema,
    run: async ({ body, note }) => {
      const key = body.key?.trim() ?? '';
      if (key === '') {
        const message = 'API key is required';
        return refused({ status: 400, code: 'invalid', message, issues: [{ path: 'key', message }] });
      }
      const fault = keyFault(key);
      if (fault !== undefined) {
        const issues = [{ path: 'key', message: fault.join(' ') }];
        return refused({ status: 400, code: 'invalid', message: 'This is no key.', issues });
      }
      const ids = parts.settings().upstreams.map(({ id }) => id);
      const upstream = body.upstream ?? (ids.length === 1 ? ids[0] : undefined);
      if (upstream === undefined || !ids.includes(upstream)) {
        const message =
          body.upstream === undefined ? 'Say whose key it is.' : 'There is no upstream of this id.';
        const issues = [{ path: 'upstream', message: `must be one of ${ids.join(', ')}` }];
        return refused({ status: 400, code: 'invalid', message, issues });
      }
      if (parts.keyStore === undefined) return notAvailable('The store of keys', 'Use "sluice keys add".');
      const stored = await parts.keyStore.add(upstream, { secret: key }, body.name);
      if (!stored.ok) {
        const { message, suggestion } = stored;
        return refused({ status: 409, code: 'conflict', message, ...(suggestion && { suggestion }) });
      }
      const { id: keyId, last4 } = stored;
      note(`${upstream}/${keyId}`);
      return told({ success: true, message: 'API key added', upstream, keyId, last4 });
    },
  });
}
