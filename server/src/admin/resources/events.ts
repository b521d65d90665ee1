// Live events: exchanges as they end, and what is on its way. Nothing is gathered while nobody listens.

import type { AdminApp } from '../app.ts';
import { type ClosedEvent, type InFlightEvent, liveEventSchema } from '../contract/live.ts';
import type { AdminParts } from '../parts.ts';

/** How often those who listen are told what is on its way. */
const SAMPLE_MS = 500;

/** Registers the stream. */
export function registerEvents(app: AdminApp, { feed, inFlight, clock }: AdminParts): void {
  app.stream({
    path: '/events',
    name: 'events.stream',
    summary: 'What happens, as it happens',
    description:
      'Events "exchange": one that is over. "in-flight": those on their way, every half second while something is. "dropped": so many events were left out because the reader was too slow.',
    event: liveEventSchema,
    start(send) {
      let idle = false;
      const sample = (): void => {
        const exchanges = inFlight();
        // Once more when nothing is left, so that whoever shows it can clear it away.
        if (exchanges.length === 0 && idle) return;
        idle = exchanges.length === 0;
        const event: InFlightEvent = { atMs: clock.epochMs(), exchanges };
        send('in-flight', event);
      };
      sample();
      const timer = setInterval(sample, SAMPLE_MS).unref();
      const unsubscribe = feed?.subscribe((event: ClosedEvent) => send('exchange', event));
      return () => {
        clearInterval(timer);
        unsubscribe?.();
      };
    },
  });
}
