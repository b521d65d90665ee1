// Native resources that name a model in a JSON body (images, audio, …): a name that is the address of one upstream
// (`upstream-id/model`) leads there, and goes up without the address.

import type { Settings } from '../config/settings.ts';
import { isError, scanBody } from '../core/dialects/kit/peek-body.ts';
import { stringAt } from '../core/json/scan.ts';
import { type SluiceError, sluiceError } from '../core/model/error.ts';
import { interpret, offerOf } from '../core/routing/offer.ts';
import { applied } from './edits.ts';
import type { Inbound } from './ports.ts';
import { runsModel } from './rights/resource-access.ts';

/** A longer body flows through unread, and so does one that does not say how long it is. */
const READ_LIMIT_BYTES = 16 * 1024 * 1024;

/** The body of a request that was read for its model. */
export interface ReadBody {
  /** As it goes up. */
  readonly body: Buffer;
  /** The model that the client names; undefined where it names none. */
  readonly model: string | undefined;
  /** Id of the upstream that the model is addressed to. */
  readonly only: string | undefined;
}

/** Whether a body is read for its model. `route`: its name in the table of routes. */
export function mayNameModel({ server }: Pick<Settings, 'server'>, route: string, inbound: Inbound): boolean {
  const { method, upgrade, bodyLength = 0 } = inbound;
  return (
    method === 'POST' &&
    upgrade === undefined &&
    bodyLength > 0 &&
    bodyLength <= Math.min(READ_LIMIT_BYTES, server.bodyLimitBytes) &&
    /^application\/json\b/i.test(inbound.header('content-type') ?? '') &&
    inbound.header('content-encoding') === undefined &&
    runsModel(route, inbound)
  );
}

/** Reads it. A body that is no JSON object after all goes up as it is: what is wrong with it is for the provider to say. */
export async function readForModel(
  settings: Pick<Settings, 'upstreams' | 'aliases'>,
  inbound: Inbound,
): Promise<ReadBody | SluiceError> {
  const body = await inbound.readBody();
  if (!Buffer.isBuffer(body)) return body;
  const scan = scanBody(body, [['model']]);
  const found = isError(scan) ? undefined : scan.found[0];
  if (found?.kind !== 'string') return { body, model: undefined, only: undefined };
  const model = stringAt(body, found);
  const wanted = interpret(settings.upstreams, { model, globalAliases: {} });
  const upstream = settings.upstreams.find(({ id }) => id === wanted.only);
  if (upstream === undefined) return { body, model, only: undefined };
  const offer = offerOf(upstream, wanted);
  const sent = offer.kind === 'offered' ? offer.model : wanted.model;
  const edit = { start: found.start, end: found.end, text: JSON.stringify(sent) };
  return { body: applied(body, [edit]), model, only: upstream.id };
}

/** There is nobody at the address. */
export function nobodyAt(upstreamId: string, family: string): SluiceError {
  return sluiceError(
    'model_not_found',
    `The model is addressed to the upstream "${upstreamId}", which is switched off, not for this client, or not of the ${family} family that this path belongs to.`,
    { param: 'model', suggestion: 'Leave the id of the upstream out, or address one of that family.' },
  );
}
