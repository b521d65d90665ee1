// The limits of a client where a native resource runs a model. Its tokens are not known here and count as none; that it is a
// request, and one of those at the same time, is known as well as of any other.

import type { SluiceError } from '../../core/model/error.ts';
import { withinLimits } from '../client-limits.ts';
import type { Memory } from '../memory.ts';
import type { Inbound, Ports, RawHeaders } from '../ports.ts';
import { runsModel } from './resource-access.ts';

/** A request that was let in, or why not. */
export type ResourceAdmission =
  | { readonly ok: true; end(): void }
  | { readonly ok: false; readonly error: SluiceError; readonly headers: RawHeaders };

const FREE: ResourceAdmission = { ok: true, end: () => undefined };

/** Takes what the request needs of the limits of its client. Only a store that gateways share takes a moment to answer. */
export function admitResource(
  ports: Ports,
  memory: Memory,
  route: string,
  inbound: Inbound,
): ResourceAdmission | Promise<ResourceAdmission> {
  const { client } = inbound;
  if (client?.limits === undefined || !runsModel(route, inbound)) return FREE;
  const settings = ports.settings();
  const within = withinLimits({ settings, memory }, client, 0);
  if (!within.ok) return within;
  const shared = ports.sharedLimits;
  if (shared === undefined) return { ok: true, end: () => within.end(0) };
  const claims = [{ place: `client\n${client.id}`, limits: client.limits }];
  return shared.take({ claims, tokens: 0, policy: settings.limits }).then((taken) => {
    if (taken.ok)
      return {
        ok: true,
        end: () => {
          within.end(0);
          shared.settle(taken, 0);
        },
      };
    within.unsent();
    // Nothing but limits was asked for.
    return taken.why === 'limit' ? within.refuse(taken.shortage) : FREE;
  });
}
