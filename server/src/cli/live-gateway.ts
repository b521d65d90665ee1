// What happens in a gateway, as it happens, for commands that show it: what is on its way and what has ended, over one
// connection that comes back by itself.

import { setTimeout as pause } from 'node:timers/promises';
import { type ClosedEvent, type InFlightEvent, liveEventSchema } from '../admin/contract/live.ts';
import { parseJson } from '../core/model/json.ts';
import type { RunningGateway } from './operator-client.ts';

/** Where the live events are. */
const EVENTS = '/admin/v1/events';
/** How often a gateway that is away is looked for. */
const LOOK_EVERY_MS = 1_000;

/** Who hears of it. */
export interface LiveListener {
  inFlight(event: InFlightEvent): void;
  ended(event: ClosedEvent): void;
  /** The gateway is away; it is looked for again and again. `status`: what it said to the question for its events, if it is there. */
  away(status: number): void;
  /** It is there (again); called before its events are. */
  back?(gateway: RunningGateway): void | Promise<void>;
}

/** Reads one event; what is of another version and not understood is passed over. */
function hearEvent(data: string, listener: Pick<LiveListener, 'inFlight' | 'ended'>): void {
  const read = liveEventSchema.safeParse(parseJson(data));
  if (!read.success) return;
  const event = read.data;
  if ('exchanges' in event) listener.inFlight(event);
  else if ('id' in event) listener.ended(event);
}

/** Follows the gateway until the signal says so. Never rejects. */
export async function followLive(
  find: () => Promise<RunningGateway | undefined>,
  listener: LiveListener,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    const gateway = await find();
    if (signal.aborted) return;
    let status = 0;
    if (gateway !== undefined) {
      await listener.back?.(gateway);
      ({ status } = await gateway.follow(EVENTS, (_, data) => hearEvent(data, listener), signal));
    }
    if (signal.aborted) return;
    listener.away(status === 200 ? 0 : status);
    await pause(LOOK_EVERY_MS, undefined, { signal }).catch(() => undefined);
  }
}

/** The first sample of what is on its way, which a gateway tells as soon as it is asked; undefined: it does not. */
export async function sampleInFlight(
  gateway: RunningGateway,
  timeoutMs: number,
): Promise<InFlightEvent | undefined> {
  const heard = new AbortController();
  const timer = setTimeout(() => heard.abort(), timeoutMs);
  let first: InFlightEvent | undefined;
  const listener = {
    inFlight: (event: InFlightEvent) => {
      first ??= event;
      heard.abort();
    },
    ended: () => undefined,
  };
  await gateway.follow(EVENTS, (_, data) => hearEvent(data, listener), heard.signal);
  clearTimeout(timer);
  return first;
}
